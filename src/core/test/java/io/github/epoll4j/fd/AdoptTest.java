package io.github.epoll4j.fd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each type takes over numbers of its kind, and no others. */
class AdoptTest {
    private interface Adoption {
        OwnedFd adopt(int fd) throws IOException;
    }

    private static final Map<String, Adoption> TYPES = Map.of(
            "not an eventfd", EventFd::adopt, "not a timerfd", TimerFd::adopt, "not a signalfd", SignalFd::adopt,
            "not a pidfd", PidFd::adopt, "not an inotify queue", Inotify::adopt, "not a pipe", PipeReader::adopt);

    private interface Passing {
        OwnedFd adopt(FileFd file) throws IOException;
    }

    private static final Map<String, Passing> PASSING = Map.of(
            "an eventfd", EventFd::adopt, "a timerfd", TimerFd::adopt, "a signalfd", SignalFd::adopt,
            "a pidfd", PidFd::adopt, "an inotify queue", Inotify::adopt, "a pipe", PipeWriter::adopt,
            "an epoll instance", EpollInstance::adopt);

    /** Opens a descriptor as other code might: blocking, and inherited by child processes. */
    private static int foreign(OwnedFd owner) {
        int fd = owner.detach();
        FdCalls.fcntl(fd, unistd_h.F_SETFL, 0);
        FdCalls.fcntl(fd, unistd_h.F_SETFD, 0);
        return fd;
    }

    private static void assertAdopted(int fd, OwnedFd owner) throws IOException {
        assertThat(owner.fd()).isEqualTo(fd);
        assertThat(Fds.flags(fd) & OpenFlags.O_NONBLOCK).as("non-blocking").isNotZero();
        assertThat(Fds.flags(fd) & OpenFlags.O_CLOEXEC).as("close-on-exec").isNotZero();
    }

    @Test
    void shouldHaveTheTypesMethodsWhenTheKindIsRight() throws IOException {
        int fd = foreign(EventFd.open(7));
        try (EventFd counter = EventFd.adopt(fd)) {
            assertAdopted(fd, counter);
            assertThat(counter.read()).isEqualTo(7);
        }
        assertThat(Fds.isOpen(fd)).isFalse();
        for (TimerFd.Clock clock : TimerFd.Clock.values()) {
            fd = foreign(TimerFd.open(clock));
            try (TimerFd timer = TimerFd.adopt(fd)) {
                assertAdopted(fd, timer);
                assertThat(timer.clock()).isEqualTo(clock);
                timer.after(Duration.ofHours(1));
                assertThat(timer.read()).isZero();
            }
        }
        fd = foreign(SignalFd.open(Signals.SIGUSR1));
        try (SignalFd signals = SignalFd.adopt(fd)) {
            assertAdopted(fd, signals);
            assertThat(signals.read()).isNull();
        }
        fd = foreign(PidFd.of(ProcessHandle.current()));
        try (PidFd process = PidFd.adopt(fd)) {
            assertAdopted(fd, process);
            assertThat(process.pid()).isEqualTo(ProcessHandle.current().pid());
        }
        fd = foreign(Inotify.open());
        try (Inotify queue = Inotify.adopt(fd)) {
            assertAdopted(fd, queue);
            assertThat(queue.read()).isEmpty();
        }
    }

    @Test
    void shouldMoveBytesWhenTheEndsOfAPipeAreAdopted() throws IOException {
        Pipe pipe = Pipe.open();
        int readFd = foreign(pipe.reader());
        int writeFd = foreign(pipe.writer());
        assertThatIllegalArgumentException().isThrownBy(() -> PipeReader.adopt(writeFd))
                .withMessage("fd=" + writeFd + " is not the read end of a pipe: it is the other end");
        assertThatIllegalArgumentException().isThrownBy(() -> PipeWriter.adopt(readFd));
        try (PipeReader reader = PipeReader.adopt(readFd); PipeWriter writer = PipeWriter.adopt(writeFd)) {
            assertAdopted(readFd, reader);
            assertAdopted(writeFd, writer);
            assertThat(writer.write(StandardCharsets.US_ASCII.encode("abc"))).isEqualTo(3);
            assertThat(reader.read(ByteBuffer.allocate(9))).isEqualTo(3);
        }
    }

    @Test
    @DisplayName("a FIFO that is open for both is either end")
    void shouldBeEitherEndWhenAFifoIsOpenForBoth(@TempDir Path directory) throws IOException {
        Path fifo = directory.resolve("fifo");
        assertThat(LibC.call("mkfifo", fifo.toString(), 0600)).isZero();
        try (PipeWriter writer = PipeWriter.adopt(FileFd.open(fifo, OpenFlags.O_RDWR).detach());
                PipeReader reader = PipeReader.adopt(FileFd.open(fifo, OpenFlags.O_RDWR).detach())) {
            assertThat(writer.write(ByteBuffer.allocate(4))).isEqualTo(4);
            assertThat(reader.read(ByteBuffer.allocate(9))).isEqualTo(4);
        }
        Files.delete(fifo);
    }

