package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class OutboundQueueTest {
    private static final int LIMIT = 1 << 20;

    private final OutboundQueue queue =
            new OutboundQueue(ConnectionConfig.DEFAULT.withWaterMarks(1000, 5000).withQueueLimit(LIMIT));
    private SocketPair<UnixStream> pair;

    @BeforeEach
    void open() throws ErrnoException {
        pair = SocketPair.open();
    }

    @AfterEach
    void close() {
        pair.close();
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
    @DisplayName("S08, S11, S12-1: partial writes: every byte in its order, of pieces of any size")
    void shouldKeepEveryByteInOrderWhenTheSocketTakesSome() throws ErrnoException {
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
            if (queue.add(data)) {
                expected.writeBytes(piece);
                assertThat(data.hasRemaining()).isFalse();
            } else {
                assertThat(data.remaining()).isEqualTo(piece.length);
            }
            if (i % 3 == 0) {
                queue.writeTo(pair.first());
            }
            if (i % 50 == 0) {
                read.writeBytes(readAll());
            }
            assertThat(queue.size()).isLessThanOrEqualTo(LIMIT);
        }
        while (!queue.isEmpty()) {
            queue.writeTo(pair.first());
            read.writeBytes(readAll());
        }
        read.writeBytes(readAll());

        assertThat(read.size()).isEqualTo(expected.size()).isGreaterThan(4 * LIMIT);
        assertThat(read.toByteArray()).isEqualTo(expected.toByteArray());
    }

    @Test
    void shouldNotSeeTheCallersBufferAgainWhenItWasAdded() throws ErrnoException {
        byte[] piece = {1, 2, 3};
        queue.add(ByteBuffer.wrap(piece));
        piece[1] = 9;
        queue.writeTo(pair.first());

        assertThat(readAll()).containsExactly(1, 2, 3);
    }

    @Test
    void shouldTakeNothingWhenTheLimitWouldBePassed() {
        assertThat(queue.add(ByteBuffer.allocate(LIMIT))).isTrue();
        ByteBuffer one = ByteBuffer.allocate(1);
        assertThat(queue.add(one)).isFalse();

        assertThat(one.remaining()).isOne();
        assertThat(queue.size()).isEqualTo(LIMIT);
    }

    @Test
    @DisplayName("congested from above the high-water mark until the low one, and not in between on the way up")
    void shouldBeCongestedBetweenTheMarksWhenItFalls() throws ErrnoException {
        queue.add(ByteBuffer.allocate(5000));
        assertThat(queue.isCongested()).isFalse();
        queue.add(ByteBuffer.allocate(1));
        assertThat(queue.isCongested()).isTrue();
        queue.writeTo(pair.first());
        assertThat(queue.isCongested()).isFalse();
        assertThat(queue.isEmpty()).isTrue();
        queue.add(ByteBuffer.allocate(4000));
        assertThat(queue.isCongested()).isFalse();
    }

    @Test
    void shouldThrowWhenThePeerIsGone() {
        queue.add(ByteBuffer.allocate(10));
        pair.second().close();

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> queue.writeTo(pair.first()))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
        assertThat(queue.size()).isEqualTo(10);
    }
}
