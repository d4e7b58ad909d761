package io.github.epoll4j.reactor.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.WriteCompletion;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tests that every implementation of {@link Connection} passes: of a socket, a layer such as TLS, or a fake. A
 * subclass opens connections; what an implementation does not have it switches off.
 *
 * {@snippet class = io.github.epoll4j.reactor.testkit.XorLayerContractTest region = contract}
 */
@Timeout(120)
public abstract class ConnectionContract {
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofHours(1);
    private static final int CHUNK = 64 << 10;
    /** No peer that has stopped receiving lets so many bytes through. */
    private static final int MOST_BUFFERED = 512 << 20;
    /** More than a kernel passes on to such a peer after a write that would have blocked. */
    private static final int STILL_TAKEN = 2 << 20;

    private final List<Session> sessions = new ArrayList<>();
    /** Calls of handlers and completions that came when or where they must not. */
    private final List<String> violations = new CopyOnWriteArrayList<>();

    @TempDir
    private Path folder;

    /** For subclasses. */
    protected ConnectionContract() {
    }

    /**
     * Opens a connection whose handler is the one of a factory.
     *
     * @param config         the limits and timeouts
     * @param handlerFactory called once, on the loop's thread, with the connection to be tested
     * @return the connection's peer; closed after the test
     * @throws Exception if it cannot be opened
     */
    protected abstract ConnectionPair open(ConnectionConfig config,
            Function<Connection, ConnectionHandler> handlerFactory) throws Exception;

    /**
     * Returns the configuration that the tests change, such as one with another trigger.
     *
     * @return {@link ConnectionConfig#DEFAULT} unless overridden
     */
    protected ConnectionConfig config() {
        return ConnectionConfig.DEFAULT;
    }

    /**
     * Returns whether a reset reaches the other side as such, in both directions.
     *
     * @return true unless overridden
     */
    protected boolean canReset() {
        return true;
    }

    /**
     * Returns whether {@link ConnectionPair#drain()} works.
     *
     * @return true unless overridden
     */
    protected boolean canDrain() {
        return true;
    }

    /**
     * Returns whether files can be sent.
     *
     * @return true unless overridden
     */
    protected boolean canSendFiles() {
        return true;
    }

    /**
     * Returns whether both addresses are known.
     *
     * @return true unless overridden
     */
    protected boolean hasAddresses() {
        return true;
    }

    /**
     * Returns whether SO_KEEPALIVE can be set.
     *
     * @return true unless overridden
     */
    protected boolean hasOptions() {
        return true;
    }

    /**
     * Returns whether each side can end its output and receive on.
     *
     * @return true unless overridden
     */
    protected boolean canHalfClose() {
        return true;
    }

    // ---- helpers of the tests

    /** Something to do. */
    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    /** The thread that calls the connection's methods. */
    private enum Caller {
        TASK, OTHER_THREAD
    }

    /** An open connection. */
    private final class Session {
        private final AtomicReference<Connection> opened = new AtomicReference<>();
        private ConnectionPair pair;
        private Connection connection;

        private ConnectionHandler created(Connection created, Function<Connection, ConnectionHandler> handlerFactory) {
            if (!opened.compareAndSet(null, created)) {
                violations.add("the factory was called again");
            }
            return handlerFactory.apply(created);
        }

        void await(String description, BooleanSupplier condition) {
            pair.await(description, condition);
        }

        void send(String text) throws Exception {
            pair.send(bytes(text));
        }

        String received() {
            return text(pair.received());
        }

        void awaitReceived(String expected) {
            await("the peer receives " + expected, () -> received().length() >= expected.length());
            assertThat(received()).isEqualTo(expected);
        }

        void awaitReceived(byte[] expected) {
            await("the peer receives " + expected.length + " bytes", () -> pair.received().length >= expected.length);
            assertThat(pair.received()).isEqualTo(expected);
        }

        /** Runs an action in a task of the loop, or in a thread of its own, and waits for its end. */
        void by(Caller caller, Action action) throws Exception {
            CompletableFuture<Void> done = new CompletableFuture<>();
            Runnable task = () -> {
                try {
                    action.run();
                    done.complete(null);
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            };
            if (caller == Caller.TASK) {
                connection.loop().execute(task);
            } else {
                new Thread(task, "other-thread").start();
            }
            await("the action of a " + caller, done::isDone);
            done.get();
        }

        void inLoop(Action action) throws Exception {
            by(Caller.TASK, action);
        }

        /** Waits until the loop has done the tasks that it has now, and those that they add. */
        void passSomeIterations() throws Exception {
            for (int i = 0; i < 5; i++) {
                inLoop(() -> { });
            }
        }

        /** Writes until more than some bytes are pending. Returns those that were written. */
        byte[] fill(long least) throws Exception {
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            while (connection.pendingBytes() <= least) {
                byte[] chunk = random(CHUNK);
                written.write(chunk);
                assertThat(written.size()).as("bytes that the peer has taken").isLessThan(MOST_BUFFERED);
                inLoop(() -> connection.write(ByteBuffer.wrap(chunk)));
                passSomeIterations();
            }
            return written.toByteArray();
        }
    }

    private Session start(ConnectionConfig config, Function<Connection, ConnectionHandler> handlerFactory)
            throws Exception {
        Session session = new Session();
        sessions.add(session);
        session.pair = open(config, created -> session.created(created, handlerFactory));
        session.await("the handler factory is called", () -> session.opened.get() != null);
        session.connection = session.opened.get();
        return session;
    }

    private Session start(ConnectionHandler handler) throws Exception {
        return start(config(), handler);
    }

    private Session start(ConnectionConfig config, ConnectionHandler handler) throws Exception {
        return start(config, connection -> handler);
    }

    @AfterEach
    void shouldCallHandlersInOrderWhenAnythingHappens() throws Exception {
        for (Session session : sessions) {
            session.pair.close();
        }
        assertThat(violations).isEmpty();
    }

    /** Records the calls; what a test wants to do in them it does in the overridable methods. */
    private class Recorder implements ConnectionHandler {
        final List<String> calls = new CopyOnWriteArrayList<>();
        /** The bytes that {@link #data} was called with and has read. */
        final ByteArrayOutputStream read = new ByteArrayOutputStream();
        volatile Connection connection;
        volatile Throwable cause;
        /** True while a call, or a method under test, runs. For the loop's thread. */
        boolean isInside;

        private void call(String name, Connection on, Action action) throws IOException {
            if (connection == null) {
                connection = on;
            }
            if (isInside) {
                violations.add(name + " inside another call");
            }
            if (on != connection) {
                violations.add(name + " with another connection: " + on);
            }
            if (!on.loop().inLoop()) {
                violations.add(name + " on another thread");
            }
            if (calls.contains("onClosed")) {
                violations.add(name + " after onClosed");
            }
            if (name.equals("onOpen") != calls.isEmpty() && !name.equals("onClosed")) {
                violations.add(name + " after " + calls);
            }
            calls.add(name);
            isInside = true;
            try {
                action.run();
            } catch (Throwable e) {
                throw ConnectionContract.<RuntimeException>undeclared(e);
            } finally {
                isInside = false;
            }
        }

        long count(String name) {
            return calls.stream().filter(name::equals).count();
        }

        boolean has(String name) {
            return calls.contains(name);
        }

        String text() {
            return ConnectionContract.text(read.toByteArray());
        }

        @Override
        public final void onOpen(Connection on) throws IOException {
            call("onOpen", on, () -> opened(on));
        }

        void opened(Connection on) throws Exception {
        }

        @Override
        public final void onData(Connection on, ByteBuffer data) throws IOException {
            if (!data.hasRemaining() || data.order() != ByteOrder.BIG_ENDIAN) {
                violations.add("onData with " + data + ", " + data.order());
            }
            call("onData", on, () -> data(on, data));
        }

        void data(Connection on, ByteBuffer data) throws Exception {
            read(data, data.remaining());
        }

        final void read(ByteBuffer data, int count) {
            byte[] bytes = new byte[count];
            data.get(bytes);
            read.writeBytes(bytes);
        }

        @Override
        public final void onWritable(Connection on) throws IOException {
            call("onWritable", on, () -> writable(on));
        }

        void writable(Connection on) throws Exception {
        }

        @Override
        public final void onInputClosed(Connection on, ByteBuffer rest) throws IOException {
            call("onInputClosed", on, () -> inputClosed(on, rest));
        }

        void inputClosed(Connection on, ByteBuffer rest) throws Exception {
            ConnectionHandler.super.onInputClosed(on, rest);
        }

        @Override
        public final boolean onTimeout(Connection on, IdleTimeoutException timeout) throws IOException {
            boolean[] isKept = new boolean[1];
            call("onTimeout", on, () -> isKept[0] = timeout(on, timeout));
            return isKept[0];
        }

