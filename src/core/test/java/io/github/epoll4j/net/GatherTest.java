package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.read;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GatherTest {
    private SocketPair<UnixStream> pair;

    @BeforeEach
    void open() throws IOException {
        pair = SocketPair.open();
    }

    @AfterEach
    void close() {
        pair.close();
    }

    private static ByteBuffer direct(String text) {
        return ByteBuffer.allocateDirect(text.length()).put(bytes(text)).flip();
    }

    @Test
    void shouldWriteInOrderWhenBuffersAreMixed() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer inArena = arena.allocate(2).asByteBuffer().put(bytes("ef")).flip();
            ByteBuffer[] buffers = {
                bytes("not"), direct("ab"), bytes("cd"), ByteBuffer.allocate(0), inArena, direct("xgh").position(1),
                bytes("ij").asReadOnlyBuffer(), direct("not"),
            };

            assertThat(pair.first().write(buffers, 1, 6)).isEqualTo(10);

            assertThat(read(pair.second())).isEqualTo("abcdefghij");
            for (ByteBuffer buffer : buffers) {
                assertThat(buffer.remaining()).isEqualTo(buffer == buffers[0] || buffer == buffers[7] ? 3 : 0);
            }
        }
    }

    @Test
    @DisplayName("one call takes from 1024 buffers at most")
    void shouldLeaveTheRestWhenThereAreMoreThanTheKernelTakes() throws IOException {
        ByteBuffer[] buffers = new ByteBuffer[3000];
        Arrays.setAll(buffers, i -> i % 2 == 0 ? direct("x") : ByteBuffer.allocate(0));

        assertThat(unistd_h.IOV_MAX).isEqualTo(1024);
        assertThat(pair.first().write(buffers, 0, buffers.length)).isEqualTo(1024);
        assertThat(buffers[2046].hasRemaining()).isFalse();
        assertThat(buffers[2048].hasRemaining()).isTrue();
        assertThat(pair.first().write(buffers, 0, buffers.length)).isEqualTo(1500 - 1024);
    }

    @Test
    void shouldLoseNothingWhenTheSocketTakesOnlyAPart() throws IOException {
        Random random = new Random(7);
        List<ByteBuffer> buffers = new ArrayList<>();
        byte[] all = new byte[1 << 20];
        random.nextBytes(all);
        for (int at = 0; at < all.length; ) {
            int size = Math.min(random.nextInt(150_000), all.length - at);
            ByteBuffer buffer = random.nextBoolean() ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
            buffers.add(buffer.put(all, at, size).flip());
            at += size;
        }
        ByteBuffer[] array = buffers.toArray(ByteBuffer[]::new);
        ByteBuffer received = ByteBuffer.allocate(all.length);
        long written = 0;
        while (received.hasRemaining()) {
            written += pair.first().write(array, 0, array.length);
            long remaining = buffers.stream().mapToLong(ByteBuffer::remaining).sum();
            assertThat(remaining).isEqualTo(all.length - written);
            await(pair.second(), EPOLLIN);
            assertThat(pair.second().read(received)).isPositive();
        }
        assertThat(Arrays.equals(received.array(), all)).as("byte for byte").isTrue();
        assertThat(written).isEqualTo(all.length);
    }

    @Test
    void shouldSendEachOccurrenceWhenABufferOccursTwice() throws IOException {
        for (ByteBuffer twice : List.of(direct("\r\n"), bytes("\r\n"))) {
            ByteBuffer tail = direct("tail");
            ByteBuffer[] buffers = {twice, bytes("x"), twice, tail};

            assertThat(pair.first().write(buffers, 0, 3)).isEqualTo(5);

            assertThat(read(pair.second())).isEqualTo("\r\nx\r\n");
            assertThat(twice.hasRemaining()).isFalse();
            assertThat(tail.position()).as("not asked for").isZero();
        }
    }

    @Test
    void shouldAdvanceTheNextBufferWhenTheOneBeforeOccursTwice() throws IOException {
        for (ByteBuffer twice : List.of(direct("\r\n"), bytes("\r\n"))) {
            ByteBuffer body = direct("body");

            assertThat(pair.first().write(new ByteBuffer[] {twice, twice, body}, 0, 3)).isEqualTo(8);

            assertThat(read(pair.second())).isEqualTo("\r\n\r\nbody");
            assertThat(twice.hasRemaining() || body.hasRemaining()).isFalse();
        }
    }

    @Test
    @DisplayName("a buffer of which the first occurrence was taken whole and the second in part: the part remains")
    void shouldStandInTheLastOccurrenceWhenTheSocketTakesOnlyAPart() throws IOException {
        ByteBuffer twice = ByteBuffer.allocateDirect(1 << 17);
        long sent = pair.first().write(new ByteBuffer[] {twice, twice}, 0, 2);

        assertThat(sent).isBetween(1L, 2L * twice.capacity() - 1);
        assertThat(twice.position()).isEqualTo((int) (sent > twice.capacity() ? sent - twice.capacity() : sent));
    }
}
