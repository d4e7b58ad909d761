package io.github.epoll4j.fd;

import static io.github.epoll4j.fd.OpenFlags.O_APPEND;
import static io.github.epoll4j.fd.OpenFlags.O_CLOEXEC;
import static io.github.epoll4j.fd.OpenFlags.O_CREAT;
import static io.github.epoll4j.fd.OpenFlags.O_EXCL;
import static io.github.epoll4j.fd.OpenFlags.O_NONBLOCK;
import static io.github.epoll4j.fd.OpenFlags.O_RDONLY;
import static io.github.epoll4j.fd.OpenFlags.O_RDWR;
import static io.github.epoll4j.fd.OpenFlags.O_TRUNC;
import static io.github.epoll4j.fd.OpenFlags.O_WRONLY;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.internal.gen.errno.errno_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class FileFdTest {
    private static final int NOT_OPEN = Integer.MAX_VALUE;

    @TempDir
    private Path directory;
    private long descriptors;

    @BeforeEach
    void count() throws IOException {
        Files.list(directory).close(); // what the JDK keeps open
        Files.delete(Files.createTempFile("random", "")); // the descriptors of its random numbers, which it keeps
        descriptors = Fds.count();
    }

    @AfterEach
    void shouldLeaveNothingOpen() {
        // the JDK closes the pipes of a child a moment after it has ended
        Eventually.await("as many open descriptors as before", () -> Fds.count() == descriptors);
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private static void assertErrno(int errno, ThrowingCallable call) {
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(call).returns(errno, ErrnoException::errno);
    }

    @Test
    void shouldWriteAndReadWhenAFileIsCreated() throws IOException {
        Path path = directory.resolve("new");
        try (FileFd file = FileFd.open(path, O_WRONLY | O_CREAT | O_EXCL, 0600)) {
            assertThat(file.write(ascii("text"))).isEqualTo(4);
            assertThat(file.write(MemorySegment.ofArray("..of a segment".getBytes(US_ASCII)), 2, 12)).isEqualTo(12);
            assertThat(file.write(ascii(""))).isZero();
            assertThat(Fds.flags(file.fd()) & O_CLOEXEC).as("close-on-exec").isNotZero();
            assertThat(file).hasToString("FileFd[fd=" + file.fd() + "]");
            assertErrno(Errno.EBADF, () -> file.read(ByteBuffer.allocate(1)));
        }
        assertThat(path).hasContent("textof a segment");
        assertThat(Files.getPosixFilePermissions(path))
                .isEqualTo(Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        try (FileFd file = FileFd.open(path, O_RDONLY); Arena arena = Arena.ofConfined()) {
            ByteBuffer buffer = ByteBuffer.allocate(4);
            assertThat(file.available()).isEqualTo(16);
            assertThat(file.read(buffer)).isEqualTo(4);
            assertThat(buffer.flip()).isEqualTo(ascii("text"));
            assertThat(file.read(ByteBuffer.allocate(0))).as("no space").isZero();
            MemorySegment memory = arena.allocate(100);
            assertThat(file.read(memory)).isEqualTo(12);
            assertThat(memory.getString(0)).isEqualTo("of a segment");
            assertThat(file.read(memory)).as("end").isEqualTo(-1);
            assertThat(file.read(buffer.clear())).as("end").isEqualTo(-1);
        }
        try (FileFd file = FileFd.open(path, O_WRONLY | O_TRUNC | O_APPEND)) {
            file.write(ascii("short"));
        }
        assertThat(path).hasContent("short");
    }

    @Test
    @DisplayName("pread: reads at a position of 64 bits, with buffers of each kind, and the file's own offset stays")
    void shouldReadThereWhenAPositionIsPassed() throws IOException {
        Path path = directory.resolve("sparse");
        long far = 5L << 30;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ascii("near"), 0);
            channel.write(ascii("0123456789"), far);
        }
        try (FileFd file = FileFd.open(path, O_RDONLY); Arena arena = Arena.ofShared()) {
            for (ByteBuffer buffer : List.of(ByteBuffer.allocate(6), ByteBuffer.allocateDirect(6),
                    arena.allocate(6).asByteBuffer(), Arena.global().allocate(6).asByteBuffer())) {
                buffer.put((byte) '<').limit(5);
                assertThat(file.read(buffer, far + 3)).isEqualTo(4);
                assertThat(file.read(buffer, far)).as("full").isZero();
                assertThat(buffer.flip()).isEqualTo(ascii("<3456"));
                assertThat(file.read(buffer.clear(), far + 8)).as("before the end").isEqualTo(2);
                assertThat(file.read(buffer, far + 10)).as("at the end").isEqualTo(-1);
                assertThat(file.read(buffer, Long.MAX_VALUE - 6)).as("beyond the end").isEqualTo(-1);
                assertThat(buffer.flip()).isEqualTo(ascii("89"));
            }
            ByteBuffer first = ByteBuffer.allocate(4);
            assertThat(file.read(first)).as("from its own offset").isEqualTo(4);
            assertThat(first.flip()).isEqualTo(ascii("near"));
        }
    }

    @Test
    void shouldNameTheErrorWhenAPositionCannotBeRead() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1);
        try (Pipe pipe = Pipe.open(); FileFd reader = pipe.reader().duplicate()) {
            pipe.write(ascii("a"));
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> reader.read(buffer, 7))
                    .withMessage("pread(fd=" + reader.fd() + ", position=7): ESPIPE (Illegal seek)");
        }
        try (SocketPair<UnixStream> pair = SocketPair.open(); FileFd socket = pair.first().duplicate()) {
            assertErrno(errno_h.ESPIPE, () -> socket.read(buffer, 0));
        }
        try (FileFd terminal = FileFd.open(Path.of("/dev/ptmx"), O_RDWR | OpenFlags.O_NOCTTY)) {
            assertErrno(errno_h.ESPIPE, () -> terminal.read(buffer, 0));
        }
        try (FileFd file = FileFd.open(directory.resolve("new"), O_WRONLY | O_CREAT);
                FileFd folder = FileFd.open(directory, O_RDONLY)) {
            assertErrno(Errno.EBADF, () -> file.read(buffer, 0));
            assertErrno(errno_h.EISDIR, () -> folder.read(buffer, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> folder.read(buffer, -1))
                    .withMessage("negative position: -1");
            assertThatIllegalArgumentException().isThrownBy(() -> folder.read(buffer.asReadOnlyBuffer(), 0));
        }
        assertThat(buffer.position()).isZero();
    }

    @Test
    void shouldNameTheErrorWhenAnOpenIsRefused() throws IOException {
        Path none = directory.resolve("none");
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> FileFd.open(none, O_RDWR | O_NONBLOCK))
                .returns(Errno.ENOENT, ErrnoException::errno)
                .withMessage("open(" + none + ", O_RDWR|O_NONBLOCK): ENOENT (No such file or directory)");
        assertErrno(errno_h.EISDIR, () -> FileFd.open(directory, O_WRONLY));
        assertErrno(Errno.EEXIST, () -> FileFd.open(directory, O_WRONLY | O_CREAT | O_EXCL));
        // not even root may write what the kernel makes read-only there
        assertErrno(Errno.EACCES, () -> FileFd.open(Path.of("/proc/sys/kernel/ostype"), O_WRONLY));
        assertErrno(Errno.ENOTDIR, () -> FileFd.open(Path.of("/dev/null/a"), O_RDONLY));
        assertErrno(Errno.ENAMETOOLONG, () -> FileFd.open(directory.resolve("x".repeat(256)), O_RDONLY));
        assertErrno(Errno.ELOOP, () -> FileFd.open(
                Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop")), O_RDONLY));
        assertThatIllegalArgumentException().isThrownBy(() -> FileFd.open(new byte[] {'/', 0, 'a'}, O_RDONLY))
                .withMessageContaining("NUL at index 1");
        try (FileSystem zip = FileSystems.newFileSystem(directory.resolve("a.zip"), Map.of("create", true))) {
            assertThatIllegalArgumentException().isThrownBy(() -> FileFd.open(zip.getPath("/"), O_RDONLY))
                    .withMessageContaining("default file system");
        }
    }

    @Test
    @DisplayName("a file whose name is not UTF-8 is opened by its bytes, and by its path")
    void shouldOpenByBytesWhenTheNameIsNotUtf8() throws IOException {
        byte[] folder = (directory + "/").getBytes(US_ASCII);
        byte[] latin = Arrays.copyOf(folder, folder.length + 2);
        latin[folder.length] = (byte) 0xE9;
        latin[folder.length + 1] = 't';
        try (FileFd file = FileFd.open(latin, O_WRONLY | O_CREAT)) {
            file.write(ascii("text"));
        }
        try (FileFd file = FileFd.open(Path.of(URI.create(directory.toUri() + "%E9t")), O_RDONLY)) {
            assertThat(file.available()).isEqualTo(4);
        }
    }

    @Test
    @DisplayName("open(2) ENXIO: a FIFO without a reader; O_PATH refers to a file and cannot read it (EBADF)")
    void shouldNameTheErrorWhenAFileCannotBeUsed() throws Exception {
        Path fifo = directory.resolve("fifo");
        Commands.run(directory, Map.of(), "mkfifo", fifo.toString());
        assertErrno(Errno.ENXIO, () -> FileFd.open(fifo, O_WRONLY | O_NONBLOCK));
        try (FileFd path = FileFd.open(fifo, OpenFlags.O_PATH); FileFd folder = FileFd.open(directory, O_RDONLY)) {
            assertThat(path.kind()).isEqualTo(FdKind.PIPE);
            assertErrno(Errno.EBADF, () -> path.read(ByteBuffer.allocate(1)));
            assertErrno(Errno.EBADF, () -> path.nonBlocking(true));
            assertErrno(errno_h.EISDIR, () -> folder.read(ByteBuffer.allocate(1)));
            assertErrno(Errno.EBADF, () -> folder.write(ascii("a")));
            assertErrno(Errno.ENOTTY, folder::available);
        }
        try (Pipe pipe = Pipe.open(); FileFd writer = pipe.writer().duplicate()) {
            pipe.closeRead();
            assertErrno(Errno.EPIPE, () -> writer.write(ascii("a")));
        }
        try (EventFd counter = EventFd.open(); FileFd file = counter.duplicate()) {
            assertErrno(Errno.EINVAL, () -> file.read(ByteBuffer.allocate(4)));
        }
        try (FileFd full = FileFd.open(Path.of("/dev/full"), O_WRONLY)) {
            assertErrno(Errno.ENOSPC, () -> full.write(ascii("a")));
        }
    }

    @Test
    void shouldReturnZeroWhenAReadWouldBlock() throws IOException {
        try (Pipe pipe = Pipe.open(); FileFd reader = FileFd.adopt(pipe.reader().detach())) {
            assertThat(reader.isNonBlocking()).isTrue();
            assertThat(reader.read(ByteBuffer.allocate(9))).isZero();
            assertThat(reader.available()).isZero();
            pipe.write(ascii("abc"));
            assertThat(reader.available()).isEqualTo(3);

            reader.nonBlocking(false);

            assertThat(reader.isNonBlocking()).isFalse();
            assertThat(Fds.flags(reader.fd()) & O_NONBLOCK).isZero();
            reader.nonBlocking(true);
            assertThat(Fds.flags(reader.fd()) & O_NONBLOCK).isNotZero();
        }
    }

    @Test
    void shouldCloseTheNumberWhenAdopted() throws IOException {
        int number;
        try (EventFd counter = EventFd.open(); FileFd duplicate = counter.duplicate()) {
            number = duplicate.detach();
            FdCalls.fcntl(number, unistd_h.F_SETFD, 0);
            try (FileFd adopted = FileFd.adopt(number)) {
                assertThat(adopted.fd()).isEqualTo(number);
                assertThat(Fds.flags(number) & O_CLOEXEC).as("close-on-exec").isNotZero();
            }
            assertThat(Fds.isOpen(number)).isFalse();
        }
        assertErrno(Errno.EBADF, () -> FileFd.adopt(NOT_OPEN));
        assertErrno(Errno.EBADF, () -> FileFd.borrow(NOT_OPEN));
        assertThatIllegalArgumentException().isThrownBy(() -> FileFd.adopt(-1)).withMessage("not a descriptor: -1");
        assertThatIllegalArgumentException().isThrownBy(() -> FileFd.borrow(-1));
    }

    @Test
    @DisplayName("a borrowed number stays open, and gets its O_NONBLOCK back, set or not")
    void shouldRestoreTheFlagWhenBorrowed() throws IOException {
        try (Pipe pipe = Pipe.open(); FileFd owner = pipe.reader().duplicate()) {
            for (boolean original : new boolean[] {false, true}) {
                owner.nonBlocking(original);
                FileFd borrowed = FileFd.borrow(owner.fd());
                borrowed.nonBlocking(!original);
                borrowed.nonBlocking(original);
                borrowed.nonBlocking(!original);
                assertThat(owner.isNonBlocking()).isEqualTo(!original);
                borrowed.acquire();
                borrowed.close();
                assertThat(owner.isNonBlocking()).as("while held").isEqualTo(!original);
                borrowed.release();
                assertThatIllegalStateException().isThrownBy(borrowed::available);
                assertThat(owner.isNonBlocking()).as("after close").isEqualTo(original);
            }
            try (FileFd borrowed = FileFd.borrow(owner.fd())) {
                borrowed.nonBlocking(true); // as it is
                owner.nonBlocking(false);
            }
            assertThat(owner.isNonBlocking()).as("not changed by the borrower").isFalse();
        }
    }

    @Test
    @DisplayName("two borrowers of one number: the last one that changed O_NONBLOCK restores the first value")
    void shouldRestoreTheFirstValueWhenBorrowedTwice() throws IOException {
        try (Pipe pipe = Pipe.open(); FileFd owner = pipe.reader().duplicate()) {
            for (boolean original : new boolean[] {false, true}) {
                owner.nonBlocking(original);
                FileFd first = FileFd.borrow(owner.fd());
                try (FileFd second = FileFd.borrow(owner.fd())) {
                    first.nonBlocking(!original);
                    second.nonBlocking(original);
                    first.close();
                    assertThat(owner.isNonBlocking()).as("as the second asked").isEqualTo(original);
                }
                assertThat(owner.isNonBlocking()).as("opposite wishes").isEqualTo(original);

                FileFd again = FileFd.borrow(owner.fd());
                try (FileFd second = FileFd.borrow(owner.fd())) {
                    again.nonBlocking(!original);
                    second.nonBlocking(!original);
                    again.close();
                    assertThat(second.isNonBlocking()).as("as the second asked").isEqualTo(!original);
                }
                assertThat(owner.isNonBlocking()).as("same wishes").isEqualTo(original);
            }
        }
    }

    @Test
    @DisplayName("fd 0 of a process: borrowed, read without blocking, and given back as it was")
    void shouldReadTheStandardInputWhenBorrowed() throws Exception {
        ChildJvm.Result result = ChildJvm.of(InputChild.class).run();

        assertThat(result.lines()).containsExactly("false", "true", "false");
    }

    /** Borrows fd 0. */
    static final class InputChild {
        public static void main(String[] args) throws IOException {
            try (FileFd input = FileFd.borrow(0)) {
                System.out.println(input.isNonBlocking());
                input.nonBlocking(true);
                System.out.println(input.isNonBlocking());
            }
            try (FileFd input = FileFd.borrow(0)) {
                System.out.println(input.isNonBlocking());
            }
        }
    }

    @Test
    void shouldNameTheKindWhenAsked() throws Exception {
        Path fifo = directory.resolve("fifo");
        Commands.run(directory, Map.of(), "mkfifo", fifo.toString());
        assertKind(FdKind.REGULAR, FileFd.open(directory.resolve("pipe:[1]"), O_RDWR | O_CREAT));
        assertKind(FdKind.DIRECTORY, FileFd.open(directory, O_RDONLY));
        assertKind(FdKind.CHARACTER_DEVICE, FileFd.open(Path.of("/dev/null"), O_RDONLY));
        assertKind(FdKind.PIPE, FileFd.open(fifo, O_RDONLY | O_NONBLOCK));
        Path deleted = directory.resolve("deleted");
        try (FileFd file = FileFd.open(deleted, O_RDWR | O_CREAT)) {
            Files.delete(deleted);
            assertThat(file.kind()).isEqualTo(FdKind.REGULAR);
        }
        assertErrno(Errno.EBADF, () -> FdKind.of(NOT_OPEN));
        assertKindOf(FdKind.EVENTFD, EventFd.open());
        assertKindOf(FdKind.TIMERFD, TimerFd.open());
        assertKindOf(FdKind.SIGNALFD, SignalFd.open(Signals.SIGUSR1));
        assertKindOf(FdKind.PIDFD, PidFd.of(ProcessHandle.current()));
        assertKindOf(FdKind.INOTIFY, Inotify.open());
        assertKindOf(FdKind.EPOLL, EpollInstance.open());
        try (SocketPair<UnixStream> pair = SocketPair.open(); FileFd socket = pair.first().duplicate()) {
            assertThat(socket.kind()).isEqualTo(FdKind.SOCKET);
        }
    }

    private static void assertKindOf(FdKind kind, OwnedFd owner) throws IOException {
        try (owner) {
            assertKind(kind, owner.duplicate());
        }
    }

    private static void assertKind(FdKind kind, FileFd file) throws IOException {
        try (file) {
            assertThat(file.kind()).isEqualTo(kind);
        }
    }

    @Test
    void shouldPassTheArgumentWhenIoctlIsCalled() throws IOException {
        try (Pipe pipe = Pipe.open(); FileFd reader = pipe.reader().duplicate()) {
            Arena arena = Arena.ofShared();
            long fionread = 0x541B;
            long fioclex = 0x5451;
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            pipe.write(ascii("abcde"));
            assertThat(reader.ioctl(fionread, count)).isZero();
            assertThat(count.get(ValueLayout.JAVA_INT, 0)).isEqualTo(5);
            assertThat(reader.ioctl(fioclex, 0)).isZero();
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> reader.ioctl(0x5401, count))
                    .withMessage("ioctl(0x5401, fd=" + reader.fd() + "): ENOTTY (Inappropriate ioctl for device)");
            assertErrno(Errno.EFAULT, () -> reader.ioctl(fionread, MemorySegment.NULL));
            long getPtyNumber = 0x80045430L;
            assertThatIllegalArgumentException().isThrownBy(() -> reader.ioctl(getPtyNumber, count.asSlice(0, 3)))
                    .withMessage("the request 0x80045430 is for 4 bytes, and the segment has 3");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> reader.ioctl(fionread, MemorySegment.ofArray(new int[1])));
            arena.close();
            assertThatIllegalStateException().isThrownBy(() -> reader.ioctl(fionread, count));
        }
    }

    @Test
    void shouldRefuseWhenClosed() throws IOException {
        FileFd file = FileFd.open(Path.of("/dev/null"), O_RDWR);
        file.close();
        file.close();

        assertThatIllegalStateException().isThrownBy(() -> file.read(ByteBuffer.allocate(1)))
                .withMessage("FileFd is closed");
        assertThatIllegalStateException().isThrownBy(() -> file.read(ByteBuffer.allocate(1), 0));
        assertThatIllegalStateException().isThrownBy(() -> file.write(ByteBuffer.allocate(1)));
        assertThatIllegalStateException().isThrownBy(() -> file.nonBlocking(true));
        assertThatIllegalStateException().isThrownBy(file::kind);
        assertThatIllegalStateException().isThrownBy(() -> file.ioctl(0, 0));
    }

    @Test
    void shouldSpellFlagsAsInC() {
        assertThat(OpenFlags.toString(O_RDONLY)).isEqualTo("O_RDONLY");
        assertThat(OpenFlags.toString(O_RDWR | O_CREAT | OpenFlags.O_SYNC)).isEqualTo("O_RDWR|O_CREAT|O_SYNC");
        assertThat(OpenFlags.toString(O_WRONLY | OpenFlags.O_DSYNC | 1 << 30))
                .isEqualTo("O_WRONLY|O_DSYNC|0x40000000");
        assertThat(OpenFlags.toString(3)).isEqualTo("0x3");
    }
}
