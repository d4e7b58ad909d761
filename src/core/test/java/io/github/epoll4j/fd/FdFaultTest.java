package io.github.epoll4j.fd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.testing.ChildJvm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

    @ParameterizedTest
    @CsvSource({
        "ENOSYS, 'UnsupportedOperationException: pidfd_send_signal needs Linux 5.1 or later: ENOSYS (Function not "
                + "implemented)'",
        "EPERM, 'ErrnoException: pidfd_send_signal(pid=*, SIGUSR1): EPERM (Operation not permitted)'",
        "ESRCH, false",
    })
    @DisplayName("pidfd_send_signal(2): an old kernel is named as such, and a process that is gone is false")
    void shouldNameTheErrorWhenASignalIsNotSent(String error, String expected) throws Exception {
        ChildJvm.Result result = ChildJvm.of(SignalChild.class)
                .underStrace("-e", "trace=pidfd_send_signal", "-e", "inject=pidfd_send_signal:error=" + error)
                .run();

        assertThat(result.out().strip().replaceAll("pid=\\d+", "pid=*")).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "openat:error=EINTR:when=1 write:error=EDQUOT ioctl:error=EINTR:when=1; EDQUOT EINTR, EDQUOT ENOTTY",
        "openat:error=ENFILE:when=1 write:error=EFBIG; ENFILE, EFBIG ENOTTY",
    })
    @DisplayName("open(2) EINTR: tried again, and ioctl(2) EINTR is not")
    void shouldNameTheErrorWhenAFileCannotBeUsed(String faults, String expected) throws Exception {
        List<String> options = new ArrayList<>(List.of("-P", "/dev/zero", "-e", "trace=openat,write,ioctl"));
        for (String fault : faults.split(" ")) {
            options.addAll(List.of("-e", "inject=" + fault));
        }

        ChildJvm.Result result = ChildJvm.of(FileChild.class).underStrace(options.toArray(String[]::new)).run();

        assertThat(String.join(", ", result.lines())).isEqualTo(expected);
        assertThat(result.trace()).filteredOn(line -> line.contains("openat(")).as("opened until it succeeds twice")
                .hasSize(faults.contains("EINTR") ? 3 : 2);
    }

    /** Opens a device twice, writes to it, and makes a request that it does not know. */
    static final class FileChild {
        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                try (FileFd device = FileFd.open(Path.of("/dev/zero"), OpenFlags.O_RDWR)) {
                    System.out.println(errno(() -> device.write(ByteBuffer.allocate(1))) + " "
                            + errno(() -> device.ioctl(0, 0)));
                } catch (ErrnoException e) {
                    System.out.println(Errno.name(e.errno()));
                }
            }
        }

        private interface Action {
            void run() throws ErrnoException;
        }

        private static String errno(Action action) {
            try {
                action.run();
                return "done";
            } catch (ErrnoException e) {
                return Errno.name(e.errno());
            }
        }
    }

    /** Sends a signal to itself, which strace keeps from being sent. */
    static final class SignalChild {
        public static void main(String[] args) {
            try (PidFd self = PidFd.of(ProcessHandle.current())) {
                System.out.println(self.signal(Signals.SIGUSR1));
            } catch (ErrnoException | UnsupportedOperationException e) {
                System.out.println(e.getClass().getSimpleName() + ": " + e.getMessage());
            }
        }
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
