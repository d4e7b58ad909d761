package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_RCVBUF;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_SNDBUF;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.net.Sockets.Connected;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More bytes than the kernel holds, in both directions at once. */
@Timeout(60)
class TransferTest {
    private static final int SIZE = 1 << 20;
    private static final int SMALL = 4096;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("C86: partial writes and reads lose nothing: 1 MB both ways through small TCP windows")
    void shouldArriveByteForByteWhenTcpWindowsAreSmall(boolean direct) throws IOException {
        exchange(Sockets.tcp(Sockets.loopback(), SO_SNDBUF.with(SMALL), SO_RCVBUF.with(SMALL)), direct);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldArriveByteForByteWhenUnixBuffersAreSmall(boolean direct) throws IOException {
        Connected pair = Sockets.unix();
        pair.client().set(SO_SNDBUF, SMALL);
        pair.server().set(SO_SNDBUF, SMALL);
        exchange(pair, direct);
    }

    private static void exchange(Connected pair, boolean direct) throws IOException {
        IntFunction<ByteBuffer> allocate = direct ? ByteBuffer::allocateDirect : ByteBuffer::allocate;
        End[] ends = {new End(pair.client(), 1, allocate), new End(pair.server(), 2, allocate)};
        try (pair; EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(2)) {
            epoll.add(pair.client().fd(), EPOLLIN | EPOLLOUT, 0);
            epoll.add(pair.server().fd(), EPOLLIN | EPOLLOUT, 1);
            while (!ends[0].ended || !ends[1].ended) {
                assertThat(epoll.awaitMillis(events, 20_000)).as("ready").isPositive();
                for (EpollEvent event : events) {
                    End end = ends[(int) event.data()];
                    if (event.isReadable()) {
                        end.read();
                    }
                    if (event.isWritable() && end.write()) {
                        epoll.modify(end.socket.fd(), EPOLLIN, event.data());
                    }
                    if (end.ended && !end.out.hasRemaining()) {
                        epoll.modify(end.socket.fd(), 0, event.data());
                    }
                }
            }
        }
        for (End end : ends) {
            End other = end == ends[0] ? ends[1] : ends[0];
            assertThat(end.count).isEqualTo(SIZE);
            assertThat(Arrays.equals(end.received, other.sent)).as("byte for byte").isTrue();
            assertThat(end.writes).as("writes").isGreaterThan(10);
        }
    }

    /** What one end sends, and what it has received. */
    private static final class End {
        private final StreamSocket socket;
        private final byte[] sent = new byte[SIZE];
        private final byte[] received = new byte[SIZE];
        private final ByteBuffer out;
        private final ByteBuffer in;
        private int count;
        private int writes;
        private boolean ended;

        End(StreamSocket socket, long seed, IntFunction<ByteBuffer> allocate) {
            this.socket = socket;
            new Random(seed).nextBytes(sent);
            out = allocate.apply(SIZE).put(sent).flip();
            in = allocate.apply(3000);
        }

        /** Writes until it would block; true once everything is written and the output shut down. */
        boolean write() throws IOException {
            while (out.hasRemaining() && socket.write(out) > 0) {
                writes++;
            }
            if (!out.hasRemaining()) {
                socket.shutdownOutput();
                return true;
            }
            return false;
        }

        void read() throws IOException {
            int got = socket.read(in.clear());
            if (got == -1) {
                ended = true;
            } else {
                in.flip().get(received, count, got);
                count += got;
            }
        }
    }
}
