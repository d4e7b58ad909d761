package io.github.epoll4j.fd;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals to a whole JVM, each in a JVM of its own. */
class SignalFdProcessTest {
    private static final int DIED_OF_SIGNAL = 128;

    @ParameterizedTest
    @CsvSource({"USR1, 10, -Xrs", "USR1, 10, -Xlog:disable", "40, 40, -Xlog:disable", "CHLD, 17, -Xlog:disable",
        "TERM, 15, -Xrs", "INT, 2, -Xrs"})
    @DisplayName("a signal to the process is fetched when the JVM's parent has blocked it")
    void shouldFetchASignalToTheProcessWhenInheritedAsBlocked(String name, int signal, String option) throws Exception {
        ChildJvm child = blocking(name).options(option);

        assertThat(child.run("kill", "" + signal).lines())
                .containsExactly("events 1, signal " + signal + ", code 0, own pid true, value 0");
    }

    @Test
    @DisplayName("sigqueue's value comes along")
    void shouldFetchTheValueWhenQueued() throws Exception {
        ChildJvm child = blocking("USR1");

        assertThat(child.run("queue", "10").lines())
                .containsExactly("events 1, signal 10, code -1, own pid true, value " + 0x0123_4567_89AB_CDEFL);
    }

    @ParameterizedTest
    @CsvSource({"TERM, 15", "HUP, 1", "INT, 2"})
    @DisplayName("HotSpot unblocks the signals that it handles, so that inheriting them as blocked does not help")
    void shouldRunTheShutdownHooksWhenHotSpotHandlesTheSignal(String name, int signal) throws Exception {
        ChildJvm.Result result = blocking(name).run("handled", "" + signal);

        assertThat(result.out()).isEqualTo("hook%n".formatted());
        assertThat(result.exitStatus()).isEqualTo(DIED_OF_SIGNAL + signal);
    }

    @Test
    @DisplayName("a signal to the process is not fetched when only the reading thread blocks it: its default action")
    void shouldEndTheProcessWhenOnlyOneThreadBlocksTheSignal() throws Exception {
        ChildJvm.Result result = child("--default-signal").run("kill", "10");

        assertThat(result.out()).isEmpty();
        assertThat(result.exitStatus()).isEqualTo(DIED_OF_SIGNAL + Signals.SIGUSR1);
    }

    @Test
    @DisplayName("SIGUSR2 is HotSpot's: nothing comes of it, blocked by the parent or not")
    void shouldSeeNothingWhenTheSignalIsTheOneThatSuspendsThreads() throws Exception {
        assertThat(blocking("USR2").run("handled", "12").lines()).containsExactly("nothing");
    }

    @ParameterizedTest
    @CsvSource({"HUP, 1", "INT, 2"})
    @DisplayName("HotSpot does not handle an inherited ignored SIGHUP or SIGINT: blocked, it is fetched")
    void shouldFetchTheSignalWhenHotSpotInheritsItAsIgnored(String name, int signal) throws Exception {
        ChildJvm child = child("--default-signal", "--ignore-signal=" + name, "--block-signal=" + name);

        assertThat(child.run("kill", "" + signal).lines())
                .containsExactly("events 1, signal " + signal + ", code 0, own pid true, value 0");
    }

    /** A child whose parent has blocked a signal before it became java. */
    private static ChildJvm blocking(String name) throws Exception {
        return child("--default-signal", "--block-signal=" + name);
    }

    /**
     * A child under env with options. All signals are ignored before env applies them, as some are in a build that
     * nohup or a background command of a shell runs: the result does not depend on it.
     */
    private static ChildJvm child(String... options) throws Exception {
        List<String> env = new ArrayList<>(List.of("env", "--ignore-signal", "env"));
        env.addAll(List.of(options));
        ChildJvm child = ChildJvm.of(Child.class).under(env.toArray(String[]::new));
        env.add("true");
        assumeTrue(new ProcessBuilder(env).start().waitFor() == 0, () -> "this env cannot: " + env);
        return child;
    }

    /** Blocks a signal in its own thread, sends it to the process, and reads it, or waits until HotSpot handles it. */
    static final class Child {
        private static volatile boolean ended;

        public static void main(String[] args) throws Exception {
            int signal = Integer.parseInt(args[1]);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                if (!ended) {
                    System.out.println("hook");
                }
            }));
            SignalFd.block(signal);
            try (EpollInstance epoll = EpollInstance.open();
                    EpollEventArray events = EpollEventArray.allocate(1);
                    SignalFd signals = SignalFd.open(signal)) {
                epoll.add(signals.fd(), EPOLLIN);
                if (args[0].equals("queue")) {
                    Signalling.queueToProcess(signal, 0x0123_4567_89AB_CDEFL);
                } else {
                    Signalling.sendToProcess(signal);
                }
                if (args[0].equals("handled")) {
                    awaitTaken(signal); // readable here too until one of HotSpot's threads has taken it
                }
                int ready = epoll.awaitMillis(events, signal == Signals.SIGUSR2 ? 100 : 20_000);
                SignalInfo info = signals.read();
                if (info == null) {
                    System.out.println("nothing");
                } else {
                    System.out.println("events " + ready + ", signal " + info.signal() + ", code " + info.code()
                            + ", own pid " + (info.pid() == ProcessHandle.current().pid()) + ", value "
                            + info.value());
                }
                ended = true;
            }
        }

        /** Waits until a signal is no longer pending for the process, for 20 seconds. */
        private static void awaitTaken(int signal) throws IOException {
            long start = System.nanoTime();
            while (System.nanoTime() - start < 20_000_000_000L && (pending() >>> signal - 1 & 1) != 0) {
                Thread.onSpinWait();
            }
        }

        private static long pending() throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
                String set = lines.filter(line -> line.startsWith("ShdPnd:")).findFirst().orElseThrow();
                return Long.parseUnsignedLong(set.substring(set.indexOf(':') + 1).strip(), 16);
            }
        }
    }
}
