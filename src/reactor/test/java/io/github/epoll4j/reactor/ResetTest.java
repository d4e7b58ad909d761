package io.github.epoll4j.reactor;

import static io.github.epoll4j.poll.PollFlags.POLLHUP;
import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.LinuxSocketOptions;
import io.github.epoll4j.net.SocketFd;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.reactor.worker.WorkerPool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A peer that sends and resets, or hangs up, while nobody reads. The test's thread turns the loop. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class ResetTest {
    /** The kinds of socket. */
    enum Kind {
        TCP, UNIX
    }

    @Parameter
    private ConnectionFixture.Watching watching;

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final Queue<Object> calls = new ConcurrentLinkedQueue<>();
    private EventLoop loop;
    private LoopContext connections;
    private StreamSocket peer;
    private StreamSocket socket;
    private Connection connection;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.open(watching.mechanism, (same, source, exception) -> failures.add(exception));
        loop.runOnce(Duration.ZERO); // the loop is this thread's from here on
        connections = new LoopContext(loop);
    }

    @AfterEach
    void close() {
        connections.closeNow(null);
        loop.close();
        peer.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    /** Writes its calls down. */
    private class Noting implements ConnectionHandler {
        @Override
        public void onData(Connection from, ByteBuffer data) {
            calls.add("read " + data.remaining());
        }

        @Override
        public void onClosed(Connection closed, Throwable cause) {
            calls.add(cause == null ? "closed" : cause);
        }
    }

    /** Reads nothing until it is told to. */
    private class Paused extends Noting {
        @Override
        public void onOpen(Connection opened) {
            opened.pauseReading();
        }
    }

    private void open(Kind kind, ConnectionConfig config, ConnectionHandler handler) throws IOException {
        if (kind == Kind.UNIX) {
            SocketPair<UnixStream> pair = SocketPair.open();
            peer = pair.first();
            socket = pair.second();
        } else {
            try (TcpListener listener = TcpListener.bind(ConnectionFixture.ANY)) {
                peer = TcpStream.connect(listener.localAddress());
                await(listener, POLLIN);
                socket = listener.accept();
            }
        }
        socket.set(LinuxSocketOptions.SO_SNDBUF, 1 << 16);
        assertThat(connections.open(socket, null, config.withTrigger(watching.trigger), made -> {
            connection = made;
            return handler;
        })).isNull();
    }

    private void open(Kind kind, ConnectionHandler handler) throws IOException {
        open(kind, ConnectionConfig.DEFAULT, handler);
    }

    /** Waits until a socket has some events, for 20 seconds. */
    private static void await(SocketFd socket, int events) throws IOException {
        try (PollFdArray fds = PollFdArray.allocate(1)) {
            fds.add(socket.fd(), events);
            assertThat(Poll.poll(fds, Duration.ofSeconds(20))).as("ready").isOne();
            assertThat(fds.revents(0) & events).isEqualTo(events);
        }
    }

    /** The peer sends some bytes, and closes with one unread, which resets; returns when the kernel knows it all. */
    private void sendAndReset(int count) throws IOException {
        socket.write(ByteBuffer.allocate(1));
        await(peer, POLLIN);
        if (count > 0) {
            assertThat(peer.write(ByteBuffer.allocate(count))).isEqualTo(count);
            await(socket, POLLIN);
        }
        peer.close();
        await(socket, POLLHUP);
    }

    /** Turns often enough for all that is there to be noticed. */
    private void turn() throws IOException {
        for (int i = 0; i < 5; i++) {
            loop.runOnce(Duration.ZERO);
        }
    }

    /** Turns until something is called; null after 20 seconds. */
    private Object nextCall() throws IOException {
        long start = System.nanoTime();
        while (calls.isEmpty() && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(20)) {
            loop.runOnce(Duration.ofMillis(10));
        }
        return calls.poll();
    }

    private void shouldEndWithAReset() throws IOException {
        assertThat(nextCall()).isInstanceOfSatisfying(ErrnoException.class,
                e -> assertThat(e.errno()).isEqualTo(Errno.ECONNRESET));
        turn();
        assertThat(calls).isEmpty();
    }

    private void shouldStayOpenWithoutASpin() throws IOException {
        turn();
        assertThat(calls).isEmpty();
        assertThat(connection.isOpen()).isTrue();
        long events = loop.metrics().events();
        turn();
        assertThat(loop.metrics().events()).as("events").isEqualTo(events);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("EPOLLERR and EPOLLHUP while reading is paused: what came before the reset is read when it goes on")
    void shouldDeliverWhatCameWhenReadingGoesOnAfterAReset(Kind kind) throws Exception {
        open(kind, new Paused());
        sendAndReset(3);
        shouldStayOpenWithoutASpin();

        connection.resumeReading();
        assertThat(nextCall()).isEqualTo("read 3");
        shouldEndWithAReset();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a reset while reading is paused and nothing is left to be read ends it at once; select does not hear")
    void shouldEndAtOnceWhenNothingIsLeftToBeRead(Kind kind) throws Exception {
        open(kind, new Paused());
        sendAndReset(0);
        if (watching.mechanism == Mechanism.SELECT) {
            shouldStayOpenWithoutASpin();
            connection.resumeReading();
        }
        shouldEndWithAReset();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a write that fails while reading is paused: what came before the reset is read when reading goes on")
    void shouldDeliverWhatCameWhenAWriteHasFailed(Kind kind) throws Exception {
        open(kind, new Paused());
        sendAndReset(3);
        connection.write(ByteBuffer.allocate(1), (same, cause) -> calls.add(cause));
        Object failure = nextCall();
        assertThat(failure).isInstanceOf(ErrnoException.class);
        shouldStayOpenWithoutASpin();

        connection.resumeReading();
        assertThat(nextCall()).isEqualTo("read 3");
        assertThat(nextCall()).isSameAs(failure);
        turn();
        assertThat(calls).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a reset while reading is paused and much is queued: who waits for it learns, and may read what came")
    void shouldTellWhoWaitsForTheQueueWhenItIsDropped(Kind kind) throws Exception {
        open(kind, new Paused());
        connection.write(ByteBuffer.allocate(900_000), (same, cause) -> {
            calls.add(cause);
            same.resumeReading();
        });
        sendAndReset(3);
        Object failure = nextCall();
        assertThat(failure).isInstanceOf(ErrnoException.class);
        assertThat(nextCall()).isEqualTo("read 3");
        assertThat(nextCall()).isSameAs(failure);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a reset while reading is paused above the high-water mark: onWritable comes, as the queue is gone")
    void shouldTellThatItIsWritableWhenTheQueueIsDropped(Kind kind) throws Exception {
        open(kind, new Paused() {
            @Override
            public void onWritable(Connection from) {
                calls.add("writable");
                from.resumeReading();
            }
        });
        connection.write(ByteBuffer.allocate(900_000));
        sendAndReset(3);
        assertThat(nextCall()).isEqualTo("writable");
        assertThat(nextCall()).isEqualTo("read 3");
        assertThat(nextCall()).isInstanceOf(ErrnoException.class);
    }

    @Test
    @DisplayName("the peer closes, then resets, while reading is paused: the end at once; select does not hear")
    void shouldEndWhenTheResetComesAfterTheEndOfTheStream() throws Exception {
        open(Kind.TCP, new Paused());
        peer.close();
        await(socket, POLLIN);
        connection.write(ByteBuffer.allocate(1));
        await(socket, POLLHUP);
        if (watching.mechanism == Mechanism.SELECT) {
            shouldStayOpenWithoutASpin();
            connection.resumeReading();
            assertThat(nextCall()).isNotNull();
            return;
        }
        assertThat(nextCall()).isInstanceOfSatisfying(ErrnoException.class,
                e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
    }

    @Test
    @DisplayName("a reset of a connection that is closing and has much queued is the cause of its end")
    void shouldEndWithTheResetWhenMuchIsQueuedInAClose() throws Exception {
        open(Kind.TCP, new Noting());
        connection.write(ByteBuffer.allocate(900_000), (same, cause) -> calls.add(cause));
        connection.close();
        sendAndReset(0);
        Object cause = nextCall();
        assertThat(cause).isInstanceOfSatisfying(ErrnoException.class,
                e -> assertThat(e.errno()).isEqualTo(Errno.ECONNRESET));
        assertThat(nextCall()).isSameAs(cause);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S18: a reset while a worker has the connection: what came before it is read when the worker is done")
    void shouldDeliverWhatCameWhenTheWorkerIsDone(Kind kind) throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        try (WorkerPool pool = WorkerPool.open(1, 1)) {
            open(kind, pool.handler(new Noting() {
                @Override
                public void onOpen(Connection opened) throws IOException {
                    try {
                        gate.await(20, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
            }));
            sendAndReset(3);
            shouldStayOpenWithoutASpin();

            gate.countDown();
            assertThat(nextCall()).isEqualTo("read 3");
            shouldEndWithAReset();
        }
    }

    @Test
    @DisplayName("a Unix peer hangs up while reading is paused and much is queued: the end, by a timeout with select")
    void shouldEndAtOnceOrBySelectsTimeoutWhenThePeerHangsUp() throws Exception {
        Duration timeout = Duration.ofMillis(50);
        open(Kind.UNIX, ConnectionConfig.DEFAULT.withCloseTimeout(timeout), new Paused());
        connection.write(ByteBuffer.allocate(900_000));
        peer.shutdownOutput();
        peer.shutdownInput();
        await(socket, POLLHUP);
        if (watching.mechanism != Mechanism.SELECT) {
            assertThat(nextCall()).isInstanceOfSatisfying(ErrnoException.class,
                    e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
            return;
        }
        shouldStayOpenWithoutASpin();
        connection.resumeReading();
        shouldStayOpenWithoutASpin();
        long start = System.nanoTime();
        connection.close();
        assertThat(nextCall()).isInstanceOf(IdleTimeoutException.class);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(timeout.toNanos());
    }
}