        boolean timeout(Connection on, IdleTimeoutException timeout) throws Exception {
            return ConnectionHandler.super.onTimeout(on, timeout);
        }

        @Override
        public final void onDrain(Connection on) throws IOException {
            call("onDrain", on, () -> drained(on));
        }

        void drained(Connection on) throws Exception {
            ConnectionHandler.super.onDrain(on);
        }

        @Override
        public final void onClosed(Connection on, Throwable why) {
            cause = why;
            try {
                call("onClosed", on, () -> closed(on));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void closed(Connection on) throws Exception {
        }
    }

    /** Leaves all bytes unread, and pauses reading if that is wanted. */
    private class Leaver extends Recorder {
        final List<String> seen = new CopyOnWriteArrayList<>();
        final boolean isPausing;

        Leaver(boolean isPausing) {
            this.isPausing = isPausing;
        }

        @Override
        void data(Connection on, ByteBuffer data) {
            seen.add(StandardCharsets.UTF_8.decode(data.duplicate()).toString());
            if (isPausing) {
                on.pauseReading();
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E undeclared(Throwable e) throws E {
        throw (E) e;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer buffer(String text) {
        return ByteBuffer.wrap(bytes(text));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private void awaitClosed(Session session, Recorder handler) {
        session.await("onClosed", () -> handler.has("onClosed"));
        assertThat(session.connection.isOpen()).isFalse();
        assertThat(handler.count("onClosed")).isEqualTo(1);
        // also those of other threads whose tasks come behind the end
        session.await("nothing pending", () -> session.connection.pendingBytes() == 0);
    }

    private void awaitClosed(Session session, Recorder handler, Throwable cause) {
        awaitClosed(session, handler);
        assertThat(handler.cause).isSameAs(cause);
    }

    // ---- opening

    @Test
    @DisplayName("onOpen is the first call, once, with the connection that the factory has got")
    void shouldCallOnOpenFirstWhenBytesAreThereAtOnce() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(handler);
        session.send("a");
        session.await("a byte", () -> handler.text().equals("a"));
        assertThat(handler.calls).containsExactly("onOpen", "onData");
        assertThat(handler.connection).isSameAs(session.connection);
    }

    @Test
    @DisplayName("the handler is null until the factory has returned, and then the factory's")
    void shouldHaveNoHandlerWhenTheFactoryRuns() throws Exception {
        Recorder handler = new Recorder();
        List<ConnectionHandler> before = new CopyOnWriteArrayList<>();
        Session session = start(config(), connection -> {
            if (connection.handler() != null) {
                before.add(connection.handler());
            }
            return handler;
        });
        session.await("onOpen", () -> handler.has("onOpen"));
        assertThat(before).isEmpty();
        assertThat(session.connection.handler()).isSameAs(handler);
        assertThat(session.connection.isOpen()).isTrue();
        assertThat(session.connection.isInputClosed()).isFalse();
    }

    @Test
    @DisplayName("bytes that the factory and onOpen write are delivered, in order")
    void shouldDeliverWhenTheFactoryAndOnOpenWrite() throws Exception {
        Session session = start(config(), connection -> {
            connection.write(buffer("1"));
            return new Recorder() {
                @Override
                void opened(Connection on) {
                    on.write(buffer("2"));
                }
            };
        });
        session.awaitReceived("12");
    }

    @Test
    @DisplayName("a factory that closes leaves onClosed alone, with null")
    void shouldCallOnClosedAloneWhenTheFactoryCloses() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(config(), connection -> {
            connection.closeNow();
            return handler;
        });
        awaitClosed(session, handler, null);
        assertThat(handler.calls).containsExactly("onClosed");
    }

    @Test
    @DisplayName("both addresses are known in the factory, in onClosed and afterwards")
    void shouldKnowTheAddressesWhenTheConnectionHasEnded() throws Exception {
        assumeTrue(hasAddresses(), "no addresses");
        List<Object> addresses = new CopyOnWriteArrayList<>();
        Recorder handler = new Recorder() {
            @Override
            void closed(Connection on) {
                addresses.add(on.localAddress());
                addresses.add(on.remoteAddress());
            }
        };
        Session session = start(config(), connection -> {
            addresses.add(connection.localAddress());
            addresses.add(connection.remoteAddress());
            return handler;
        });
        session.inLoop(session.connection::closeNow);
        awaitClosed(session, handler, null);
        session.await("the addresses in onClosed", () -> addresses.size() == 4);
        addresses.add(session.connection.localAddress());
        addresses.add(session.connection.remoteAddress());
        assertThat(addresses).hasSize(6);
        assertThat(addresses.subList(2, 4)).isEqualTo(addresses.subList(0, 2));
        assertThat(addresses.subList(4, 6)).isEqualTo(addresses.subList(0, 2));
    }

    @Test
    @DisplayName("an object is attached by any thread")
    void shouldReturnTheObjectWhenOneIsAttached() throws Exception {
        for (Caller caller : Caller.values()) {
            Session session = start(new Recorder());
            assertThat(session.connection.attachment()).isNull();
            session.by(caller, () -> session.connection.attach("object"));
            assertThat(session.connection.attachment()).isEqualTo("object");
        }
    }

    @Test
    @DisplayName("a socket option has the value that was set, and none can be set after the end")
    void shouldReturnTheValueWhenAnOptionIsSet() throws Exception {
        assumeTrue(hasOptions(), "no options");
        Recorder handler = new Recorder();
        Session session = start(handler);
        session.connection.set(StandardSocketOptions.SO_KEEPALIVE, true);
        assertThat(session.connection.get(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
        assertThatThrownBy(() -> session.connection.set(StandardSocketOptions.SO_LINGER, 1))
                .isInstanceOf(IllegalArgumentException.class);
        session.inLoop(session.connection::closeNow);
        awaitClosed(session, handler, null);
        assertThatThrownBy(() -> session.connection.set(StandardSocketOptions.SO_KEEPALIVE, true))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> session.connection.get(StandardSocketOptions.SO_KEEPALIVE))
                .isInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("the configuration can be changed, apart from the trigger")
    void shouldReturnTheConfigurationWhenItIsChanged() throws Exception {
        for (Caller caller : Caller.values()) {
            Session session = start(new Recorder());
            ConnectionConfig changed = config().withWaterMarks(1, 2);
            session.by(caller, () -> session.connection.config(changed));
            session.await("the change", () -> session.connection.config().equals(changed));
            Trigger other = config().trigger() == Trigger.LEVEL ? Trigger.ONESHOT : Trigger.LEVEL;
            session.by(caller, () -> assertThatThrownBy(() -> session.connection.config(changed.withTrigger(other)))
                    .isInstanceOf(IllegalArgumentException.class));
        }
    }

    // ---- reading

    @Test
    @DisplayName("all bytes of the peer come, in order")
    void shouldReadAllBytesWhenThePeerSendsMany() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(handler);
        byte[] sent = random(300_000);
        session.pair.send(sent);
        session.await("all bytes", () -> handler.read.size() >= sent.length);
        assertThat(handler.read.toByteArray()).isEqualTo(sent);
    }

    @Test
    @DisplayName("the buffer is big-endian again after a call that has changed its order")
    void shouldBeBigEndianWhenTheLastCallHasChangedIt() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
                data.order(ByteOrder.LITTLE_ENDIAN);
                read(data, data.remaining());
            }
        };
        Session session = start(handler);
        for (String text : List.of("a", "ab", "abc")) {
            session.send(text.substring(text.length() - 1));
            session.await(text, () -> handler.text().equals(text));
        }
        assertThat(handler.count("onData")).isEqualTo(3);
    }

    @Test
    @DisplayName("bytes that a call leaves are in front of the next ones, and come with them alone")
    void shouldPutBytesInFrontWhenACallHasLeftThem() throws Exception {
        Recorder handler = new Recorder() {
            private int left;

            @Override
            void data(Connection on, ByteBuffer data) {
                if (data.remaining() <= left) {
                    violations.add("called again without new bytes");
                }
                read(data, data.remaining() / 4 * 4);
                left = data.remaining();
            }
        };
        Session session = start(handler);
        session.send("abcdef");
        session.await("four bytes", () -> handler.text().equals("abcd"));
        session.passSomeIterations();
        session.send("g");
        session.passSomeIterations();
        session.send("hi");
        session.await("eight bytes", () -> handler.text().equals("abcdefgh"));
        byte[] many = random(199_999);
        session.pair.send(many);
        session.await("200008 bytes", () -> handler.read.size() == 200_008);
        assertThat(handler.read.toByteArray()).isEqualTo(join(bytes("abcdefghi"), many));
    }

    @Test
    @DisplayName("bytes that a call leaves are given again when any thread resumes reading")
    void shouldGiveBytesAgainWhenReadingIsResumed() throws Exception {
        for (Caller caller : Caller.values()) {
            Leaver handler = new Leaver(true);
            Session session = start(handler);
            session.send("abc");
            session.await("a call", () -> handler.seen.size() == 1);
            session.by(caller, session.connection::resumeReading);
            session.await("a second call", () -> handler.seen.size() == 2);
            session.passSomeIterations();
            assertThat(handler.seen).as("by a %s", caller).containsExactly("abc", "abc");
        }
    }

    @Test
    @DisplayName("bytes that the calls have left come with the peer's end")
    void shouldGiveTheRestWhenThePeerEnds() throws Exception {
        StringBuffer rests = new StringBuffer();
        Leaver handler = new Leaver(false) {
            @Override
            void inputClosed(Connection on, ByteBuffer rest) throws Exception {
                rests.append(StandardCharsets.UTF_8.decode(rest)).append(rest.order());
                super.inputClosed(on, rest);
            }
        };
        Session session = start(handler);
        session.send("abc");
        session.await("a call", () -> handler.seen.size() == 1);
        session.pair.sendEnd();
        awaitClosed(session, handler, null);
        assertThat(rests).hasToString("abc" + ByteOrder.BIG_ENDIAN);
        assertThat(handler.calls).containsExactly("onOpen", "onData", "onInputClosed", "onClosed");
        assertThat(session.connection.isInputClosed()).isTrue();
    }

    @Test
    @DisplayName("the peer's end waits while reading is paused, behind the bytes that were left")
    void shouldWaitWithTheEndWhenReadingIsPaused() throws Exception {
        Leaver handler = new Leaver(true);
        Session session = start(handler);
        session.send("abc");
        session.await("a call", () -> handler.seen.size() == 1);
        session.pair.sendEnd();
        session.inLoop(() -> session.connection.write(buffer("x")));
        session.awaitReceived("x");
        session.passSomeIterations();
        assertThat(handler.calls).containsExactly("onOpen", "onData");
        session.inLoop(session.connection::resumeReading); // the handler pauses again
        session.await("a second call", () -> handler.seen.size() == 2);
        session.passSomeIterations();
        assertThat(handler.has("onInputClosed")).isFalse();
        Recorder last = new Recorder();
        session.inLoop(() -> {
            session.connection.handler(last);
            session.connection.resumeReading();
        });
        awaitClosed(session, last, null);
        assertThat(last.text()).isEqualTo("abc");
        assertThat(last.calls).containsExactly("onOpen", "onData", "onInputClosed", "onClosed");
    }

    @Test
    @DisplayName("a handler that changes the buffer's limit ends its connection")
    void shouldEndWhenAHandlerChangesTheLimit() throws Exception {
        for (boolean isLonger : new boolean[] {false, true}) {
            Recorder handler = new Recorder() {
                @Override
                void data(Connection on, ByteBuffer data) {
                    if (isLonger) {
                        data.clear().position(1).compact();
                    }
                    data.limit(1);
                }
            };
            Session session = start(handler);
            session.send("abc");
            awaitClosed(session, handler);
            assertThat(handler.cause).isInstanceOf(IllegalStateException.class);
            assertThat(session.pair.failures()).containsExactly(handler.cause);
        }
    }

    @Test
    @DisplayName("a handler that leaves 64 KB and reads on ends its connection")
    void shouldEndWhenAHandlerLeavesTooMuch() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
            }
        };
        Session session = start(handler);
        session.pair.send(random(60_000));
        session.await("a call", () -> handler.has("onData"));
        session.passSomeIterations();
        assertThat(session.connection.isOpen()).isTrue();
        session.pair.send(random(60_000));
        awaitClosed(session, handler);
        assertThat(handler.cause).isNotNull();
        assertThat(session.pair.failures()).containsExactly(handler.cause);
    }

