package io.github.epoll4j;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.wait.Readiness;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that the kernel ends early, each case in a JVM of its own; epoll's own are in EpollFaultTest. */
class InterruptedCallTest {
    private static final String WAITS = "?select,pselect6,?poll,ppoll";

    @ParameterizedTest
    @ValueSource(longs = {30_000_000, 30_000_500})
    @DisplayName("select(2), poll(2) EINTR: a wait goes on, never ends early, and still sees what is ready")
    void shouldWaitItsWholeTimeWhenInterrupted(long timeoutNanos) throws Exception {
        ChildJvm.Result result = ChildJvm.of(Waits.class)
                .underStrace("-e", "trace=" + WAITS, "-e", "inject=" + WAITS + ":error=EINTR:when=1+2")
                .run("" + timeoutNanos);

        assertThat(result.lines()).containsExactly("select 0, early false", "poll 0, early false",
                "select 1, set true", "poll 1, index 0", "no limit 1 1");
        assertThat(result.traced("EINTR")).isGreaterThanOrEqualTo(6);
    }

    @Test
    @DisplayName("poll(2) EINTR: Readiness tries it again")
    void shouldQueryAgainWhenAPollOfReadinessIsInterrupted() throws Exception {
        ChildJvm.Result result = ChildJvm.of(Queries.class)
                .underStrace("-e", "trace=?poll,ppoll", "-e", "inject=?poll,ppoll:error=EINTR:when=1+2")
                .run();

        assertThat(result.lines()).containsExactly("0", "1", "1");
        assertThat(result.traced("EINTR")).isGreaterThanOrEqualTo(2);
    }

    /** Queries the readiness of a counter, which is not ready at first. */
    static final class Queries {
        public static void main(String[] args) throws Exception {
            try (EventFd counter = EventFd.open()) {
                System.out.println(Readiness.await(counter, EPOLLIN, Duration.ZERO));
                counter.write(1);
                System.out.println(Readiness.await(counter, EPOLLIN, Duration.ZERO));
                System.out.println(Readiness.await(counter, EPOLLIN));
            }
        }
    }

    @Test
    @DisplayName("recv(2), send(2) EINTR: tried again, and done once")
    void shouldMoveTheBytesOnceWhenInterrupted() throws Exception {
        String calls = "recvfrom,sendto";
        ChildJvm.Result result = ChildJvm.of(Moves.class)
                .underStrace("-e", "trace=" + calls, "-e", "inject=" + calls + ":error=EINTR:when=1+2")
                .run();

        assertThat(result.lines()).containsExactly("3 3", "3 3", "3 3", "0");
        assertThat(result.traced("EINTR")).isGreaterThanOrEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EINTR", "ECONNABORTED"})
    @DisplayName("accept4(2) EINTR, ECONNABORTED: the next connection is taken")
    void shouldAcceptWhenAConnectionWasAborted(String error) throws Exception {
        ChildJvm.Result result = ChildJvm.of(Accepts.class)
                .underStrace("-e", "trace=accept4", "-e", "inject=accept4:error=" + error + ":when=1+2")
                .run();

        assertThat(result.lines()).containsExactly("accepted", "nobody");
        assertThat(result.traced(error)).isEqualTo(2);
    }

    /** Waits with select and with poll. */
    static final class Waits {
        public static void main(String[] args) throws Exception {
            Duration timeout = Duration.ofNanos(Long.parseLong(args[0]));
            try (EventFd counter = EventFd.open(); PollFdArray fds = PollFdArray.allocate(1)) {
                FdSet set = FdSet.allocate();
                set.set(counter.fd());
                fds.add(counter.fd(), POLLIN);
                long start = System.nanoTime();
                int ready = Select.select(set.copy(), null, null, timeout);
                System.out.println("select " + ready + early(start, timeout));
                start = System.nanoTime();
                ready = Poll.poll(fds, timeout);
                System.out.println("poll " + ready + early(start, timeout));
                counter.write(1);
                System.out.println("select " + Select.select(set, null, null, timeout)
                        + ", set " + set.isSet(counter.fd()));
                System.out.println("poll " + Poll.poll(fds, timeout) + ", index " + fds.nextReady(0));
                System.out.println("no limit " + Select.select(set, null, null) + " " + Poll.poll(fds));
            }
        }

        private static String early(long start, Duration timeout) {
            return ", early " + (System.nanoTime() - start < timeout.toNanos());
        }
    }

    /** Writes and reads a stream. */
    static final class Moves {
        public static void main(String[] args) throws Exception {
            try (SocketPair<UnixStream> pair = SocketPair.open()) {
                for (int i = 0; i < 3; i++) {
                    int written = pair.first().write(ByteBuffer.allocateDirect(3));
                    System.out.println(written + " " + pair.second().read(ByteBuffer.allocateDirect(10)));
                }
                System.out.println(pair.second().read(ByteBuffer.allocateDirect(10)));
            }
        }
    }

    /** Accepts one connection, then none. */
    static final class Accepts {
        public static void main(String[] args) throws Exception {
            try (TcpListener listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 0));
                    TcpStream client = TcpStream.connect(listener.localAddress());
                    EpollInstance epoll = EpollInstance.open();
                    EpollEventArray events = EpollEventArray.allocate(1)) {
                epoll.add(listener.fd(), EPOLLIN);
                epoll.awaitMillis(events, 20_000);
                try (TcpStream server = listener.accept()) {
                    System.out.println(server == null || !client.isOpen() ? "nobody" : "accepted");
                }
                System.out.println(listener.accept() == null ? "nobody" : "accepted");
            }
        }
    }
}
