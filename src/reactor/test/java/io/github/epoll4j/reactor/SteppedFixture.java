package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.SocketSetting;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** TCP connections on a loop that the test's thread runs, step by step, with a clock that the test advances. */
@ParameterizedClass
@EnumSource
@Timeout(60)
abstract class SteppedFixture {
    @Parameter
    ConnectionFixture.Watching watching;

    final List<Throwable> failures = new ArrayList<>();
    final List<Object> calls = new ArrayList<>();
    private final List<TcpStream> peers = new ArrayList<>();
    private long nanos;
    EventLoop loop;
    LoopContext context;

    /** A connection, its socket, and the other end. */
    record Pair(Connection connection, TcpStream socket, TcpStream peer) {
        /** Waits until the socket has received all that the peer has sent. */
        void awaitArrival() {
            Eventually.await("all is acknowledged", () -> peer.unsent() == 0);
        }
    }

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.open(watching.mechanism, (same, source, exception) -> failures.add(exception), () -> nanos);
        loop.runOnce(Duration.ZERO); // the loop is this thread's from here on
        context = new LoopContext(loop);
    }

    @AfterEach
    void close() {
        context.closeNow(null);
        loop.close();
        peers.forEach(StreamSocket::close);
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    void advance(Duration time) {
        nanos += time.toNanos();
    }

    Pair open(ConnectionConfig config, ConnectionHandler handler, SocketSetting<?>... ofPeer) throws IOException {
        try (TcpListener listener = TcpListener.bind(ConnectionFixture.ANY)) {
            TcpStream peer = TcpStream.connect(listener.localAddress(), ofPeer);
            peers.add(peer);
            await(listener.fd());
            TcpStream socket = listener.accept();
            Connection[] opened = new Connection[1];
            assertThat(context.open(socket, null, config.withTrigger(watching.trigger), connection -> {
                opened[0] = connection;
                return handler;
            })).isNull();
            return new Pair(opened[0], socket, peer);
        }
    }

    private static void await(int fd) throws IOException {
        try (PollFdArray fds = PollFdArray.allocate(1)) {
            fds.add(fd, PollFlags.POLLIN);
            assertThat(Poll.poll(fds, Duration.ofSeconds(20))).as("ready").isOne();
        }
    }

    /** Runs enough iterations for all that is there to be noticed. */
    void step() throws IOException {
        for (int i = 0; i < 6; i++) {
            loop.runOnce(Duration.ZERO);
        }
    }

    /** Runs iterations until a condition holds. */
    void stepUntil(String what, Eventually.Condition condition) {
        Eventually.await(what, () -> {
            loop.runOnce(Duration.ZERO);
            return condition.isTrue();
        });
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static String text(ByteBuffer data) {
        String text = StandardCharsets.ISO_8859_1.decode(data.slice()).toString();
        data.position(data.limit());
        return text;
    }

    /** Reads what has arrived at a peer; returns false at the end of the stream. */
    static boolean read(TcpStream peer, ByteArrayOutputStream received) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        int count = peer.read(buffer);
        received.write(buffer.array(), 0, Math.max(0, count));
        return count >= 0;
    }

    /** Notes its calls. */
    class Noting implements ConnectionHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) throws IOException {
            calls.add(text(data));
        }

        @Override
        public void onInputClosed(Connection connection, ByteBuffer rest) throws IOException {
            calls.add("end " + text(rest));
            connection.close();
        }

        @Override
        public void onClosed(Connection connection, Throwable cause) {
            calls.add(cause == null ? "closed" : cause);
        }
    }
}
