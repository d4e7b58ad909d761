package io.github.epoll4j.fd;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_CLOEXEC;
import static java.lang.ProcessBuilder.Redirect.DISCARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
            assertThat(epoll.await(events, 0)).as("while it runs").isZero();

            child.outputWriter().close();

            assertThat(epoll.await(events, 20_000)).isOne();
            assertThat(events.get(0).isReadable()).isTrue();
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(epoll.await(events, 0)).as("for good, also when it is reaped").isOne();
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
                assertThat(epoll.await(events, 0)).isZero();

                grandchild.destroy();

                assertThat(epoll.await(events, 20_000)).isOne();
            }
        } finally {
            shell.getInputStream().close();
            shell.destroyForcibly().waitFor();
        }
    }

    @Test
    @DisplayName("pidfd_open(2) ESRCH: a child that has ended already is null, and no exception")
    void shouldReturnNullWhenTheProcessHasEnded() throws Exception {
        child.outputWriter().close();
        child.waitFor();
        long before = Fds.count();

        assertThat(PidFd.of(child)).isNull();
        assertThat(PidFd.of(child.toHandle())).isNull();
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> PidFd.open(child.pid()))
                .returns(Errno.ESRCH, ErrnoException::errno)
                .withMessage("pidfd_open(pid=" + child.pid() + "): ESRCH (No such process)");
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    @DisplayName("pidfd_send_signal(2), waitid(2): a child that is signalled, and its status by the JVM's Process")
    void shouldHaveTheStatusWhenAChildIsKilled() throws Exception {
        try (EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(1);
                PidFd process = PidFd.of(child)) {
            assertThat(process.exitStatus()).isEqualTo(new ExitStatus(ExitStatus.State.RUNNING, 0))
                    .hasToString("running");
            assertThat(process.signal(0)).isTrue();
            epoll.add(process, EPOLLIN, 1);

            assertThat(process.signal(Signals.SIGTERM)).isTrue();

            assertThat(epoll.await(events, 20_000)).isOne();
            // the JVM is the parent too: whichever of the two was first
            assertThat(process.exitStatus()).isIn(new ExitStatus(ExitStatus.State.KILLED, Signals.SIGTERM),
                    new ExitStatus(ExitStatus.State.EXITED, 128 + Signals.SIGTERM));
            assertThat(child.waitFor()).as("for the JVM as well").isEqualTo(128 + Signals.SIGTERM);
            assertThat(process.exitStatus())
                    .isEqualTo(new ExitStatus(ExitStatus.State.EXITED, 128 + Signals.SIGTERM))
                    .hasToString("exited with 143");
            assertThat(process.signal(Signals.SIGTERM)).as("after the end").isFalse();
        }
    }

    @Test
    void shouldNotKnowTheStatusWhenTheProcessIsNotAChild() throws Exception {
        try (PidFd self = PidFd.of(ProcessHandle.current()); PidFd adopted = PidFd.adopt(PidFd.of(child).detach())) {
            assertThat(self.exitStatus()).isEqualTo(new ExitStatus(ExitStatus.State.UNKNOWN, 0))
                    .hasToString("unknown");
            child.outputWriter().close();
            child.waitFor();
            assertThat(adopted.exitStatus()).as("fetched by the JVM").returns(ExitStatus.State.UNKNOWN,
                    ExitStatus::state);
            assertThat(adopted.pid()).isEqualTo(child.pid());
        }
    }

    @Test
    @DisplayName("waitid(2) WNOWAIT: a child that is not the JVM's has exited or was killed, however often it is read")
    void shouldLeaveTheStatusToOthersWhenItIsRead() throws Exception {
        for (ExitStatus expected : List.of(new ExitStatus(ExitStatus.State.EXITED, 3),
                new ExitStatus(ExitStatus.State.KILLED, Signals.SIGKILL))) {
            String command = expected.state() == ExitStatus.State.EXITED ? "exit 3" : "kill -KILL $$";
            int pid = spawn("sh", "-c", command);
            try (PidFd process = PidFd.open(pid);
                    EpollInstance epoll = EpollInstance.open();
                    EpollEventArray events = EpollEventArray.allocate(1)) {
                epoll.add(process, EPOLLIN, 1);
                assertThat(epoll.await(events, 20_000)).isOne();
                assertThat(process.exitStatus()).isEqualTo(expected);
                assertThat(process.exitStatus()).isEqualTo(expected);
                assertThat(process.signal(Signals.SIGTERM)).as("not fetched yet").isTrue();
                assertThat(LibC.call("waitpid", pid, MemorySegment.NULL, 0)).isEqualTo(pid);
                assertThat(process.exitStatus()).returns(ExitStatus.State.UNKNOWN, ExitStatus::state);
                assertThat(process.signal(Signals.SIGTERM)).isFalse();
            }
        }
        assertThat(new ExitStatus(ExitStatus.State.KILLED, Signals.SIGKILL)).hasToString("killed by SIGKILL");
    }

    /** Starts a process behind the JVM's back. */
    private static int spawn(String... command) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment arguments = arena.allocate(ValueLayout.ADDRESS, command.length + 1);
            for (int i = 0; i < command.length; i++) {
                arguments.setAtIndex(ValueLayout.ADDRESS, i, arena.allocateFrom(command[i]));
            }
            MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
            assertThat(LibC.call("posix_spawnp", pid, command[0], MemorySegment.NULL, MemorySegment.NULL, arguments,
                    MemorySegment.NULL)).isZero();
            return pid.get(ValueLayout.JAVA_INT, 0);
        }
    }

    @Test
    void shouldRefuseToSignalWhenTheNumberIsNoSignal() throws Exception {
        PidFd process = PidFd.of(child);
        assertThatIllegalArgumentException().isThrownBy(() -> process.signal(-1)).withMessage("not a signal: -1");
        assertThatIllegalArgumentException().isThrownBy(() -> process.signal(65));
        process.close();
        assertThatIllegalStateException().isThrownBy(() -> process.signal(0)).withMessage("PidFd is closed");
        assertThatIllegalStateException().isThrownBy(process::exitStatus);
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
