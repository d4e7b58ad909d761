package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Signalling;
import io.github.epoll4j.testing.ChildJvm;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel, or a sandbox, can do to a wait; each case in a JVM of its own. */
class EpollFaultTest {
    private static final String WAITS = "?epoll_wait,epoll_pwait,epoll_pwait2";
    private static final int ROUNDS = 4;

    @ParameterizedTest
    @ValueSource(longs = {30_000_000, 30_500_000, 300_000})
    @DisplayName("epoll_wait(2) EINTR: a wait goes on with the time that is left, and never ends early")
    void shouldWaitItsWholeTimeWhenInterrupted(long timeoutNanos) throws Exception {
        ChildJvm.Result result = ChildJvm.of(TimedWaits.class)
                .underStrace("-e", "trace=" + WAITS, "-e", "inject=" + WAITS + ":error=EINTR:when=1+2")
                .run("" + timeoutNanos);

        assertWaits(result.lines(), timeoutNanos);
        assertThat(result.traced("EINTR")).isGreaterThanOrEqualTo(ROUNDS);
        List<String> trace = result.trace().stream().filter(line -> line.contains("wait")).toList();
        for (int i = 1; i < trace.size(); i++) {
            if (trace.get(i - 1).contains("EINTR") && !trace.get(i).contains("EINTR")) {
                assertThat(tracedNanos(trace.get(i))).as(trace.get(i)).isLessThan(timeoutNanos);
            }
        }
    }

    /** Reads the timeout of a traced wait. */
    private static long tracedNanos(String line) {
        Matcher seconds = Pattern.compile("tv_sec=(\\d+), tv_nsec=(\\d+)").matcher(line);
        if (seconds.find()) {
            return Duration.ofSeconds(Long.parseLong(seconds.group(1)), Long.parseLong(seconds.group(2))).toNanos();
        }
        Matcher millis = Pattern.compile(", (\\d+)(, NULL, 8)?\\) +=").matcher(line);
        assertThat(millis.find()).as(line).isTrue();
        return Duration.ofMillis(Long.parseLong(millis.group(1))).toNanos();
    }

