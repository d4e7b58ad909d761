package io.github.epoll4j.reactor.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.ForwardingConnection;
import io.github.epoll4j.reactor.ForwardingHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.Thrown;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.WriteCompletion;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The connection that a handler on workers sees: it keeps the promises that a handler on the loop relies on. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class PooledConnectionTest {
    private static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);

    /** The connections that the pool's handler is put on. */
    enum Kind {
        LEVEL(Trigger.LEVEL, false),
        EDGE(Trigger.EDGE, false),
        ONESHOT(Trigger.ONESHOT, false),
        /** A layer, which is not of the library. */
        LAYER(Trigger.LEVEL, true);

        private final Trigger trigger;
        private final boolean isLayer;

        Kind(Trigger trigger, boolean isLayer) {
            this.trigger = trigger;
            this.isLayer = isLayer;
        }
    }

    /** A connection by an application's own class, on the other one. */
    private static final class Layer extends ForwardingConnection {
        Layer(Connection target) {
            super(target);
        }

        @Override
        public ConnectionHandler handler() {
            return target().handler() instanceof ForwardingHandler current ? current.next() : null;
        }

        @Override
        public void handler(ConnectionHandler next) {
            target().handler(on(next));
        }

        private ForwardingHandler on(ConnectionHandler upper) {
            return new ForwardingHandler(this, upper) {
                @Override
                public void onData(Connection connection, ByteBuffer data) throws IOException {
                    upper.onData(Layer.this, data);
                }

                @Override
                public void onInputClosed(Connection connection, ByteBuffer rest) throws IOException {
                    upper.onInputClosed(Layer.this, rest);
                }
            };
        }
    }

    @Parameter
    private Kind kind;

    private final List<Object> sources = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Object> calls = new LinkedBlockingQueue<>();
    private ConnectionConfig config;
    private Reactor reactor;
    private WorkerPool pool;
    private Listener listener;

    @BeforeEach
    void open() throws IOException {
        config = ConnectionConfig.DEFAULT.withTrigger(kind.trigger);
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1).withFailureHandler((loop, source, failure) -> {
            sources.add(source);
            failures.add(failure);
        }));
        pool = WorkerPool.open(2, 10);
    }

    @AfterEach
    void close() {
        reactor.close(Duration.ofMillis(50));
        reactor.close();
        pool.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    private Socket connect(ConnectionHandler handler) throws IOException {
        Function<Connection, ConnectionHandler> factory = connection -> kind.isLayer
                ? new Layer(connection).on(pool.handler(handler)) : pool.handler(handler);
        listener = reactor.listen(ANY, config, factory);
        Socket socket = new Socket();
        socket.connect(listener.localAddress(), 20_000);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private Object nextCall() throws InterruptedException {
        Object call = calls.poll(20, TimeUnit.SECONDS);
        assertThat(call).as("a call within 20 s").isNotNull();
        return call;
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes).toString();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Notes what it gets, and that it is not called on the loop's thread. */
    private class Noting implements ConnectionHandler {
        void note(Connection connection, Object call) {
            assertThat(connection.loop().inLoop()).as("on the loop's thread").isFalse();
            calls.add(call);
        }

        @Override
        public void onData(Connection connection, ByteBuffer data) throws IOException {
            note(connection, text(data));
        }

        @Override
        public void onInputClosed(Connection connection, ByteBuffer rest) {
            note(connection, "end " + text(rest));
            connection.close();
        }

        @Override
        public void onClosed(Connection connection, Throwable cause) {
            note(connection, cause == null ? "closed" : cause);
        }
    }

    @Test
    @DisplayName("bytes that a call leaves are in front of the next ones; the end of the stream has the last")
    void shouldPutUnreadBytesInFrontOfTheNextOnes() throws Exception {
        try (Socket client = connect(new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                assertThat(data.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
                data.order(ByteOrder.LITTLE_ENDIAN);
                note(connection, text(data.duplicate()));
                data.position(data.position() + 1);
            }
        })) {
            send(client, "abc");
            assertThat(nextCall()).isEqualTo("abc");
            send(client, "d");
            assertThat(nextCall()).isEqualTo("bcd");
            send(client, "e");
            assertThat(nextCall()).isEqualTo("cde");
            client.shutdownOutput();
            assertThat(nextCall()).isEqualTo("end de");
            assertThat(nextCall()).isEqualTo("closed");
        }
    }

    @Test
    @DisplayName("paused in the middle of a batch; resumed, the rest is given again without new bytes, and once")
    void shouldGiveUnreadBytesAgainWhenReadingResumes() throws Exception {
        BlockingQueue<Connection> paused = new LinkedBlockingQueue<>();
        try (Socket client = connect(new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                connection.pauseReading();
                note(connection, (char) data.get());
                paused.add(connection);
            }
        })) {
            send(client, "abc");
            assertThat(nextCall()).isEqualTo('a');
            Connection connection = paused.take();
            connection.resumeReading();
            assertThat(nextCall()).isEqualTo('b');
            paused.take();
            send(client, "d");
            client.shutdownOutput();
            pass(connection);
            assertThat(calls).as("paused").isEmpty();
            for (char expected : new char[] {'c', 'd'}) {
                connection.resumeReading();
                assertThat(nextCall()).isEqualTo(expected);
            }
            connection.resumeReading();
            assertThat(nextCall()).isEqualTo("end ");
        }
    }

    /** Waits until the loop and the workers have done what was to be done. */
    private void pass(Connection connection) throws InterruptedException {
        for (int i = 0; i < 10; i++) {
            CountDownLatch passed = new CountDownLatch(2);
            connection.loop().execute(passed::countDown);
            assertThat(pool.submit(connection.loop(), () -> "", (value, cause) -> passed.countDown())).isTrue();
            assertThat(passed.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @DisplayName("resumed by another thread before the call that has paused returns: what that call leaves comes again")
    void shouldGiveUnreadBytesAgainWhenReadingResumesDuringTheCall() throws Exception {
        try (Socket client = connect(new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                connection.pauseReading();
                FutureTask<Void> resumption = new FutureTask<>(connection::resumeReading, null);
                Thread.startVirtualThread(resumption);
                assertThat(resumption).succeedsWithin(Duration.ofSeconds(20));
                note(connection, (char) data.get());
            }
        })) {
            send(client, "abc");
            assertThat(List.of(nextCall(), nextCall(), nextCall())).containsExactly('a', 'b', 'c');
        }
    }

    @Test
    @DisplayName("64 KB left unread while reading is not paused end the connection, with the handler's name")
    void shouldEndWhenTooMuchIsLeftUnread() throws Exception {
        ConnectionHandler lazy = new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                assertThat(data.remaining()).isLessThanOrEqualTo(64 << 10);
            }

            @Override
            public String toString() {
                return "a lazy handler";
            }
        };
        try (Socket client = connect(lazy)) {
            client.getOutputStream().write(new byte[64 << 10]);
            Object cause = nextCall();
            assertThat(cause).asString().contains("65536 bytes unread", "a lazy handler");
            assertThat(failures).containsExactly((Throwable) cause);
            failures.clear();
        }
    }

    @Test
    @DisplayName("64 KB and more are received piece by piece when each call leaves a part")
    void shouldReceiveAllWhenCallsLeaveParts() throws Exception {
        byte[] sent = new byte[3_000_000];
        new Random(2).nextBytes(sent);
        try (Socket client = connect(new ConnectionHandler() {
            private final ByteBuffer part = ByteBuffer.allocate(50_000);

            @Override
            public void onData(Connection connection, ByteBuffer data) {
                while (data.remaining() >= part.capacity()) {
                    data.get(part.clear().array());
                    connection.write(part);
                }
            }

            @Override
            public void onInputClosed(Connection connection, ByteBuffer rest) {
                connection.write(rest);
                connection.close();
            }
        })) {
            FutureTask<Void> sender = new FutureTask<>(() -> {
                client.getOutputStream().write(sent);
                client.shutdownOutput();
                return null;
            });
            Thread.startVirtualThread(sender);
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
            sender.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName("a changed limit ends the connection: the cause says so")
    void shouldEndWhenTheLimitIsChanged() throws Exception {
        try (Socket client = connect(new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                data.limit(0);
            }
        })) {
            send(client, "a");
            assertThat(nextCall()).isInstanceOf(IllegalStateException.class).asString().contains("limit");
            assertThat(failures).hasSize(1);
            failures.clear();
        }
    }

    @Test
    @DisplayName("a call's failure is the cause of onClosed, reported once with the peer; its bytes leave")
    void shouldEndWithTheCauseWhenACallThrows() throws Exception {
        for (Thrown thrown : Thrown.values()) {
            Throwable failure = thrown.make();
            try (Socket client = connect(new Noting() {
                @Override
                public void onData(Connection connection, ByteBuffer data) {
                    connection.write(bytes("400"));
                    throw Thrown.<RuntimeException>sneak(failure);
                }
            })) {
                send(client, "a");
                assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("400");
                assertThat(nextCall()).isSameAs(failure);
                assertThat(failures).containsExactly(failure);
                assertThat(sources.getFirst()).asString().contains(":" + client.getLocalPort());
                failures.clear();
                sources.clear();
            }
        }
    }

    @Test
    @DisplayName("after close in a call the handler gets nothing more but onClosed")
    void shouldCallNothingElseWhenTheHandlerHasClosed() throws Exception {
        try (Socket client = connect(new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                connection.handler(this);
                connection.pauseReading();
                connection.resumeReading();
                note(connection, "data");
                connection.close();
            }

            @Override
            public void onOpen(Connection connection) {
                note(connection, "open");
            }
        })) {
            assertThat(nextCall()).isEqualTo("open");
            send(client, "abc");
            assertThat(nextCall()).isEqualTo("data");
            client.shutdownOutput();
            assertThat(nextCall()).isEqualTo("closed");
        }
    }

    @Test
    @DisplayName("a replacement gets onOpen and what the old handler has left; it alone gets the end, also on workers")
    void shouldGoOnWithTheReplacement() throws Exception {
        ConnectionHandler second = new Noting() {
            @Override
            public void onOpen(Connection connection) {
                assertThat(connection.handler()).isSameAs(this);
                note(connection, "open 2");
            }
        };
        try (Socket client = connect(new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                note(connection, (char) data.get());
                connection.handler(second);
                assertThat(connection.handler()).isSameAs(second);
            }
        })) {
            send(client, "abc");
            assertThat(List.of(nextCall(), nextCall(), nextCall())).containsExactly('a', "open 2", "bc");
            send(client, "d");
            assertThat(nextCall()).isEqualTo("d");
            client.shutdownOutput();
            assertThat(List.of(nextCall(), nextCall())).containsExactly("end ", "closed");
        }
    }

    @Test
    @DisplayName("a replacement that pauses in onOpen gets what was left when it resumes")
    void shouldWaitWhenTheReplacementPauses() throws Exception {
        BlockingQueue<Connection> paused = new LinkedBlockingQueue<>();
        ConnectionHandler second = new Noting() {
            @Override
            public void onOpen(Connection connection) {
                connection.pauseReading();
                note(connection, "open 2");
                paused.add(connection);
            }
        };
        try (Socket client = connect(new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                note(connection, (char) data.get());
                connection.handler(second);
            }
        })) {
            send(client, "abc");
            assertThat(List.of(nextCall(), nextCall())).containsExactly('a', "open 2");
            Connection connection = paused.take();
            pass(connection);
            assertThat(calls).as("paused").isEmpty();
            connection.resumeReading();
            assertThat(nextCall()).isEqualTo("bc");
        }
    }

    @Test
    @DisplayName("a handler is replaced by another thread while nothing happens: the new one gets what comes next")
    void shouldReplaceTheHandlerWhenNothingHappens() throws Exception {
        BlockingQueue<Connection> opened = new LinkedBlockingQueue<>();
        try (Socket client = connect(new Noting() {
            @Override
            public void onOpen(Connection connection) {
                opened.add(connection);
            }
        })) {
            Connection connection = opened.take();
            pass(connection);
            connection.handler(new Noting() {
                @Override
                public void onOpen(Connection same) {
                    note(same, same == connection);
                }
            });
            assertThat(nextCall()).isEqualTo(true);
            send(client, "a");
            assertThat(nextCall()).isEqualTo("a");
        }
    }

    @Test
    @DisplayName("pause above the mark, resume in onWritable, on workers, never hangs")
    void shouldNotHangWhenTheHandlerFollowsThePressure() throws Exception {
        config = config.withWaterMarks(4 << 10, 16 << 10).withAutoPause(false);
        AtomicBoolean hasPaused = new AtomicBoolean();
        byte[] sent = new byte[20 << 20];
        new Random(3).nextBytes(sent);
        try (Socket client = connect(new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                connection.write(data);
                if (connection.pendingBytes() > connection.config().highWaterMark()) {
                    connection.pauseReading();
                    hasPaused.set(true);
                }
            }

            @Override
            public void onWritable(Connection connection) {
                connection.resumeReading();
            }
        })) {
            FutureTask<Void> sender = new FutureTask<>(() -> {
                client.getOutputStream().write(sent);
                return null;
            });
            Thread.startVirtualThread(sender);
            Eventually.await("the handler has paused", hasPaused::get);
            assertThat(client.getInputStream().readNBytes(sent.length)).isEqualTo(sent);
            sender.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName("a timeout is handled by a worker: true keeps the connection, false ends it behind what was written")
    void shouldAskAWorkerWhenATimeoutPasses() throws Exception {
        config = config.withReadIdleTimeout(Duration.ofMillis(30));
        AtomicBoolean isSecond = new AtomicBoolean();
        try (Socket client = connect(new Noting() {
            @Override
            public boolean onTimeout(Connection connection, IdleTimeoutException timeout) {
                note(connection, timeout);
                connection.write(bytes(isSecond.get() ? "408" : "ping "));
                return isSecond.compareAndSet(false, true);
            }
        })) {
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("ping 408");
            assertThat(nextCall()).isInstanceOf(IdleTimeoutException.class);
            Object second = nextCall();
            assertThat(second).isInstanceOf(IdleTimeoutException.class);
            client.shutdownOutput();
            assertThat(nextCall()).isSameAs(second);
        }
    }

    @Test
    @DisplayName("draining is handled by a worker, which may say a last word")
    void shouldAskAWorkerWhenTheListenerIsDrained() throws Exception {
        try (Socket client = connect(new Noting() {
            @Override
            public void onOpen(Connection connection) {
                note(connection, "open");
            }

            @Override
            public void onDrain(Connection connection) {
                note(connection, "drain");
                connection.write(bytes("bye"));
                connection.close();
            }
        })) {
            assertThat(nextCall()).isEqualTo("open");
            listener.drain();
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("bye");
            assertThat(nextCall()).isEqualTo("drain");
        }
    }

    @Test
    @DisplayName("a completion is called on the loop's thread, with the connection that was written to")
    void shouldPassTheWorkersConnectionToACompletion() throws Exception {
        try (Socket client = connect(new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) {
                WriteCompletion note = (written, cause) ->
                        calls.add(written == connection && connection.loop().inLoop() && cause == null);
                connection.write(data, note);
                assertThat(connection.writeAsync(bytes("b"))).succeedsWithin(Duration.ofSeconds(20));
                calls.add("written");
            }
        })) {
            send(client, "a");
            assertThat(client.getInputStream().readNBytes(2)).asString().isEqualTo("ab");
            assertThat(List.of(nextCall(), nextCall())).containsExactly(true, "written");
        }
    }

    @Test
    @DisplayName("a file is sent by the real connection, which does not count it as queued memory")
    void shouldSendAFileWhenItIsLargerThanTheLimit(@TempDir Path folder) throws Exception {
        byte[] content = new byte[kind.isLayer ? 50_000 : 3_000_000]; // a layer has to read it
        new Random(4).nextBytes(content);
        Path file = Files.write(folder.resolve("file"), content);
        config = config.withWaterMarks(0, 50_000).withQueueLimit(50_000);
        try (FileFd opened = FileFd.open(file, OpenFlags.O_RDONLY); Socket client = connect(new Noting() {
            @Override
            public void onOpen(Connection connection) {
                connection.sendFile(opened, 0, content.length, (same, cause) -> calls.add(same == connection));
            }
        })) {
            assertThat(client.getInputStream().readNBytes(content.length)).isEqualTo(content);
            assertThat(nextCall()).isEqualTo(true);
        }
    }

    @Test
    @DisplayName("the reactor closes while a worker has the connection: the handler gets its last call when it is done")
    void shouldMakeTheLastCallWhenTheLoopHasStopped() throws Exception {
        CountDownLatch working = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        try (Socket client = connect(new Noting() {
            @Override
            public void onData(Connection connection, ByteBuffer data) throws IOException {
                working.countDown();
                assertThat(Thread.interrupted()).isFalse();
                try {
                    gate.await(20, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                connection.resumeReading();
                connection.write(data);
                note(connection, "data");
            }
        })) {
            send(client, "a");
            assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
            reactor.close(Duration.ZERO);
            gate.countDown();
            assertThat(List.of(nextCall(), nextCall())).containsExactly("data", "closed");
        }
    }

    @Test
    @DisplayName("an executor that refuses ends the connection with its exception, reported once, on the loop's thread")
    void shouldEndWhenTheExecutorRefuses() throws Exception {
        pool.close();
        RejectedExecutionException refusal = new RejectedExecutionException("full");
        pool = WorkerPool.on(task -> {
            throw refusal;
        }, 1, 1);
        try (Socket client = connect(new Noting() {
            @Override
            public void onClosed(Connection connection, Throwable cause) {
                calls.add(connection.loop().inLoop());
                calls.add(cause);
            }
        })) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(List.of(nextCall(), nextCall())).containsExactly(true, refusal);
            assertThat(failures).containsExactly(refusal);
            failures.clear();
        }
    }
}
