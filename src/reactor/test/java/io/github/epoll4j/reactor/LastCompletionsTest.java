package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Completions that write again when the loop has stopped. */
class LastCompletionsTest extends ConnectionFixture {
    private EventLoop loop;
    private SocketPair<UnixStream> pair;
    private LoopConnections connections;
    private Connection connection;

    /** Writes again, whatever has become of the write before, as often as it may. */
    private static final class Writer implements WriteCompletion {
        private final int most;
        private final List<Throwable> causes = new ArrayList<>();
        private boolean isWriting;

        Writer(int most) {
            this.most = most;
        }

        @Override
        public void completed(Connection connection, Throwable cause) {
            assertThat(isWriting).as("inside a write").isFalse();
            causes.add(cause);
            if (causes.size() < most) {
                write(connection);
            }
        }

        void write(Connection connection) {
            isWriting = true;
            try {
                connection.write(ByteBuffer.allocate(1), this);
            } finally {
                isWriting = false;
            }
        }
    }

    @BeforeEach
    void openLoop() throws IOException {
        loop = EventLoop.open(watching.mechanism, (where, source, exception) -> failures.add(exception));
        pair = SocketPair.open();
        connections = new LoopConnections(loop);
        connections.open(pair.first(), small, opened -> {
            connection = opened;
            return new Noting();
        });
        assertThat(calls.remove()).isSameAs(connection);
    }

    @AfterEach
    void closeLoop() {
        connections.closeNow(null);
        loop.close();
        pair.close();
    }

    private void shouldHaveRefusedOnce() {
        assertThat(failures).singleElement().isInstanceOf(RejectedExecutionException.class)
                .asString().contains("the loop has stopped");
        failures.clear();
    }

    @Test
    @DisplayName("the last tasks end although a completion of a connection that has ended writes again and again")
    void shouldEndWhenACompletionWritesAgainAfterTheConnectionsEnd() throws Exception {
        Writer writer = new Writer(Integer.MAX_VALUE);
        stopIn(() -> {
            connection.closeNow();
            writer.write(connection);
        });

        assertThat(writer.causes).hasSize(LastCompletions.MOST).doesNotContainNull();
        assertThat(calls).containsExactly("closed");
        shouldHaveRefusedOnce();
    }

    @Test
    @DisplayName("so do they when the connection is open and takes all: it ends with what refused the write")
    void shouldEndTheConnectionWhenACompletionGoesOnAmongTheLastTasks() throws Exception {
        Writer writer = new Writer(Integer.MAX_VALUE);
        stopIn(() -> writer.write(connection));

        assertThat(writer.causes).hasSize(LastCompletions.MOST).containsOnlyNulls();
        assertThat(calls).singleElement().isSameAs(failures.getFirst());
        shouldHaveRefusedOnce();
    }

    @Test
    @DisplayName("a completion that writes a few times more is called for each of them among the last tasks")
    void shouldCompleteEachWhenAFewFollow() throws Exception {
        Writer writer = new Writer(LastCompletions.MOST);
        Writer other = new Writer(LastCompletions.MOST);
        stopIn(() -> {
            writer.write(connection);
            other.write(connection);
        });

        assertThat(writer.causes).hasSize(LastCompletions.MOST).containsOnlyNulls();
        assertThat(other.causes).hasSize(LastCompletions.MOST).containsOnlyNulls();
        assertThat(connection.isOpen()).isTrue();
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("a connection that is closed after its loop's end ends, though a completion writes again and again")
    void shouldEndWhenTheLoopHasEndedBefore() throws Exception {
        loop.stop();
        loop.run();
        Writer writer = new Writer(Integer.MAX_VALUE);
        connection.write(ByteBuffer.allocate(1 << 20), writer); // waits in the queue

        connections.closeNow(null);

        assertThat(writer.causes).hasSize(LastCompletions.MOST).doesNotContainNull();
        assertThat(calls).containsExactly("closed");
        shouldHaveRefusedOnce();
    }

    @Test
    @DisplayName("another thread that writes after the loop's end is refused in the end, not told for ever")
    void shouldRefuseWhenAnotherThreadsCompletionGoesOn() throws Exception {
        loop.stop();
        loop.run();
        connections.closeNow(null);
        assertThat(calls.remove()).isEqualTo("closed");
        ExecutorService other = Executors.newSingleThreadExecutor();
        List<Throwable> causes = new CopyOnWriteArrayList<>();
        WriteCompletion again = new WriteCompletion() {
            @Override
            public void completed(Connection same, Throwable cause) {
                causes.add(cause);
                same.write(ByteBuffer.allocate(1), this);
            }
        };

        for (int i = 1; i <= 2; i++) { // the thread has forgotten the first time
            CompletableFuture<Void> writing = CompletableFuture.runAsync(
                    () -> connection.write(ByteBuffer.allocate(1), again), other);

            assertThat(writing).failsWithin(20, TimeUnit.SECONDS).withThrowableThat()
                    .withCauseInstanceOf(RejectedExecutionException.class);
            assertThat(causes).hasSize(i * LastCompletions.MOST).doesNotContainNull();
        }
        other.shutdown();
    }

    @Test
    @DisplayName("a reactor closes although a completion writes again and again")
    void shouldCloseTheReactorWhenACompletionWritesAgain() throws Exception {
        Listener listener = reactor.listen(ANY, small, opened -> new Noting());
        try (Socket client = connect(listener)) {
            Connection served = (Connection) nextCall();
            served.write(ByteBuffer.allocate(1), new Writer(Integer.MAX_VALUE));
            assertThat(client.getInputStream().read()).isZero();

            reactor.close(Duration.ZERO);

            assertThat(nextCall()).isEqualTo("closed");
        }
        shouldHaveRefusedOnce();
    }

    /** Runs a task among the loop's last ones. */
    private void stopIn(Runnable task) throws IOException {
        loop.execute(task);
        loop.stop(); // before the first turn
        loop.run();
    }
}
