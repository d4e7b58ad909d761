package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WriteCompletionTest extends ConnectionFixture {
    private static final int LARGE = 8 << 20;

    private Connection opened(Listener listener) throws InterruptedException {
        assertThat(listener).isNotNull();
        return (Connection) nextCall();
    }

    private ConnectionConfig large() {
        return small.withQueueLimit(2 * LARGE);
    }

    @Test
    @DisplayName("S12-1: writes complete in order, each once, on the loop's thread, also those that were taken at once")
    void shouldCompleteInOrderWhenSomeAreTakenAtOnceAndOthersLater() throws Exception {
        Listener listener = reactor.listen(ANY, large(), connection -> new Noting());
        try (Socket client = connect(listener)) {
            Connection connection = opened(listener);
            List<Integer> order = new ArrayList<>();
            List<Boolean> inLoop = new ArrayList<>();
            CompletableFuture<Void> last = new CompletableFuture<>();
            onLoop(connection, same -> {
                for (int i = 0; i < 6; i++) {
                    int number = i;
                    ByteBuffer data = ByteBuffer.allocate(i == 2 ? LARGE : i == 4 ? 0 : 10);
                    same.write(data, (completed, cause) -> {
                        assertThat(cause).isNull();
                        order.add(number);
                        inLoop.add(completed.loop().inLoop());
                        if (number == 5) {
                            last.complete(null);
                        }
                    });
                }
                assertThat(order).as("inside the write").isEmpty();
                return null;
            });
            assertThat(client.getInputStream().readNBytes(LARGE + 40)).hasSize(LARGE + 40);
            last.get(20, TimeUnit.SECONDS);
            assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(inLoop).containsOnly(true);
            assertThat(connection.pendingBytes()).isZero();
        }
    }

    @Test
    @DisplayName("S12-1: a partial write is not complete: what is not read is still pending, to the byte")
    void shouldNotCompleteWhenTheSocketHasTakenAPart() throws Exception {
        Listener listener = reactor.listen(ANY, large(), connection -> new Noting());
        try (Socket client = connect(listener)) {
            Connection connection = opened(listener);
            CompletableFuture<Void> written = connection.writeAsync(ByteBuffer.allocate(LARGE));
            await(() -> reactor.metrics().bytesWritten() > 0);
            long taken = onLoop(connection, same -> LARGE - same.pendingBytes() - reactor.metrics().bytesWritten());
            assertThat(taken).isZero();
            assertThat(written).isNotDone();
            assertThat(reactor.metrics().queuedBytes()).isPositive();
            assertThat(client.getInputStream().readNBytes(LARGE)).hasSize(LARGE);
            written.get(20, TimeUnit.SECONDS);
            assertThat(reactor.metrics().queuedBytes()).isZero();
            assertThat(reactor.metrics().bytesWritten()).isEqualTo(LARGE);
        }
    }

    @Test
    @DisplayName("a connection that ends first completes what waits with the cause, before onClosed; later writes too")
    void shouldCompleteWithTheCauseWhenTheConnectionEndsFirst() throws Exception {
        Listener listener = reactor.listen(ANY, large(), connection -> new Noting());
        try (Socket client = connect(listener)) {
            Connection connection = opened(listener);
            WriteCompletion noting = (completed, cause) -> calls.add(cause == null ? "taken" : cause);
            onLoop(connection, same -> {
                same.write(ByteBuffer.allocate(1), noting);
                same.write(ByteBuffer.allocate(LARGE), noting);
                same.write(ByteBuffer.allocate(1), noting);
                same.closeNow();
                same.write(ByteBuffer.allocate(1), noting);
                return null;
            });
            assertThat(nextCall()).isEqualTo("taken");
            for (int i = 0; i < 3; i++) {
                assertThat(nextCall()).isInstanceOf(IOException.class);
            }
            assertThat(nextCall()).isEqualTo("closed");
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> connection.writeAsync(ByteBuffer.allocate(1)).get(20, TimeUnit.SECONDS))
                    .withCauseInstanceOf(IOException.class);
            assertThat(client.isConnected()).isTrue();
        }
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("a write beyond the limit completes with the cause, before onClosed; from any thread")
    void shouldCompleteBeforeTheLastCallWhenTheQueueIsFull() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Noting());
        WriteCompletion noting = (completed, cause) -> calls.add("not taken: " + cause);
        for (boolean isOnLoop : new boolean[] {true, false}) {
            try (Socket client = connect(listener)) {
                Connection connection = opened(listener);
                ByteBuffer data = ByteBuffer.allocate(2 * LARGE);
                if (isOnLoop) {
                    onLoop(connection, same -> {
                        same.write(ByteBuffer.allocate(2 * LARGE)); // one may exceed the limit
                        same.write(data, noting);
                        return null;
                    });
                } else {
                    CountDownLatch written = new CountDownLatch(1);
                    connection.loop().execute(() -> awaitUninterruptibly(written)); // so that the first one is pending
                    connection.write(ByteBuffer.allocate(2 * LARGE));
                    connection.write(data, noting);
                    written.countDown();
                }
                assertThat(nextCall()).asString().startsWith("not taken: ").contains("queue limit of 1048576 bytes");
                assertThat(nextCall()).isInstanceOf(IOException.class).asString()
                        .contains("queue limit of 1048576 bytes");
                assertThat(client.isConnected()).isTrue();
            }
        }
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("a write that fails while reading is paused completes with the cause, before onClosed")
    void shouldCompleteBeforeTheLastCallWhenTheWriteFails() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Noting());
        Socket client = connect(listener);
        Connection connection = opened(listener);
        onLoop(connection, same -> {
            same.pauseReading();
            reset(client);
            while (same.isOpen()) { // until the reset has come
                same.write(ByteBuffer.allocate(1), (completed, cause) -> {
                    if (cause != null) {
                        calls.add("not taken: " + cause);
                    }
                });
                same.flush();
            }
            return null;
        });
        Object first = nextCall();
        Object second = nextCall();
        assertThat(second).isInstanceOf(ErrnoException.class);
        assertThat(first).isEqualTo("not taken: " + second);
        assertThat(calls).isEmpty();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void reset(Socket client) {
        try {
            client.setSoLinger(true, 0);
            client.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("after the end of the loop the calling thread is told")
    void shouldCompleteWhenTheLoopIsGone() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Noting());
        try (Socket client = connect(listener)) {
            Connection connection = opened(listener);
            reactor.close(Duration.ZERO);
            assertThat(connection.writeAsync(ByteBuffer.allocate(1))).isCompletedExceptionally();
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    @DisplayName("S11: what several threads write completes in the order of each thread")
    void shouldCompleteInTheOrderOfEachThreadWhenSeveralWrite() throws Exception {
        Listener listener = reactor.listen(ANY, large(), connection -> new Noting());
        try (Socket client = connect(listener)) {
            Connection connection = opened(listener);
            List<List<Integer>> orders = List.of(new ArrayList<>(), new ArrayList<>());
            List<Thread> writers = IntStream.range(0, 2).mapToObj(writer -> Thread.ofPlatform().daemon().start(() -> {
                for (int i = 0; i < 1000; i++) {
                    int number = i;
                    connection.write(ByteBuffer.allocate(1000), (same, cause) -> orders.get(writer).add(number));
                }
            })).toList();
            assertThat(client.getInputStream().readNBytes(2_000_000)).hasSize(2_000_000);
            for (Thread writer : writers) {
                writer.join();
            }
            connection.writeAsync(ByteBuffer.allocate(0)).get(20, TimeUnit.SECONDS);
            List<Integer> all = IntStream.range(0, 1000).boxed().toList();
            assertThat(orders).containsExactly(all, all);
        }
    }

    @Test
    @DisplayName("a completion that writes with a completion, and so on, leaves others their turn")
    void shouldServeOthersWhenACompletionWritesAgain() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Noting());
        Listener echo = reactor.listen(ANY, small, connection -> new Echo());
        try (Socket client = connect(listener); Socket first = connect(echo); Socket second = connect(echo)) {
            Connection connection = opened(listener);
            connection.write(ByteBuffer.allocate(0), new WriteCompletion() {
                @Override
                public void completed(Connection same, Throwable cause) {
                    if (cause == null) {
                        same.write(ByteBuffer.allocate(0), this);
                    }
                }
            });
            shouldEcho(first, 1000);
            shouldEcho(second, 1000);
            connection.closeNow();
            assertThat(nextCall()).isEqualTo("closed");
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    @DisplayName("a completion that throws closes the connection, and is reported once")
    void shouldCloseWhenACompletionThrows() throws Exception {
        IllegalStateException failure = new IllegalStateException("completion");
        Listener listener = reactor.listen(ANY, small, connection -> new Noting());
        try (Socket client = connect(listener)) {
            opened(listener).write(ByteBuffer.allocate(1), (same, cause) -> {
                throw failure;
            });
            assertThat(nextCall()).isSameAs(failure);
            assertThat(client.getInputStream().readAllBytes()).hasSize(1);
        }
        assertThat(failures).containsExactly(failure);
        failures.clear();
    }

    @Test
    @DisplayName("S11: what another thread wrote before the end completes before onClosed, also in the last tasks")
    void shouldCompleteBeforeTheLastCallWhenAnotherThreadWroteBeforeTheEnd() throws Exception {
        for (boolean isStopping : new boolean[] {false, true}) {
            try (EventLoop loop = EventLoop.open(watching.mechanism); SocketPair<UnixStream> pair = SocketPair.open()) {
                LoopContext connections = new LoopContext(loop);
                List<Connection> opened = new ArrayList<>();
                connections.open(pair.first(), null, small, connection -> {
                    opened.add(connection);
                    return new Noting();
                });
                loop.runOnce(Duration.ZERO);
                Connection connection = opened.getFirst();
                if (isStopping) { // ends in a task that comes before the write's
                    loop.execute(connection::closeNow);
                    loop.stop();
                }
                Thread writer = Thread.ofPlatform().start(() -> connection.write(ByteBuffer.allocate(1),
                        (same, cause) -> calls.add("not taken: " + (cause != null))));
                writer.join();
                if (isStopping) {
                    loop.run();
                } else {
                    connection.closeNow();
                    loop.runOnce(Duration.ZERO);
                }
                assertThat(calls).containsExactly(connection, "not taken: true", "closed");
                calls.clear();
            }
        }
    }

    @Test
    @DisplayName("an Error of a completion ends its connection, is reported once, and those behind it are called")
    void shouldCompleteTheOthersWhenACompletionThrowsAnError() throws Exception {
        AssertionError error = new AssertionError("completion");
        try (EventLoop loop = EventLoop.open(watching.mechanism, (where, source, failure) -> failures.add(failure));
                SocketPair<UnixStream> pair = SocketPair.open()) {
            LoopContext connections = new LoopContext(loop);
            connections.open(pair.first(), null, small, connection -> {
                connection.write(ByteBuffer.allocate(1), (same, cause) -> {
                    throw error;
                });
                connection.write(ByteBuffer.allocate(1), (same, cause) -> calls.add("second " + cause));
                return new Noting();
            });
            Connection connection = (Connection) calls.remove();
            loop.runOnce(Duration.ZERO); // the writes, which are flushed at the end
            loop.runOnce(Duration.ZERO);
            assertThat(calls).containsExactly("second null", error);
            assertThat(connection.isOpen()).isFalse();
            assertThat(failures).containsExactly(error);
            calls.clear();
            failures.clear();
            connections.closeNow(null);
        }
        calls.clear();
    }
}
