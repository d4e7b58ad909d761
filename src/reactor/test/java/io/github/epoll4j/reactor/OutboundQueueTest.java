package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class OutboundQueueTest {
    private static final int MOST = 1 << 20;
    private static final long ANY = Long.MAX_VALUE;

    private EventLoop loop;
    private OutboundQueue queue;
    private SocketPair<UnixStream> pair;

    @BeforeEach
    void open() throws ErrnoException {
        pair = SocketPair.open();
        loop = EventLoop.open();
        queue = new OutboundQueue(new LoopContext(loop));
    }

    @AfterEach
    void close() {
        pair.close();
        loop.close();
    }

    private byte[] readAll() throws ErrnoException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(10_000);
        while (pair.second().read(buffer.clear()) > 0) {
            all.write(buffer.array(), 0, buffer.position());
        }
        return all.toByteArray();
    }

    @Test
    @DisplayName("S08-6, S10-9, S11-9, S12-1: partial writes: every byte in its order, of pieces of any size")
    void shouldKeepEveryByteInOrderWhenTheSocketTakesSome() throws IOException {
        Random random = new Random(1);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        for (int i = 0; i < 2000; i++) {
            byte[] piece = new byte[random.nextInt(i % 100 == 0 ? 200_000 : 3000)];
            random.nextBytes(piece);
            ByteBuffer data = i % 2 == 0 ? ByteBuffer.wrap(piece) : ByteBuffer.allocateDirect(piece.length);
            if (data.isDirect()) {
                data.put(piece).flip();
            }
            long before = queue.size();
            queue.add(data);
            expected.writeBytes(piece);
            assertThat(data.hasRemaining()).isFalse();
            assertThat(queue.size()).isEqualTo(before + piece.length);
            if (i % 3 == 0) {
                queue.writeTo(pair.first(), random.nextInt(1, MOST));
            }
            if (i % 50 == 0) {
                read.writeBytes(readAll());
            }
        }
        while (!queue.isEmpty()) {
            queue.writeTo(pair.first(), ANY);
            read.writeBytes(readAll());
        }
        read.writeBytes(readAll());

        assertThat(read.size()).isEqualTo(expected.size()).isGreaterThan(4 * MOST);
        assertThat(read.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void shouldNotSeeTheCallersBufferAgainWhenItWasAdded() throws IOException {
        byte[] piece = {1, 2, 3};
        queue.add(ByteBuffer.wrap(piece));
        piece[1] = 9;
        queue.writeTo(pair.first(), ANY);

        assertThat(readAll()).containsExactly(1, 2, 3);
    }

    @Test
    @DisplayName("a write ends at the budget, and the result says that the socket is not full")
    void shouldStopWhenTheBudgetIsUsed() throws IOException {
        queue.add(ByteBuffer.allocate(200_000));

        assertThat(queue.writeTo(pair.first(), 1)).isTrue();
        assertThat(queue.size()).as("one buffer of 64 KB").isEqualTo(200_000 - (64 << 10));
        assertThat(queue.writeTo(pair.first(), ANY)).isEqualTo(queue.isEmpty());
    }

    @Test
    @DisplayName("parts of files in between are sent in their order, and the file is held only until then")
    void shouldSendFilesInTheirOrder(@TempDir Path folder) throws IOException {
        Path path = Files.writeString(folder.resolve("file"), "0123456789");
        FileFd file = FileFd.open(path, OpenFlags.O_RDONLY);
        queue.add(ByteBuffer.wrap("before ".getBytes()));
        queue.addFile(file, 2, 5);
        queue.add(ByteBuffer.wrap(" after".getBytes()));

        assertThat(queue.size()).isEqualTo(18);
        assertThat(queue.fileBytes()).isEqualTo(5);
        assertThat(queue.writeTo(pair.first(), ANY)).isTrue();
        assertThat(new String(readAll())).isEqualTo("before 23456 after");
        assertThat(file.isOpen()).as("the queue has closed it").isFalse();
    }

    @Test
    void shouldThrowWhenAFileIsShorterThanItsPart(@TempDir Path folder) throws IOException {
        Path path = Files.writeString(folder.resolve("file"), "0123456789");
        FileFd file = FileFd.open(path, OpenFlags.O_RDONLY);
        queue.addFile(file, 0, 11);

        assertThatIOException().isThrownBy(() -> queue.writeTo(pair.first(), ANY))
                .withMessageContaining("ends before byte 11");
        assertThat(queue.size()).isOne();
        queue.clear();
        assertThat(queue.isEmpty()).isTrue();
        assertThat(file.isOpen()).isFalse();
    }

    @Test
    void shouldThrowWhenThePeerIsGone() {
        queue.add(ByteBuffer.allocate(10));
        pair.second().close();

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> queue.writeTo(pair.first(), ANY))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
        assertThat(queue.size()).isEqualTo(10);
    }
}
