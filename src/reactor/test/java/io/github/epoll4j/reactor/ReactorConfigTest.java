package io.github.epoll4j.reactor;

import static io.github.epoll4j.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The loops of a reactor, their threads and names, and the choice among them. */
@Timeout(60)
class ReactorConfigTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final ReactorConfig TWO = ReactorConfig.DEFAULT.withLoops(2);
    private static final Function<Connection, ConnectionHandler> ECHO = connection -> (from, data) -> from.write(data);

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("one loop for each processor, on platform threads that keep the program running")
    void shouldHaveALoopForEachProcessorWhenNothingIsConfigured() throws Exception {
        try (Reactor reactor = Reactor.open()) {
            assertThat(reactor.loops()).hasSize(Runtime.getRuntime().availableProcessors());
            assertThat(reactor.loops()).allSatisfy(loop -> {
                assertThat(loop.mechanism()).isEqualTo(Mechanism.EPOLL);
                assertThat(loop.thread()).matches(thread -> !thread.isDaemon() && !thread.isVirtual());
            });
            assertThat(reactor.loops().getFirst().thread().getName()).isEqualTo("reactor-loop-0");
        }
    }

    @Test
    @DisplayName("threads have the configured name and a number, or come from the configured factory")
    void shouldNameItsThreadsWhenConfigured() throws Exception {
        try (Reactor reactor = Reactor.open(TWO.withName("web-"))) {
            assertThat(reactor.loops()).extracting(loop -> loop.thread().getName()).containsExactly("web-0", "web-1");
        }
        List<Thread> created = new CopyOnWriteArrayList<>();
        try (Reactor reactor = Reactor.open(TWO.withThreadFactory(task -> {
            created.add(Thread.ofPlatform().daemon().unstarted(task));
            return created.getLast();
        }))) {
            assertThat(reactor.loops()).extracting(EventLoop::thread).containsExactlyElementsOf(created);
        }
        assertThat(created).noneMatch(Thread::isAlive);
    }

    @Test
    @DisplayName("a factory that fails for the second thread: open throws it, and the first thread has ended")
    void shouldCloseItsLoopsWhenAThreadCannotBeCreated() {
        IllegalArgumentException failure = new IllegalArgumentException("no thread");
        AtomicReference<Thread> first = new AtomicReference<>();
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> Reactor.open(TWO.withThreadFactory(task -> {
                    if (first.get() != null) {
                        throw failure;
                    }
                    first.set(Thread.ofPlatform().unstarted(() -> {
                        task.run();
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100)); // it ends later than its loop
                    }));
                    return first.get();
                })).close()).isSameAs(failure);
        assertThat(first.get().isAlive()).isFalse();
    }

    @Test
    @DisplayName("a reactor describes its loops, its listeners and its state")
    void shouldDescribeItselfWhenItIsPrinted() throws Exception {
        Reactor reactor = Reactor.open(TWO.withMechanism(Mechanism.POLL));
        try (reactor) {
            assertThat(reactor).hasToString("Reactor[POLL, 2 loops, 0 listeners]");
            Listener listener = reactor.listen(ANY, ECHO);
            assertThat(reactor).hasToString("Reactor[POLL, 2 loops, 1 listener]");
            listener.close();
            get(listener.closeFuture());
            assertThat(reactor).hasToString("Reactor[POLL, 2 loops, 0 listeners]");
        }
        assertThat(reactor).hasToString("Reactor[POLL, 2 loops, 0 listeners, closed]");
    }

    @Test
    @DisplayName("metrics() is the sum of all loops; a loop of another reactor is refused")
    void shouldSumItsLoopsWhenMetricsAreAsked() throws Exception {
        try (Reactor reactor = Reactor.open(TWO); Reactor other = Reactor.open(TWO)) {
            Listener listener = reactor.listen(ANY, ECHO);
            for (int i = 0; i < 4; i++) {
                try (Socket client = new Socket(ANY.getAddress(), listener.port())) {
                    client.getOutputStream().write(1);
                    assertThat(client.getInputStream().read()).isOne();
                }
            }
            assertThat(reactor.metrics().opened()).isEqualTo(4);
            assertThat(reactor.metrics().bytesRead()).isEqualTo(4);
            await("the last write is counted", () -> reactor.metrics().bytesWritten() == 4);
            assertThat(reactor.loops()).allSatisfy(loop -> assertThat(reactor.metrics(loop).opened()).isEqualTo(2));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> reactor.metrics(other.loops().getFirst()));
            assertThat(other.metrics().opened()).isZero();
        }
    }

    @Test
    @DisplayName("connect uses the given loop, the calling loop, or the loops in turn; not another reactor's loop")
    void shouldConnectOnTheLoopThatIsAskedFor() throws Exception {
        try (Reactor reactor = Reactor.open(TWO); Reactor other = Reactor.open(TWO)) {
            Listener listener = other.listen(ANY, ECHO);
            for (EventLoop loop : reactor.loops()) {
                ConnectConfig config = ConnectConfig.DEFAULT.withLoop(loop);
                assertThat(get(reactor.connect(listener.localAddress(), config, ECHO)).loop()).isSameAs(loop);
                for (int i = 0; i < 2; i++) {
                    assertThat(get(CompletableFuture.supplyAsync(
                            () -> reactor.connect(listener.localAddress(), ECHO), loop).thenCompose(same -> same))
                            .loop()).isSameAs(loop);
                }
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> other.connect(listener.localAddress(), config, ECHO));
            }
            EventLoop first = get(reactor.connect(listener.localAddress(), ECHO)).loop();
            assertThat(get(reactor.connect(listener.localAddress(), ECHO)).loop()).isNotSameAs(first);
        }
    }

    @Test
    @DisplayName("a wait for the reactor's end on one of its loops is refused")
    void shouldRefuseToAwaitItsEndWhenItIsOnALoop() throws Exception {
        try (Reactor reactor = Reactor.open(TWO)) {
            EventLoop loop = reactor.loops().getFirst();
            get(CompletableFuture.runAsync(
                    () -> assertThatIllegalStateException().isThrownBy(reactor::awaitClose), loop));
        }
    }

    @Test
    @DisplayName("a closed reactor opens nothing, and a wrong number or time is refused")
    void shouldRefuseWhenItIsClosed() throws Exception {
        Reactor reactor = Reactor.open(TWO);
        assertThatIllegalArgumentException().isThrownBy(() -> reactor.close(Duration.ofNanos(-1)));
        reactor.close();
        assertThatIllegalStateException().isThrownBy(() -> reactor.listen(ANY, ECHO));
        assertThat(reactor.connect(ANY, ECHO)).as("as if it closed meanwhile").isCompletedExceptionally();
        assertThatIllegalStateException().isThrownBy(() -> reactor.bind(ANY, (endpoint, data, sender) -> { }));
        assertThatIllegalArgumentException().isThrownBy(() -> ReactorConfig.DEFAULT.withLoops(0));
    }
}