    @Test
    void shouldLeaveTheNumberAloneWhenTheKindIsWrong() throws IOException {
        try (FileFd file = FileFd.open(Path.of("/dev/null"), OpenFlags.O_RDONLY)) {
            int fd = file.fd();
            FdCalls.fcntl(fd, unistd_h.F_SETFD, 0);
            int flags = Fds.flags(fd);
            TYPES.forEach((message, type) -> assertThatIllegalArgumentException().isThrownBy(() -> type.adopt(fd))
                    .withMessage("fd=" + fd + " is " + message + ": it is a character device"));
            assertThat(Fds.flags(fd)).isEqualTo(flags);
        }
        try (Pipe pipe = Pipe.open()) {
            assertThatIllegalArgumentException().isThrownBy(() -> EventFd.adopt(pipe.readFd()))
                    .withMessage("fd=" + pipe.readFd() + " is not an eventfd: it is a pipe");
        }
    }

    @Test
    void shouldFailWhenTheNumberIsNotOpen() {
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> PipeWriter.adopt(Integer.MAX_VALUE))
                .returns(Errno.EBADF, ErrnoException::errno);
        TYPES.forEach((message, type) -> {
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> type.adopt(Integer.MAX_VALUE))
                    .returns(Errno.EBADF, ErrnoException::errno)
                    .withMessage("fcntl(F_GETFD, fd=2147483647): EBADF (Bad file descriptor)");
            assertThatIllegalArgumentException().isThrownBy(() -> type.adopt(-1)).withMessage("not a descriptor: -1");
        });
    }

    private static void assertPasses(OwnedFd original, Passing type) throws IOException {
        try (original) {
            FileFd file = original.duplicate();
            int fd = file.fd();
            try (OwnedFd owner = type.adopt(file)) {
                assertThat(owner).hasSameClassAs(original).returns(fd, OwnedFd::fd);
                assertThat(file.isOpen()).isFalse();
            }
            assertThat(Fds.isOpen(fd)).isFalse();
        }
    }

    @Test
    void shouldPassToItsTypeWhenAFileOfEachKindIsAdopted() throws IOException {
        assertPasses(EventFd.open(), EventFd::adopt);
        assertPasses(TimerFd.open(), TimerFd::adopt);
        assertPasses(SignalFd.open(Signals.SIGUSR1), SignalFd::adopt);
        assertPasses(PidFd.of(ProcessHandle.current()), PidFd::adopt);
        assertPasses(Inotify.open(), Inotify::adopt);
        try (Pipe pipe = Pipe.open()) {
            assertPasses(pipe.reader(), PipeReader::adopt);
            assertPasses(pipe.writer(), PipeWriter::adopt);
        }
        assertPasses(EpollInstance.open(), EpollInstance::adopt);
    }

    @Test
    void shouldLeaveTheFileOpenWhenItsKindIsWrong() throws IOException {
        try (FileFd file = FileFd.open(Path.of("/dev/null"), OpenFlags.O_RDONLY)) {
            int flags = Fds.flags(file.fd());
            PASSING.forEach((kind, type) -> assertThatIllegalArgumentException().isThrownBy(() -> type.adopt(file))
                    .withMessageStartingWith("fd=" + file.fd() + " is not " + kind + ": "));
            assertThat(file.isOpen()).isTrue();
            assertThat(Fds.flags(file.fd())).isEqualTo(flags);
        }
    }

    @Test
    void shouldLeaveTheFileAloneWhenACallHoldsIt() throws IOException {
        try (EventFd counter = EventFd.open(3)) {
            FileFd file = FileFd.adopt(foreign(counter));
            int flags = Fds.flags(file.fd());
            int fd = file.acquire();
            assertThatIllegalStateException().isThrownBy(() -> EventFd.adopt(file)).withMessageEndingWith("is in use");
            assertThat(Fds.flags(fd)).isEqualTo(flags);
            file.release();
            assertThat(file.read(ByteBuffer.allocate(8))).isEqualTo(8);
            EventFd.adopt(file).close();
            assertThatIllegalStateException().isThrownBy(() -> EventFd.adopt(file)).withMessage("FileFd is closed");
        }
    }

    @Test
    void shouldRefuseWhenTheNumberIsBorrowed() throws IOException {
        try (EventFd counter = EventFd.open(); FileFd file = FileFd.borrow(counter.fd())) {
            assertThatIllegalArgumentException().isThrownBy(() -> EventFd.adopt(file))
                    .withMessageStartingWith("the number is borrowed: FileFd[");
            assertThat(file.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("a timer of an alarm clock has no type here, and stays the caller's")
    void shouldRefuseWhenTheClockHasNoName() throws IOException {
        int boottimeAlarm = 9;
        int fd = LibC.call("timerfd_create", boottimeAlarm, 0);
        assumeTrue(fd >= 0, "no such clock, or no right to use it");
        try (FileFd timer = FileFd.adopt(fd)) {
            assertThatIllegalArgumentException().isThrownBy(() -> TimerFd.adopt(timer.fd()))
                    .withMessageContaining("clock 9");
        }
    }
}