    @Test
    @DisplayName("a handler that leaves 64 KB and closes: what it has written arrives, and the bytes are dropped")
    void shouldDeliverWhatWasWrittenWhenAHandlerLeavesMuchAndCloses() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
                if (data.remaining() >= CHUNK) {
                    on.write(buffer("too much"));
                    on.close();
                }
            }
        };
        Session session = start(handler);
        session.pair.send(random(200_000));
        session.awaitReceived(bytes("too much"));
        session.pair.sendEnd();
        awaitClosed(session, handler, null);
        assertThat(session.pair.failures()).isEmpty();
    }

    @Test
    @DisplayName("a handler that leaves 64 KB and pauses gets all bytes when it resumes")
    void shouldKeepBytesWhenAHandlerPausesAndLeavesThem() throws Exception {
        Leaver first = new Leaver(true);
        Recorder second = new Recorder();
        Session session = start(first);
        byte[] sent = random(200_000);
        session.pair.send(sent);
        session.await("a call", () -> first.has("onData"));
        session.passSomeIterations();
        assertThat(first.count("onData")).isEqualTo(1);
        session.inLoop(() -> {
            session.connection.handler(second);
            session.connection.resumeReading();
        });
        session.await("all bytes", () -> second.read.size() >= sent.length);
        assertThat(second.read.toByteArray()).isEqualTo(sent);
    }

    @Test
    @DisplayName("no bytes come while any thread has paused reading, and all when any has resumed it")
    void shouldReadNothingWhenReadingIsPaused() throws Exception {
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder();
            Session session = start(handler);
            session.by(caller, session.connection::pauseReading);
            session.passSomeIterations();
            session.send("abc");
            session.passSomeIterations();
            assertThat(handler.calls).as("by a %s", caller).containsExactly("onOpen");
            session.by(caller, session.connection::resumeReading);
            session.await("the bytes", () -> handler.text().equals("abc"));
        }
    }

    // ---- writing

    @Test
    @DisplayName("bytes leave in the order of the writes, however they are written, from every thread")
    void shouldKeepTheOrderWhenBytesAreWritten() throws Exception {
        for (Caller caller : Caller.values()) {
            Session session = start(new Recorder());
            byte[] large = random(200_000);
            ByteBuffer direct = ByteBuffer.allocateDirect(20_000).put(large, 0, 20_000).flip();
            session.by(caller, () -> {
                Connection connection = session.connection;
                connection.write(buffer("1"));
                connection.writeAsync(buffer("2"));
                connection.write(buffer("3"), buffer("4"), buffer("5"));
                connection.write(ByteBuffer.wrap(large), WriteCompletion.NONE);
                connection.write(ByteBuffer.wrap(large, 1, 2).asReadOnlyBuffer());
                connection.write(direct);
                connection.write(buffer("6"), (on, cause) -> { });
            });
            session.awaitReceived(join(bytes("12345"), large, new byte[] {large[1], large[2]},
                    Arrays.copyOf(large, 20_000), bytes("6")));
        }
    }

    @Test
    @DisplayName("many small pieces that a call of the handler writes are delivered")
    void shouldDeliverWhenAHandlerWritesSmallPieces() throws Exception {
        Session session = start(new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
                for (int i = 0; i < 40_000; i++) {
                    on.write(ByteBuffer.wrap(new byte[] {(byte) i}));
                }
                data.position(data.limit());
            }
        });
        session.send("a");
        byte[] expected = new byte[40_000];
        IntStream.range(0, expected.length).forEach(i -> expected[i] = (byte) i);
        session.awaitReceived(expected);
    }

    @Test
    @DisplayName("a flush inside a call of the handler, and one of any thread, loses and repeats nothing")
    void shouldDeliverWhenBytesAreFlushed() throws Exception {
        Session session = start(new Recorder() {
            @Override
            void opened(Connection on) {
                on.flush();
                on.write(buffer("1"));
                on.flush();
                on.write(buffer("2"));
            }
        });
        for (Caller caller : Caller.values()) {
            session.by(caller, () -> {
                session.connection.write(buffer("3"));
                session.connection.flush();
            });
        }
        session.awaitReceived("1233");
    }

    @Test
    @DisplayName("the buffer is the caller's again when a write returns, with nothing remaining")
    void shouldGiveTheBufferBackWhenAWriteReturns() throws Exception {
        for (Caller caller : Caller.values()) {
            for (int size : new int[] {1, 1000, 300_000}) {
                Session session = start(new Recorder());
                byte[] expected = random(size);
                session.pair.stopReceiving();
                session.by(caller, () -> {
                    ByteBuffer direct = ByteBuffer.allocateDirect(size + 3);
                    for (ByteBuffer data : List.of(ByteBuffer.allocate(size + 3), direct)) {
                        data.position(1).put(expected).flip().position(1);
                        session.connection.write(data);
                        assertThat(data.hasRemaining()).isFalse();
                        data.clear().put(new byte[size + 3]);
                    }
                });
                session.passSomeIterations();
                session.pair.receiveAgain();
                session.awaitReceived(join(expected, expected));
            }
        }
    }

    /** Records the calls of completions. */
    private final class Completions {
        final List<Integer> order = new CopyOnWriteArrayList<>();
        final List<Throwable> causes = Collections.synchronizedList(new ArrayList<>());
        private final Recorder handler;

        Completions(Recorder handler) {
            this.handler = handler;
        }

        WriteCompletion next(int number) {
            return (on, cause) -> {
                if (handler.isInside) {
                    violations.add("completion " + number + " inside another call");
                }
                if (!on.loop().inLoop() || on != handler.connection) {
                    violations.add("completion " + number + " on another thread, or with " + on);
                }
                if (handler.has("onClosed")) {
                    violations.add("completion " + number + " after onClosed");
                }
                causes.add(cause);
                order.add(number);
            };
        }

        List<Integer> firstNumbers(int count) {
            return IntStream.range(0, count).boxed().toList();
        }
    }

    @Test
    @DisplayName("completions come in the order of the writes, each once, with null, on the loop's thread")
    void shouldCompleteInOrderWhenBytesAreTaken() throws Exception {
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder();
            Session session = start(handler);
            Completions completions = new Completions(handler);
            session.by(caller, () -> {
                for (int i = 0; i < 100; i++) {
                    byte[] data = i % 3 == 0 ? new byte[0] : i % 10 == 1 ? random(100_000) : random(10);
                    session.connection.write(ByteBuffer.wrap(data), completions.next(i));
                }
            });
            session.await("all completions", () -> {
                session.pair.received();
                return completions.order.size() >= 100;
            });
            session.passSomeIterations();
            assertThat(completions.order).isEqualTo(completions.firstNumbers(100));
            assertThat(completions.causes).containsOnlyNulls();
        }
    }

    @Test
    @DisplayName("no completion comes before its bytes are taken")
    void shouldNotCompleteWhenThePeerTakesNothing() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(config().withQueueLimit(Integer.MAX_VALUE), handler);
        Completions completions = new Completions(handler);
        session.pair.stopReceiving();
        byte[] filled = session.fill(CHUNK);
        session.inLoop(() -> {
            session.connection.write(buffer("a"), completions.next(0));
            session.connection.write(ByteBuffer.allocate(0), completions.next(1));
        });
        session.passSomeIterations();
        assertThat(completions.order).isEmpty();
        session.pair.receiveAgain();
        session.awaitReceived(join(filled, bytes("a")));
        session.await("both completions", () -> completions.order.size() == 2);
        assertThat(completions.order).containsExactly(0, 1);
        assertThat(completions.causes).containsOnlyNulls();
    }

    @Test
    @DisplayName("completions of dropped bytes get a cause, in order and before onClosed, whichever thread wrote")
    void shouldCompleteWithACauseWhenBytesAreDropped() throws Exception {
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder();
            Session session = start(config().withQueueLimit(Integer.MAX_VALUE), handler);
            Completions completions = new Completions(handler);
            session.pair.stopReceiving();
            session.fill(CHUNK);
            session.by(caller, () -> {
                for (int i = 0; i < 10; i++) {
                    session.connection.write(buffer("a"), completions.next(i));
                }
                session.connection.closeNow();
            });
            awaitClosed(session, handler, null);
            assertThat(completions.order).as("by a %s", caller).isEqualTo(completions.firstNumbers(10));
            assertThat(completions.causes).doesNotContainNull();
        }
    }

    @Test
    @DisplayName("completions of another thread's writes before the end come before onClosed")
    void shouldCompleteBeforeOnClosedWhenAnotherThreadWritesJustBeforeTheEnd() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(handler);
        Completions completions = new Completions(handler);
        CountDownLatch written = new CountDownLatch(1);
        session.connection.loop().execute(() -> { // the writes' tasks come behind the end, and before onClosed
            awaitLatch(written);
            session.connection.closeNow();
        });
        session.by(Caller.OTHER_THREAD, () -> {
            session.connection.write(buffer("a"), completions.next(0));
            session.connection.write(ByteBuffer.allocate(0), completions.next(1));
            written.countDown();
        });
        awaitClosed(session, handler, null);
        session.await("both completions", () -> completions.order.size() == 2);
        assertThat(completions.order).containsExactly(0, 1);
        assertThat(completions.causes).doesNotContainNull();
    }

    @Test
    @DisplayName("a write behind the end of the output is dropped, and its completion and future get a cause")
    void shouldDropBytesWhenTheOutputHasEnded() throws Exception {
        Map<String, Function<Connection, Runnable>> ends = new LinkedHashMap<>();
        ends.put("shutdownOutput", connection -> connection::shutdownOutput);
        ends.put("close", connection -> connection::close);
        ends.put("closeNow", connection -> connection::closeNow);
        for (Caller caller : Caller.values()) {
            for (Map.Entry<String, Function<Connection, Runnable>> end : ends.entrySet()) {
                Session session = start(new Recorder());
                List<Throwable> causes = Collections.synchronizedList(new ArrayList<>());
                AtomicReference<CompletableFuture<Void>> future = new AtomicReference<>();
                session.by(caller, () -> {
                    end.getValue().apply(session.connection).run();
                    ByteBuffer data = buffer("dropped");
                    session.connection.write(data);
                    assertThat(data.hasRemaining()).isFalse();
                    session.connection.write(buffer("dropped"), (on, cause) -> causes.add(cause));
                    future.set(session.connection.writeAsync(buffer("dropped")));
                });
                session.await("completions after " + end.getKey(), () -> causes.size() == 1 && future.get().isDone());
                assertThat(causes).doesNotContainNull();
                assertThat(future.get()).isCompletedExceptionally();
                assertThat(session.connection.pendingBytes()).isZero();
                assertThat(session.received()).isEmpty();
            }
        }
    }

    @Test
    @DisplayName("a future is completed with its write, and waiting for it on the loop's thread is refused")
    void shouldCompleteTheFutureWhenBytesAreTaken() throws Exception {
        for (Caller caller : Caller.values()) {
            Session session = start(new Recorder());
            AtomicReference<CompletableFuture<Void>> future = new AtomicReference<>();
            session.by(caller, () -> future.set(session.connection.writeAsync(buffer("a"))));
            session.await("the future", () -> future.get().isDone());
            assertThatCode(() -> future.get().join()).doesNotThrowAnyException();
        }
        Session session = start(config().withQueueLimit(Integer.MAX_VALUE), new Recorder());
        session.pair.stopReceiving();
        session.fill(CHUNK);
        session.inLoop(() -> {
            CompletableFuture<Void> future = session.connection.writeAsync(buffer("a"));
            assertThatThrownBy(future::join).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> future.thenRun(() -> { }).get()).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    @DisplayName("a completion may write and close")
    void shouldDeliverWhenACompletionWritesAndCloses() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(handler);
        session.inLoop(() -> session.connection.write(buffer("1"), (on, cause) -> {
            on.write(buffer("2"));
            on.close();
        }));
        session.await("the end", session.pair::isEndReceived);
        assertThat(session.received()).isEqualTo("12");
        session.pair.sendEnd();
        awaitClosed(session, handler, null);
    }

    @Test
    @DisplayName("a completion that throws ends the connection with its failure, which is reported once")
    void shouldEndWhenACompletionThrows() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(handler);
        IllegalArgumentException thrown = new IllegalArgumentException("completion");
        session.inLoop(() -> session.connection.write(buffer("1"), (on, cause) -> {
            throw thrown;
        }));
        awaitClosed(session, handler, thrown);
        assertThat(session.pair.failures()).containsExactly(thrown);
    }

    @Test
    @DisplayName("a part of a file comes in the order of the writes, and its completion in theirs")
    void shouldKeepTheOrderWhenAFileIsSent() throws Exception {
        assumeTrue(canSendFiles(), "no files");
        byte[] content = random(300_000);
        Path path = Files.write(folder.resolve("file"), content);
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder();
            Session session = start(handler);
            Completions completions = new Completions(handler);
            session.by(caller, () -> {
                try (FileFd file = FileFd.open(path, OpenFlags.O_RDONLY)) {
                    session.connection.write(buffer("1"), completions.next(0));
                    session.connection.sendFile(file, 5, 250_000, completions.next(1));
                    session.connection.sendFile(file, 0, 0, completions.next(2));
                    session.connection.write(buffer("2"), completions.next(3));
                    session.connection.sendFile(file, 299_999, 1);
                }
            });
            session.awaitReceived(join(bytes("1"), Arrays.copyOfRange(content, 5, 250_005), bytes("2"),
                    new byte[] {content[299_999]}));
            session.await("all completions", () -> completions.order.size() == 4);
            assertThat(completions.order).isEqualTo(completions.firstNumbers(4));
            assertThat(completions.causes).containsOnlyNulls();
        }
    }

    @Test
    @DisplayName("a file that is shorter than was said ends the connection with a cause")
    void shouldEndWhenAFileIsShorter() throws Exception {
        assumeTrue(canSendFiles(), "no files");
        Path path = Files.write(folder.resolve("short"), random(10));
        Recorder handler = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) throws Exception {
                read(data, data.remaining());
                try (FileFd file = FileFd.open(path, OpenFlags.O_RDONLY)) {
                    on.sendFile(file, 0, 11);
                }
            }
        };
        Session session = start(handler);
        session.send("a");
        awaitClosed(session, handler);
        assertThat(handler.cause).isInstanceOf(IOException.class);
        assertThat(session.pair.failures()).isEmpty();
    }

    @Test
    @DisplayName("a negative part of a file, and a closed file, are refused")
    void shouldThrowWhenAFileCannotBeSent() throws Exception {
        assumeTrue(canSendFiles(), "no files");
        Path path = Files.write(folder.resolve("refused"), random(10));
        Session session = start(new Recorder());
        try (FileFd file = FileFd.open(path, OpenFlags.O_RDONLY)) {
            session.inLoop(() -> {
                assertThatThrownBy(() -> session.connection.sendFile(file, -1, 1))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> session.connection.sendFile(file, 0, -1))
                        .isInstanceOf(IllegalArgumentException.class);
            });
        }
        FileFd closed = FileFd.open(path, OpenFlags.O_RDONLY);
        closed.close();
        session.inLoop(() -> assertThatThrownBy(() -> session.connection.sendFile(closed, 0, 1))
                .isInstanceOf(IllegalStateException.class));
    }

    // ---- back-pressure

    @Test
    @DisplayName("bytes are pending from the write of any thread until they are taken")
    void shouldCountPendingBytesWhenThePeerTakesNone() throws Exception {
        for (Caller caller : Caller.values()) {
            Session session = start(config().withQueueLimit(Integer.MAX_VALUE), new Recorder());
            session.pair.stopReceiving();
            session.fill(CHUNK);
            session.by(caller, () -> {
                long before = session.connection.pendingBytes();
                session.connection.write(ByteBuffer.allocate(1000));
                assertThat(session.connection.pendingBytes()).isGreaterThanOrEqualTo(before + 1000);
            });
            session.pair.receiveAgain();
            session.await("nothing pending", () -> {
                session.pair.received();
                return session.connection.pendingBytes() == 0;
            });
        }
    }

    @Test
    @DisplayName("a connection that was not writable to any thread gets onWritable, also if the peer takes all at once")
    void shouldCallOnWritableWhenItWasNotWritable() throws Exception {
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder();
            Session session = start(config().withWaterMarks(1000, 2000), handler);
            CountDownLatch written = new CountDownLatch(1);
            if (caller == Caller.OTHER_THREAD) { // the loop must not take the bytes before they are counted
                session.connection.loop().execute(() -> awaitLatch(written));
            } else {
                session.pair.stopReceiving();
                session.fill(2000);
            }
            session.by(caller, () -> {
                session.connection.write(ByteBuffer.allocate(2001));
                boolean isWritable = session.connection.isWritable();
                written.countDown();
                assertThat(isWritable).isFalse();
            });
            session.pair.receiveAgain();
            session.await("onWritable", () -> {
                session.pair.received();
                return handler.has("onWritable");
            });
            session.await("nothing pending", () -> session.connection.pendingBytes() == 0);
            session.passSomeIterations();
            assertThat(session.connection.isWritable()).isTrue();
            assertThat(handler.count("onWritable")).as("by a %s", caller).isEqualTo(1);
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("the other thread has written nothing");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("onWritable waits for the low-water mark, and does not come if the high one was not passed")
    void shouldNotCallOnWritableWhenTheHighWaterMarkWasNotPassed() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(config().withQueueLimit(Integer.MAX_VALUE)
                .withWaterMarks(0, Integer.MAX_VALUE), handler);
        session.pair.stopReceiving();
        byte[] filled = session.fill(CHUNK);
        assertThat(session.connection.isWritable()).isTrue();
        session.pair.receiveAgain();
        session.awaitReceived(filled);
        session.passSomeIterations();
        assertThat(handler.calls).containsExactly("onOpen");
    }

    @Test
    @DisplayName("a producer that writes in onWritable until it is not writable gets all its bytes through")
    void shouldDeliverAllWhenAProducerFollowsOnWritable() throws Exception {
        byte[] expected = random(2_000_000);
        Session session = start(config().withWaterMarks(10_000, 50_000), new Recorder() {
            private int next;

            @Override
            void opened(Connection on) {
                produce(on);
            }

            @Override
            void writable(Connection on) {
                produce(on);
            }

            private void produce(Connection on) {
                while (next < expected.length && on.isWritable()) {
                    on.write(ByteBuffer.wrap(expected, next, 10_000));
                    next += 10_000;
                }
                if (next == expected.length) {
                    on.close();
                }
            }
        });
        session.await("the end", session.pair::isEndReceived);
        assertThat(session.pair.received()).isEqualTo(expected);
    }

    @Test
    @DisplayName("the peer's bytes wait while too many are pending")
    void shouldNotReadWhenTooManyBytesArePending() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(config().withQueueLimit(Integer.MAX_VALUE), handler);
        session.pair.stopReceiving();
        session.fill(config().highWaterMark() + STILL_TAKEN);
        session.send("abc");
        session.passSomeIterations();
        assertThat(handler.calls).containsExactly("onOpen");
        session.pair.receiveAgain();
        session.await("the bytes", () -> {
            session.pair.received();
            return handler.text().equals("abc");
        });
        assertThat(handler.has("onWritable")).isTrue();
    }

    @Test
    @DisplayName("without the automatic pause the peer's bytes come while many are pending")
    void shouldReadWhenTheAutomaticPauseIsOff() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(config().withQueueLimit(Integer.MAX_VALUE).withAutoPause(false), handler);
        session.pair.stopReceiving();
        session.fill(config().highWaterMark() + STILL_TAKEN);
        session.send("abc");
        session.await("the bytes", () -> handler.text().equals("abc"));
        assertThat(session.connection.isWritable()).isFalse();
    }

    @Test
    @DisplayName("bytes that a handler left since too many were pending are given again when the automatic pause ends")
    void shouldGiveBytesAgainWhenTheAutomaticPauseEnds() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
                if (on.isWritable()) {
                    read(data, 1);
                    for (int i = 0; text().equals("a") && on.isWritable(); i++) {
                        assertThat(i).isLessThan(MOST_BUFFERED / CHUNK);
                        on.write(ByteBuffer.allocate(CHUNK));
                    }
                }
            }
        };
        Session session = start(config().withQueueLimit(Integer.MAX_VALUE), handler);
        session.pair.stopReceiving();
        session.send("abc");
        session.await("a byte", () -> handler.text().equals("a"));
        session.passSomeIterations();
        assertThat(handler.text()).isEqualTo("a");
        session.pair.receiveAgain();
        session.await("a second byte", () -> {
            session.pair.received();
            return handler.text().startsWith("ab");
        });
    }

    @Test
    @DisplayName("more pending bytes than the limit end the connection, but a single write may exceed it")
    void shouldEndWhenTooManyBytesArePending() throws Exception {
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder();
            Session session = start(config().withWaterMarks(1000, 1000).withQueueLimit(100_000), handler);
            byte[] large = random(8 << 20);
            session.pair.stopReceiving();
            session.by(caller, () -> session.connection.write(ByteBuffer.wrap(large)));
            session.passSomeIterations();
            assertThat(session.connection.isOpen()).isTrue();
            session.pair.receiveAgain();
            session.awaitReceived(large);
            session.await("nothing pending", () -> session.connection.pendingBytes() == 0);
            session.pair.stopReceiving();
            session.by(caller, () -> {
                for (int i = 0; i < MOST_BUFFERED / large.length && session.connection.isOpen(); i++) {
                    session.connection.write(ByteBuffer.wrap(large));
                    session.connection.write(ByteBuffer.wrap(large));
                }
            });
            awaitClosed(session, handler);
            assertThat(handler.cause).as("by a %s", caller).isInstanceOf(IOException.class);
        }
    }

    // ---- replacement of the handler

    @Test
    @DisplayName("a handler that is replaced gets no other call; the next one gets onOpen, unread and new bytes")
    void shouldCallTheNextHandlerWhenOneIsReplacedInACall() throws Exception {
        Recorder second = new Recorder();
        Recorder first = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
                read(data, 1);
                on.handler(second);
                if (on.handler() != second || second.has("onOpen")) {
                    violations.add("the handler is " + on.handler());
                }
            }
        };
        Session session = start(first);
        session.send("abc");
        session.await("the unread bytes", () -> second.text().equals("bc"));
        session.send("def");
        session.await("new bytes", () -> second.text().equals("bcdef"));
        session.pair.sendEnd();
        awaitClosed(session, second, null);
        assertThat(first.calls).containsExactly("onOpen", "onData");
        assertThat(first.text()).isEqualTo("a");
        assertThat(second.calls).startsWith("onOpen", "onData").endsWith("onInputClosed", "onClosed");
    }

    @Test
    @DisplayName("any thread replaces the handler, which then gets the bytes that the old one has left")
    void shouldCallTheNextHandlerWhenAnyThreadReplacesIt() throws Exception {
        for (Caller caller : Caller.values()) {
            Leaver first = new Leaver(false);
            Recorder second = new Recorder();
            Session session = start(first);
            session.send("abc");
            session.await("a call", () -> first.seen.size() == 1);
            session.by(caller, () -> session.connection.handler(second));
            session.await("the unread bytes", () -> second.text().equals("abc"));
            session.inLoop(session.connection::closeNow);
            awaitClosed(session, second, null);
            assertThat(first.calls).as("by a %s", caller).containsExactly("onOpen", "onData");
            assertThat(second.calls).containsExactly("onOpen", "onData", "onClosed");
        }
    }

    @Test
    @DisplayName("each handler can be replaced in onOpen; only the last gets the bytes and onClosed")
    void shouldCallTheLastHandlerWhenEachIsReplacedInOnOpen() throws Exception {
        Recorder last = new Recorder();
        List<Recorder> all = new ArrayList<>(List.of(last));
        for (int i = 0; i < 3; i++) {
            Recorder next = all.getFirst();
            all.addFirst(new Recorder() {
                @Override
                void opened(Connection on) {
                    on.handler(next);
                }
            });
        }
        Session session = start(all.getFirst());
        session.send("abc");
        session.await("the bytes", () -> last.text().equals("abc"));
        session.inLoop(session.connection::closeNow);
        awaitClosed(session, last, null);
        all.removeLast();
        assertThat(all).allSatisfy(handler -> assertThat(handler.calls).containsExactly("onOpen"));
    }

    @Test
    @DisplayName("a new handler gets onWritable if that is due")
    void shouldCallOnWritableWhenTheHandlerIsReplacedBefore() throws Exception {
        Recorder first = new Recorder();
        Recorder second = new Recorder();
        Session session = start(config().withQueueLimit(Integer.MAX_VALUE), first);
        session.pair.stopReceiving();
        session.fill(config().highWaterMark() + STILL_TAKEN);
        session.inLoop(() -> session.connection.handler(second));
        session.pair.receiveAgain();
        session.await("onWritable", () -> {
            session.pair.received();
            return second.has("onWritable");
        });
        assertThat(first.calls).containsExactly("onOpen");
        assertThat(second.calls).containsExactly("onOpen", "onWritable");
    }

    @Test
    @DisplayName("a handler that comes after the peer's end is notified of it too")
    void shouldCallOnInputClosedWhenTheHandlerIsReplacedLater() throws Exception {
        Recorder first = new Recorder() {
            @Override
            void inputClosed(Connection on, ByteBuffer rest) {
            }
        };
        Recorder second = new Recorder();
        Session session = start(first);
        session.pair.sendEnd();
        session.await("onInputClosed", () -> first.has("onInputClosed"));
        session.inLoop(() -> session.connection.handler(second));
        awaitClosed(session, second, null);
        assertThat(first.calls).containsExactly("onOpen", "onInputClosed");
        assertThat(second.calls).containsExactly("onOpen", "onInputClosed", "onClosed");
    }

    @Test
    @DisplayName("a handler that is replaced and closed in one call leaves onClosed alone to the new one")
    void shouldCallOnClosedAloneWhenTheHandlerIsReplacedAtTheEnd() throws Exception {
        Recorder second = new Recorder();
        Recorder first = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
                on.handler(second);
                on.closeNow();
            }
        };
        Session session = start(first);
        session.send("abc");
        awaitClosed(session, second, null);
        assertThat(first.calls).containsExactly("onOpen", "onData");
        assertThat(second.calls).containsExactly("onClosed");
    }

    // ---- the end

    @Test
    @DisplayName("the peer's end closes the connection in good order, when all bytes that were written are delivered")
    void shouldCloseWhenThePeerEnds() throws Exception {
        byte[] answer = random(1 << 20);
        Recorder handler = new Recorder() {
            @Override
            void inputClosed(Connection on, ByteBuffer rest) throws Exception {
                on.write(ByteBuffer.wrap(answer));
                super.inputClosed(on, rest);
            }
        };
        Session session = start(handler);
        session.send("abc");
        session.pair.sendEnd();
        session.await("the end", session.pair::isEndReceived);
        assertThat(session.pair.received()).isEqualTo(answer);
        awaitClosed(session, handler, null);
        assertThat(handler.text()).isEqualTo("abc");
        assertThat(handler.calls).startsWith("onOpen", "onData").endsWith("onInputClosed", "onClosed");
    }

    @Test
    @DisplayName("after the peer's end bytes can be written, until this end's own closes the connection")
    void shouldWriteOnWhenThePeerHasEnded() throws Exception {
        assumeTrue(canHalfClose(), "no half-close");
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder() {
                @Override
                void inputClosed(Connection on, ByteBuffer rest) {
                }
            };
            Session session = start(handler);
            session.pair.sendEnd();
            session.await("onInputClosed", () -> handler.has("onInputClosed"));
            session.by(caller, () -> session.connection.write(buffer("abc")));
            session.awaitReceived("abc");
            assertThat(session.connection.isOpen()).isTrue();
            assertThat(session.pair.isEndReceived()).isFalse();
            session.by(caller, session.connection::shutdownOutput);
            session.await("the end", session.pair::isEndReceived);
            awaitClosed(session, handler, null);
        }
    }

    @Test
    @DisplayName("after the end of the output the peer's bytes come, until its own end closes the connection")
    void shouldReadOnWhenTheOutputHasEnded() throws Exception {
        assumeTrue(canHalfClose(), "no half-close");
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder() {
                @Override
                void inputClosed(Connection on, ByteBuffer rest) {
                }
            };
            Session session = start(handler);
            session.by(caller, () -> {
                session.connection.write(buffer("abc"));
                session.connection.shutdownOutput();
            });
            session.await("the end", session.pair::isEndReceived);
            assertThat(session.received()).isEqualTo("abc");
            session.send("def");
            session.await("the bytes", () -> handler.text().equals("def"));
            assertThat(session.connection.isOpen()).isTrue();
            session.pair.sendEnd();
            awaitClosed(session, handler, null);
            assertThat(handler.calls).containsExactly("onOpen", "onData", "onInputClosed", "onClosed");
        }
    }

    @Test
    @DisplayName("close delivers all bytes that any thread has written, and then the end")
    void shouldDeliverAllWhenAnyThreadCloses() throws Exception {
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder();
            Session session = start(handler);
            byte[] written = random(4 << 20);
            session.pair.stopReceiving();
            session.by(caller, () -> {
                session.connection.write(ByteBuffer.wrap(written));
                session.connection.close();
                session.connection.close();
            });
            session.passSomeIterations();
            session.send("late");
            session.passSomeIterations();
            session.pair.receiveAgain();
            session.await("the end", session.pair::isEndReceived);
            assertThat(session.pair.received()).isEqualTo(written);
            session.pair.sendEnd();
            awaitClosed(session, handler, null);
            assertThat(handler.calls).as("by a %s", caller).containsExactly("onOpen", "onClosed");
        }
    }

    @Test
    @DisplayName("close inside a call of the handler drops the bytes that it has left, and later ones")
    void shouldCallNothingElseWhenAHandlerCloses() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
                on.write(buffer("bye"));
                on.close();
            }
        };
        Session session = start(handler);
        session.pair.send(random(100));
        session.await("the end", session.pair::isEndReceived);
        assertThat(session.received()).isEqualTo("bye");
        session.pair.sendEnd();
        awaitClosed(session, handler, null);
        assertThat(handler.calls).containsExactly("onOpen", "onData", "onClosed");
    }

    @Test
    @DisplayName("closeNow of any thread ends the connection with null, once, though bytes are pending")
    void shouldEndWhenAnyThreadClosesNow() throws Exception {
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder();
            Session session = start(config().withQueueLimit(Integer.MAX_VALUE), handler);
            session.pair.stopReceiving();
            session.fill(CHUNK);
            session.by(caller, () -> {
                session.connection.closeNow();
                session.connection.closeNow();
                session.connection.close();
                session.connection.shutdownOutput();
            });
            awaitClosed(session, handler, null);
            session.passSomeIterations();
            assertThat(handler.calls).as("by a %s", caller).containsExactly("onOpen", "onClosed");
        }
    }

    @Test
    @DisplayName("onClosed gets the cause that any thread has given to closeNow, which is not reported")
    void shouldGetTheCauseWhenAnyThreadClosesWithOne() throws Exception {
        for (Caller caller : Caller.values()) {
            IOException cause = new IOException("cause");
            Recorder handler = new Recorder();
            Session session = start(handler);
            session.by(caller, () -> {
                session.connection.closeNow(cause);
                session.connection.closeNow(new IOException("second"));
            });
            awaitClosed(session, handler, cause);
            assertThat(session.pair.failures()).as("by a %s", caller).isEmpty();
        }
    }

    @Test
    @DisplayName("reset of any thread ends the connection with null, and the peer receives it")
    void shouldResetThePeerWhenAnyThreadResets() throws Exception {
        assumeTrue(canReset(), "no reset");
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder();
            Session session = start(handler);
            session.by(caller, session.connection::reset);
            awaitClosed(session, handler, null);
            session.await("the reset", () -> {
                session.pair.received();
                return session.pair.isResetReceived();
            });
            assertThat(session.pair.isEndReceived()).isFalse();
        }
    }

    @Test
    @DisplayName("a reset of the peer ends the connection with a cause")
    void shouldEndWithACauseWhenThePeerResets() throws Exception {
        assumeTrue(canReset(), "no reset");
        Recorder handler = new Recorder();
        Session session = start(handler);
        session.pair.reset();
        awaitClosed(session, handler);
        assertThat(handler.cause).isInstanceOf(IOException.class);
        assertThat(handler.has("onInputClosed")).isFalse();
        assertThat(session.pair.failures()).isEmpty();
    }

    @Test
    @DisplayName("bytes that came before a reset are handled before it, also when reading resumes only later")
    void shouldReadBeforeTheEndWhenThePeerResets() throws Exception {
        assumeTrue(canReset(), "no reset");
        Recorder handler = new Recorder() {
            @Override
            void opened(Connection on) {
                on.pauseReading();
            }
        };
        Session session = start(handler);
        session.await("onOpen", () -> handler.has("onOpen"));
        session.send("abc");
        session.passSomeIterations();
        session.pair.reset();
        session.passSomeIterations();
        assertThat(handler.calls).containsExactly("onOpen");
        session.inLoop(session.connection::resumeReading);
        awaitClosed(session, handler);
        assertThat(handler.text()).isEqualTo("abc");
        assertThat(handler.cause).isInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("each throwable of a handler ends its connection; bytes that it wrote before are delivered")
    void shouldEndWhenAHandlerThrows() throws Exception {
        List<Throwable> all = List.of(new IOException("declared"), new IllegalStateException("unchecked"),
                new InterruptedException("checked and undeclared"), new StackOverflowError("error"),
                new OutOfMemoryError("error"), new AssertionError("error"));
        for (Throwable thrown : all) {
            Recorder handler = new Recorder() {
                @Override
                void data(Connection on, ByteBuffer data) {
                    on.write(buffer("400"));
                    throw ConnectionContract.<RuntimeException>undeclared(thrown);
                }
            };
            Session session = start(handler);
            session.send("a");
            awaitClosed(session, handler, thrown);
            session.awaitReceived("400");
            assertThat(session.pair.failures()).containsExactly(thrown);
            assertThat(handler.calls).containsExactly("onOpen", "onData", "onClosed");
        }
    }

    @Test
    @DisplayName("each call of a handler may throw, which ends the connection with that")
    void shouldEndWhenAnyCallThrows() throws Exception {
        IOException thrown = new IOException("thrown");
        Recorder opening = new Recorder() {
            @Override
            void opened(Connection on) throws IOException {
                on.write(buffer("1"));
                throw thrown;
            }
        };
        Session session = start(opening);
        awaitClosed(session, opening, thrown);
        assertThat(session.pair.failures()).containsExactly(thrown);
        session.awaitReceived("1");

        Recorder ending = new Recorder() {
            @Override
            void inputClosed(Connection on, ByteBuffer rest) throws IOException {
                on.write(buffer("2"));
                throw thrown;
            }
        };
        session = start(ending);
        session.pair.sendEnd();
        awaitClosed(session, ending, thrown);
        assertThat(session.pair.failures()).containsExactly(thrown);
        session.awaitReceived("2");

        Recorder writable = new Recorder() {
            @Override
            void writable(Connection on) throws IOException {
                throw thrown;
            }
        };
        session = start(config().withWaterMarks(10, 10), writable);
        Connection connection = session.connection;
        session.inLoop(() -> connection.write(ByteBuffer.allocate(11)));
        awaitClosed(session, writable, thrown);
        assertThat(session.pair.failures()).containsExactly(thrown);

        Recorder timeout = new Recorder() {
            @Override
            boolean timeout(Connection on, IdleTimeoutException passed) throws IOException {
                throw thrown;
            }
        };
        session = start(config().withIdleTimeout(SHORT), timeout);
        session.pair.advance(SHORT.multipliedBy(2));
        awaitClosed(session, timeout, thrown);
        assertThat(session.pair.failures()).containsExactly(thrown);
    }

    @Test
    @DisplayName("a throw of onClosed is reported, once")
    void shouldReportWhenOnClosedThrows() throws Exception {
        IllegalStateException thrown = new IllegalStateException("thrown");
        Recorder handler = new Recorder() {
            @Override
            void closed(Connection on) {
                throw thrown;
            }
        };
        Session session = start(handler);
        session.inLoop(session.connection::closeNow);
        awaitClosed(session, handler, null);
        session.passSomeIterations();
        assertThat(session.pair.failures()).containsExactly(thrown);
    }

    @Test
    @DisplayName("no method calls a handler or a completion: these calls come later")
    void shouldCallNothingInsideWhenAMethodIsCalled() throws Exception {
        Map<String, Function<Connection, Action>> methods = new LinkedHashMap<>();
        methods.put("write", on -> () -> on.write(ByteBuffer.allocate(100_000)));
        methods.put("flush", on -> on::flush);
        methods.put("handler", on -> () -> on.handler(new Recorder()));
        methods.put("config", on -> () -> on.config(config().withWaterMarks(1, 1)));
        methods.put("pauseReading", on -> on::pauseReading);
        methods.put("resumeReading", on -> on::resumeReading);
        methods.put("inMessage", on -> () -> on.inMessage(true));
        methods.put("shutdownOutput", on -> on::shutdownOutput);
        methods.put("close", on -> on::close);
        methods.put("closeNow", on -> on::closeNow);
        methods.put("reset", on -> on::reset);
        for (Map.Entry<String, Function<Connection, Action>> method : methods.entrySet()) {
            Leaver handler = new Leaver(true);
            Session session = start(config().withWaterMarks(10, 10), handler);
            session.send("abc");
            session.await("a call", () -> handler.seen.size() == 1);
            Completions completions = new Completions(handler);
            session.inLoop(() -> {
                handler.isInside = true; // each call until then is a violation
                session.connection.write(buffer("x"), completions.next(0));
                method.getValue().apply(session.connection).run();
                handler.isInside = false;
            });
            session.await("a completion after " + method.getKey(), () -> !completions.order.isEmpty());
            assertThat(violations).as(method.getKey()).isEmpty();
        }
    }

    @Test
    @DisplayName("every method can be called in onClosed and after the end, and calls nothing then")
    void shouldCallNothingWhenMethodsAreCalledAfterTheEnd() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            void closed(Connection on) {
                callAll(on);
            }
        };
        for (Caller caller : Caller.values()) {
            handler.calls.clear();
            handler.connection = null;
            Session session = start(handler);
            session.inLoop(session.connection::closeNow);
            awaitClosed(session, handler, null);
            session.by(caller, () -> callAll(session.connection));
            session.passSomeIterations();
            assertThat(handler.calls).containsExactly("onOpen", "onClosed");
            assertThat(session.connection.pendingBytes()).isZero();
            assertThat(session.pair.failures()).isEmpty();
        }
    }

    private void callAll(Connection connection) {
        connection.write(buffer("a"));
        connection.write(buffer("a"), buffer("b"));
        connection.flush();
        connection.pauseReading();
        connection.resumeReading();
        connection.inMessage(true);
        connection.config(config());
        connection.handler(new Recorder() {
            @Override
            void opened(Connection on) {
                violations.add("a handler was called that came after the end");
            }
        });
        connection.shutdownOutput();
        connection.close();
        connection.closeNow();
        connection.reset();
        EventLoop loop = connection.loop();
        if (loop == null || connection.isOpen() || connection.toString().isEmpty()) {
            violations.add("the state after the end");
        }
    }

    // ---- timeouts and draining

    @Test
    @DisplayName("a timeout ends the connection with itself as the cause; bytes that onTimeout wrote are delivered")
    void shouldEndWhenOnTimeoutReturnsFalse() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            boolean timeout(Connection on, IdleTimeoutException timeout) {
                on.write(buffer("408"));
                return false;
            }
        };
        Session session = start(config().withReadIdleTimeout(SHORT), handler);
        session.pair.advance(SHORT.multipliedBy(2));
        session.awaitReceived("408");
        session.pair.sendEnd();
        awaitClosed(session, handler);
        assertThat(handler.cause).isInstanceOfSatisfying(IdleTimeoutException.class,
                timeout -> assertThat(timeout.kind()).isEqualTo(IdleTimeoutException.Kind.READ));
        assertThat(handler.calls).containsExactly("onOpen", "onTimeout", "onClosed");
        assertThat(session.pair.failures()).isEmpty();
    }

    @Test
    @DisplayName("a timeout is repeated while onTimeout returns true, and ends the connection by default")
    void shouldGoOnWhenOnTimeoutReturnsTrue() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            boolean timeout(Connection on, IdleTimeoutException timeout) throws Exception {
                return count("onTimeout") < 3 || super.timeout(on, timeout);
            }
        };
        Session session = start(config().withIdleTimeout(SHORT), handler);
        for (int i = 1; i <= 3; i++) {
            int times = i;
            session.pair.advance(SHORT.multipliedBy(2));
            session.await("a timeout", () -> handler.count("onTimeout") >= times);
        }
        awaitClosed(session, handler);
        assertThat(handler.calls).containsExactly("onOpen", "onTimeout", "onTimeout", "onTimeout", "onClosed");
        assertThat(handler.cause).isInstanceOf(IdleTimeoutException.class);
    }

    @Test
    @DisplayName("a message that is not complete in time ends the connection, however often a byte comes")
    void shouldEndWhenAMessageIsNotCompleteInTime() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
                read(data, data.remaining());
                on.inMessage(true);
            }
        };
        Session session = start(config().withMessageTimeout(SHORT.multipliedBy(4)), handler);
        for (int i = 0; i < 100 && !handler.has("onClosed"); i++) {
            session.send("x");
            session.pair.advance(SHORT);
            session.passSomeIterations();
        }
        awaitClosed(session, handler);
        assertThat(handler.cause).isInstanceOfSatisfying(IdleTimeoutException.class,
                timeout -> assertThat(timeout.kind()).isEqualTo(IdleTimeoutException.Kind.MESSAGE));
    }

    @Test
    @DisplayName("a new configuration has its message timeout run for the message that has begun")
    void shouldEndWhenTheTimeoutOfAMessageIsConfiguredInsideIt() throws Exception {
        for (Duration before : List.of(Duration.ZERO, LONG)) {
            Recorder handler = new Recorder() {
                @Override
                void data(Connection on, ByteBuffer data) {
                    read(data, data.remaining());
                    on.inMessage(true);
                    on.config(on.config().withMessageTimeout(SHORT));
                }
            };
            Session session = start(config().withMessageTimeout(before), handler);
            session.send("x");
            session.await("a byte", () -> handler.text().equals("x"));
            session.pair.advance(SHORT.multipliedBy(4));
            awaitClosed(session, handler);
            assertThat(handler.cause).isInstanceOfSatisfying(IdleTimeoutException.class,
                    timeout -> assertThat(timeout.kind()).isEqualTo(IdleTimeoutException.Kind.MESSAGE));
        }
    }

    @Test
    @DisplayName("a handler that keeps the connection at another timeout does not extend the time of a message")
    void shouldEndWhenAMessageIsNotCompleteThoughAnotherTimeoutIsSurvived() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
                read(data, data.remaining());
                on.inMessage(true);
            }

            @Override
            boolean timeout(Connection on, IdleTimeoutException timeout) {
                return timeout.kind() != IdleTimeoutException.Kind.MESSAGE;
            }
        };
        Session session = start(
                config().withReadIdleTimeout(SHORT).withMessageTimeout(SHORT.multipliedBy(4)), handler);
        session.send("x");
        session.await("a byte", () -> handler.text().equals("x"));
        for (int i = 0; i < 100 && !handler.has("onClosed"); i++) {
            session.pair.advance(SHORT);
            session.passSomeIterations();
        }
        awaitClosed(session, handler);
        assertThat(handler.count("onTimeout")).isGreaterThan(1);
        assertThat(handler.cause).isInstanceOfSatisfying(IdleTimeoutException.class,
                timeout -> assertThat(timeout.kind()).isEqualTo(IdleTimeoutException.Kind.MESSAGE));
    }

    @Test
    @DisplayName("the message timeout does not run between messages")
    void shouldNotTimeOutWhenNoMessageHasBegun() throws Exception {
        Recorder handler = new Recorder() {
            @Override
            void data(Connection on, ByteBuffer data) {
                read(data, data.remaining());
                on.inMessage(true);
                on.inMessage(false);
            }

            @Override
            boolean timeout(Connection on, IdleTimeoutException timeout) {
                if (timeout.kind() == IdleTimeoutException.Kind.MESSAGE) {
                    violations.add("a message timeout");
                }
                return true;
            }
        };
        Session session = start(
                config().withMessageTimeout(SHORT).withWriteIdleTimeout(SHORT.multipliedBy(3)), handler);
        session.send("x");
        session.await("a byte", () -> handler.text().equals("x"));
        session.pair.advance(SHORT.multipliedBy(4));
        session.await("the other timeout", () -> handler.has("onTimeout"));
    }

    @Test
    @DisplayName("a timeout that any thread has configured later works")
    void shouldTimeOutWhenATimeoutIsConfiguredLater() throws Exception {
        for (Caller caller : Caller.values()) {
            Recorder handler = new Recorder();
            Session session = start(config().withIdleTimeout(LONG), handler);
            session.by(caller, () -> session.connection.config(config().withIdleTimeout(SHORT)));
            session.await("the change", () -> session.connection.config().idleTimeout().equals(SHORT));
            session.pair.advance(SHORT.multipliedBy(2));
            awaitClosed(session, handler);
            assertThat(handler.cause).as("by a %s", caller).isInstanceOf(IdleTimeoutException.class);
        }
    }

    @Test
    @DisplayName("a close that the peer does not take ends with a timeout as the cause")
    void shouldEndWithACauseWhenThePeerTakesNothingOfAClose() throws Exception {
        Recorder handler = new Recorder();
        Session session = start(config().withQueueLimit(Integer.MAX_VALUE).withCloseTimeout(SHORT), handler);
        session.pair.stopReceiving();
        session.fill(CHUNK);
        session.inLoop(session.connection::close);
        session.pair.advance(SHORT.multipliedBy(2));
        awaitClosed(session, handler);
        assertThat(handler.cause).isInstanceOfSatisfying(IdleTimeoutException.class,
                timeout -> assertThat(timeout.kind()).isEqualTo(IdleTimeoutException.Kind.CLOSE));
    }

    @Test
    @DisplayName("draining closes the connection by default, when all bytes are delivered")
    void shouldCloseWhenItIsDrained() throws Exception {
        assumeTrue(canDrain(), "no draining");
        Recorder handler = new Recorder() {
            @Override
            void drained(Connection on) throws Exception {
                on.write(buffer("bye"));
                super.drained(on);
            }
        };
        Session session = start(handler);
        session.await("onOpen", () -> handler.has("onOpen"));
        session.pair.drain();
        session.await("the end", session.pair::isEndReceived);
        assertThat(session.received()).isEqualTo("bye");
        session.pair.sendEnd();
        awaitClosed(session, handler, null);
        assertThat(handler.calls).containsExactly("onOpen", "onDrain", "onClosed");
    }

    @Test
    @DisplayName("a handler that replaces one which has postponed the end is asked to end the connection, too")
    void shouldAskTheNextHandlerWhenTheConnectionIsBeingDrained() throws Exception {
        assumeTrue(canDrain(), "no draining");
        Recorder next = new Recorder();
        Recorder handler = new Recorder() {
            @Override
            void drained(Connection on) {
                on.handler(next);
            }
        };
        Session session = start(handler);
        session.await("onOpen", () -> handler.has("onOpen"));
        session.pair.drain();
        session.await("the end", session.pair::isEndReceived);
        session.pair.sendEnd();
        awaitClosed(session, next, null);
        assertThat(handler.calls).containsExactly("onOpen", "onDrain");
        assertThat(next.calls).containsExactly("onOpen", "onDrain", "onClosed");
    }

    @Test
    @DisplayName("onClosed gets the cause that close was given, behind the bytes that were written; it is not reported")
    void shouldGetTheCauseWhenAnyThreadClosesInOrderWithOne() throws Exception {
        for (Caller caller : Caller.values()) {
            IOException cause = new IOException("cause");
            Recorder handler = new Recorder();
            Session session = start(handler);
            session.by(caller, () -> {
                session.connection.write(buffer("bye"));
                session.connection.close(cause);
                session.connection.close();
            });
            session.await("the end", session.pair::isEndReceived);
            assertThat(session.received()).isEqualTo("bye");
            session.pair.sendEnd();
            awaitClosed(session, handler, cause);
            assertThat(session.pair.failures()).as("by a %s", caller).isEmpty();
        }
    }
}
