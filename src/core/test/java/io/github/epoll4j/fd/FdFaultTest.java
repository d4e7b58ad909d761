package io.github.epoll4j.fd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.testing.ChildJvm;
import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers of the kernel that cannot be had without strace; each case in a JVM of its own. */
class FdFaultTest {
    @Test
    @DisplayName("read(2), write(2) EINTR: tried again, and done once")
    void shouldReadAndWriteOnceWhenInterrupted() throws Exception {
        ChildJvm.Result result = ChildJvm.of(CounterChild.class)
                .underStrace("-P", "anon_inode:[eventfd]", "-e", "trace=read,write",
                        "-e", "inject=read,write:error=EINTR:when=1+3")
                .run();

        assertThat(result.lines()).containsExactly("0", "3", "3", "3");
        assertThat(result.traced("EINTR")).isGreaterThanOrEqualTo(4);
        assertThat(result.trace()).allMatch(line -> line.contains("read(") || line.contains("write("));
    }

    @ParameterizedTest
    @CsvSource({
        "read:error=ECANCELED, armed; read(fd=*): ECANCELED (Operation canceled)",
        "read:error=EINTR:when=1, armed; 0",
        "read:retval=0, armed; 0",
    })
    @DisplayName("timerfd_create(2): a read after the clock was set, forwards and backwards, and after a signal")
    void shouldTellWhenTheClockWasSet(String fault, String expected) throws Exception {
        assertTimer(expected, "-P", "anon_inode:[timerfd]", "-e", "trace=read", "-e", "inject=" + fault);
    }

    @Test
    @DisplayName("timerfd_create(2): ECANCELED when the clock was set before the timer is armed anew")
    void shouldTellWhenTheClockWasSetBefore() throws Exception {
        assertTimer("timerfd_settime(fd=*): ECANCELED (Operation canceled); 0",
                "-e", "trace=timerfd_settime", "-e", "inject=timerfd_settime:error=ECANCELED");
    }

    private static void assertTimer(String expected, String... strace) throws Exception {
        ChildJvm.Result result = ChildJvm.of(TimerChild.class).underStrace(strace).run();

        assertThat(String.join("; ", result.lines()).replaceAll("fd=\\d+", "fd=*")).isEqualTo(expected);
        assertThat(result.traced("INJECTED")).isOne();
    }

    @ParameterizedTest
    @CsvSource({
        "ENOSYS, UnsupportedOperationException: pidfd_open needs Linux 5.3 or later: ENOSYS (Function not implemented)",
        "EPERM, ErrnoException: pidfd_open(pid=1): EPERM (Operation not permitted)",
    })
    @DisplayName("pidfd_open(2) ENOSYS: an old kernel is named as such")
    void shouldNameTheVersionWhenTheKernelLacksTheCall(String error, String expected) throws Exception {
        ChildJvm.Result result = ChildJvm.of(PidChild.class)
                .underStrace("-e", "trace=pidfd_open", "-e", "inject=pidfd_open:error=" + error)
                .run();

        assertThat(result.lines()).containsExactly(expected);
    }

    /** Writes and reads a counter. */
    static final class CounterChild {
        public static void main(String[] args) throws IOException {
            try (EventFd counter = EventFd.open()) {
                System.out.println(counter.read());
                for (int i = 0; i < 3; i++) {
                    counter.write(3);
                    System.out.println(counter.read());
                }
            }
        }
    }

    /** Arms a timer that watches the clock, and reads it. */
    static final class TimerChild {
        public static void main(String[] args) throws IOException {
            try (TimerFd timer = TimerFd.open(TimerFd.Clock.REALTIME)) {
                print(() -> {
                    timer.atUnlessClockSet(Instant.MAX);
                    return "armed";
                });
                print(timer::read);
            }
        }

        private interface Action {
            Object run() throws IOException;
        }

        private static void print(Action action) throws IOException {
            try {
                System.out.println(action.run());
            } catch (ErrnoException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    /** Opens a process that is always there. */
    static final class PidChild {
        public static void main(String[] args) {
            try (PidFd first = PidFd.open(1)) {
                System.out.println(first);
            } catch (ErrnoException | UnsupportedOperationException e) {
                System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
    }
}
