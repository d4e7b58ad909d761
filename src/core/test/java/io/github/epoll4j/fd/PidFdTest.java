package io.github.epoll4j.fd;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_CLOEXEC;
import static java.lang.ProcessBuilder.Redirect.DISCARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PidFdTest {
    private Process child;

    /** A child that ends when its input does. */
    @BeforeEach
    void start() throws IOException {
        child = new ProcessBuilder("cat").redirectOutput(DISCARD).redirectError(DISCARD).start();
    }

    @AfterEach
    void end() throws Exception {
        child.getOutputStream().close();
        child.destroyForcibly().waitFor();
    }

    @Test
    void shouldBecomeReadableWhenTheProcessEnds() throws Exception {
        try (EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(1);
                PidFd process = PidFd.of(child)) {
            epoll.add(process.fd(), EPOLLIN, 7);
            assertThat(process.pid()).isEqualTo(child.pid());
            assertThat(epoll.awaitMillis(events, 0)).as("while it runs").isZero();

            child.outputWriter().close();

            assertThat(epoll.awaitMillis(events, 20_000)).isOne();
            assertThat(events.get(0).isReadable()).isTrue();
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(epoll.awaitMillis(events, 0)).as("for good, also when it is reaped").isOne();
            assertThat(child.exitValue()).isZero();
        }
    }

    @Test
    void shouldBeReadableForEverybodyWhenAForeignProcessEnds() throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "sleep 20 & echo $!; wait")
                .redirectError(DISCARD).redirectInput(Path.of("/dev/null").toFile()).start();
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
            ProcessHandle grandchild = ProcessHandle.of(Long.parseLong(shell.inputReader().readLine())).orElseThrow();
            try (PidFd process = PidFd.of(grandchild)) {
                epoll.add(process.fd(), EPOLLIN);
                assertThat(epoll.awaitMillis(events, 0)).isZero();

                grandchild.destroy();

                assertThat(epoll.awaitMillis(events, 20_000)).isOne();
            }
        } finally {
            shell.getInputStream().close();
            shell.destroyForcibly().waitFor();
        }
    }

    @Test
    @DisplayName("pidfd_open(2) ESRCH: the JVM has reaped a child that ended")
    void shouldFindNothingWhenTheProcessHasEnded() throws Exception {
        child.outputWriter().close();
        child.waitFor();
        long before = Fds.count();

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> PidFd.of(child))
                .returns(Errno.ESRCH, ErrnoException::errno)
                .withMessage("pidfd_open(pid=" + child.pid() + "): ESRCH (No such process)");
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    @DisplayName("pidfd_open(2) ESRCH: no process has this number")
    void shouldFindNothingWhenThereIsNoSuchProcess() {
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> PidFd.open(Integer.MAX_VALUE))
                .returns(Errno.ESRCH, ErrnoException::errno);
    }

    @Test
    @DisplayName("pidfd_open(2): a thread's number is EINVAL, and ENOENT in newer kernels")
    void shouldRefuseWhenTheNumberIsAThreads() throws Exception {
        long thread;
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            thread = tasks.mapToLong(task -> Long.parseLong(task.getFileName().toString()))
                    .filter(id -> id != ProcessHandle.current().pid())
                    .findFirst()
                    .orElseThrow();
        }

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> PidFd.open(thread))
                .matches(e -> e.errno() == Errno.EINVAL || e.errno() == Errno.ENOENT, "EINVAL or ENOENT");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, 1L << 31, (1L << 32) + 1})
    void shouldRefuseWhenTheNumberCannotBeAProcess(long pid) {
        assertThatIllegalArgumentException().isThrownBy(() -> PidFd.open(pid)).withMessageContaining("" + pid);
    }

    @Test
    void shouldBeCloseOnExecWhenOpened() throws IOException {
        long before = Fds.count();
        try (PidFd self = PidFd.of(ProcessHandle.current())) {
            assertThat(Fds.flags(self.fd())).matches(flags -> (flags & O_CLOEXEC) != 0, "close-on-exec");
        }
        assertThat(Fds.count()).isEqualTo(before);
    }
}