    @Test
    @DisplayName("epoll_wait(2) EINTR: a wait without limit, and one that does not wait, go on too")
    void shouldReportTheEventWhenInterrupted() throws Exception {
        ChildJvm.Result result = ChildJvm.of(ReadyWaits.class)
                .underStrace("-e", "trace=" + WAITS, "-e", "inject=" + WAITS + ":error=EINTR:when=1+2")
                .run();

        assertThat(result.lines()).containsExactly("1", "1");
        assertThat(result.traced("EINTR")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM"})
    @DisplayName("epoll_pwait2(2) ENOSYS, or EPERM of a sandbox: asked once, then epoll_wait with the time rounded up")
    void shouldRoundUpWhenTheFinerCallIsMissing(String error) throws Exception {
        ChildJvm.Result result = ChildJvm.of(TimedWaits.class)
                .underStrace("-e", "trace=" + WAITS, "-e", "inject=epoll_pwait2:error=" + error)
                .run("30500000");

        assertWaits(result.lines(), 30_500_000);
        assertThat(result.traced("epoll_pwait2(")).isOne();
        assertThat(result.trace().stream().filter(line -> line.matches(".* epoll_p?wait\\(.*, 31(, NULL, 8)?\\) += 0")))
                .hasSize(ROUNDS);
    }

    private static void assertWaits(List<String> lines, long timeoutNanos) {
        assertThat(lines).hasSize(ROUNDS).allSatisfy(line -> {
            String[] eventsAndNanos = line.split(" ");
            assertThat(eventsAndNanos[0]).isEqualTo("0");
            assertThat(Long.parseLong(eventsAndNanos[1])).isGreaterThanOrEqualTo(timeoutNanos);
        });
    }

    @Test
    @DisplayName("signal(7): a handler that runs on the waiting thread does not end its wait")
    void shouldWaitItsWholeTimeWhenASignalIsHandled() throws Exception {
        ChildJvm.Result result =
                ChildJvm.of(SignalledWaits.class).options("--add-modules", "jdk.unsupported").run();

        assertThat(result.lines()).containsExactly(
                "limited: 0 events, not early true, handled true", "unlimited: 0 events after the wake-up true");
    }

    @Test
    @DisplayName("EMFILE, also for the second descriptor: nothing leaks, and with room for both it opens")
    void shouldLeakNothingWhenTheProcessHasTooManyDescriptors() throws Exception {
        ChildJvm child = ChildJvm.of(FullTable.class).withDescriptors(32);

        assertThat(child.run().lines()).containsExactly(
                "0 free: epoll_create1(EPOLL_CLOEXEC): EMFILE (Too many open files)",
                "1 free: eventfd(0): EMFILE (Too many open files)",
                "1 free: eventfd(0): EMFILE (Too many open files)",
                "still 1 free: eventfd(0): EMFILE (Too many open files)",
                "2 free: opened");
    }

    /** Waits a few times with nothing to report. */
    static final class TimedWaits {
        public static void main(String[] args) throws Exception {
            Duration timeout = Duration.ofNanos(Long.parseLong(args[0]));
            try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
                for (int i = 0; i < ROUNDS; i++) {
                    long start = System.nanoTime();
                    int ready = epoll.await(events, timeout);
                    System.out.println(ready + " " + (System.nanoTime() - start));
                }
            }
        }
    }

    /** Waits for what is ready already. */
    static final class ReadyWaits {
        public static void main(String[] args) throws Exception {
            try (EpollInstance epoll = EpollInstance.open();
                    EpollEventArray events = EpollEventArray.allocate(1);
                    EventFd counter = EventFd.open(1)) {
                epoll.add(counter.fd(), EPOLLIN);
                System.out.println(epoll.await(events));
                System.out.println(epoll.awaitMillis(events, 0));
            }
        }
    }

    /** Sends signals to a thread that waits. */
    static final class SignalledWaits {
        private static final int SIGUSR2 = 12;
        private static final AtomicInteger HANDLED = new AtomicInteger();

        public static void main(String[] args) throws Exception {
            handleSignal();
            Duration timeout = Duration.ofSeconds(1);
            AtomicLong thread = new AtomicLong();
            try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
                FutureTask<String> limited = Waiters.start(() -> {
                    thread.set(Signalling.self());
                    long start = System.nanoTime();
                    int ready = epoll.await(events, timeout);
                    return ready + " events, not early " + (System.nanoTime() - start >= timeout.toNanos());
                });
                signal(thread, limited);
                System.out.println("limited: " + limited.get(20, TimeUnit.SECONDS)
                        + ", handled " + (HANDLED.get() > 0));

                AtomicInteger woken = new AtomicInteger();
                FutureTask<String> unlimited = Waiters.start(() -> {
                    thread.set(Signalling.self());
                    return epoll.await(events) + " events after the wake-up " + (woken.get() == 1);
                });
                signal(thread, unlimited);
                Waiters.awaitBlockedInNative(unlimited);
                woken.set(1);
                epoll.wakeup();
                System.out.println("unlimited: " + unlimited.get(20, TimeUnit.SECONDS));
            }
        }

        private static void signal(AtomicLong thread, FutureTask<?> waiter) throws Exception {
            Waiters.awaitBlockedInNative(waiter);
            int before = HANDLED.get();
            Signalling.sendTo(thread.get(), SIGUSR2);
            while (HANDLED.get() == before) {
                Thread.onSpinWait();
            }
        }

        /** sun.misc.Signal.handle, which this module does not read at compile time. */
        private static void handleSignal() throws ReflectiveOperationException {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object counting = Proxy.newProxyInstance(
                    ClassLoader.getSystemClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        HANDLED.incrementAndGet();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("USR2"), counting);
        }
    }

    /** Opens instances while the table of descriptors is full, or nearly so. */
    static final class FullTable {
        public static void main(String[] args) throws Exception {
            EpollInstance.open().close();
            describe("", () -> EpollInstance.create(-1).close()); // loads what a failure needs, files being at hand
            EventFd[] counters = new EventFd[1000];
            int count = 0;
            try {
                while (true) {
                    counters[count++] = EventFd.open();
                }
            } catch (ErrnoException e) {
                count--;
            }
            String full = describe("0 free: ", () -> EpollInstance.open().close());
            counters[--count].close();
            String first = describe("1 free: ", () -> EpollInstance.open().close());
            String second = describe("1 free: ", () -> EpollInstance.open().close());
            counters[count++] = EventFd.open();
            String third = describe("still 1 free: ", () -> EventFd.open().close());
            counters[--count].close();
            counters[--count].close();
            String opened = describe("2 free: ", () -> EpollInstance.open().close());
            List.of(full, first, second, third, opened).forEach(System.out::println);
        }

        private interface Opening {
            void run() throws IOException;
        }

        private static String describe(String prefix, Opening opening) throws IOException {
            try {
                opening.run();
                return prefix + "opened";
            } catch (ErrnoException e) {
                return prefix + e.getMessage();
            }
        }
    }
}
