package io.github.epoll4j.fd;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.fd.OpenFlags.O_NOCTTY;
import static io.github.epoll4j.fd.OpenFlags.O_NONBLOCK;
import static io.github.epoll4j.fd.OpenFlags.O_RDONLY;
import static io.github.epoll4j.fd.OpenFlags.O_RDWR;
import static io.github.epoll4j.fd.OpenFlags.O_WRONLY;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Descriptors that the library has no type for, as a user opens, reads and watches them. */
@Timeout(60)
class AnyDescriptorTest {
    private static final long TCGETS = 0x5401;
    private static final long TCSETS = 0x5402;
    private static final long TIOCGPTN = 0x80045430L;
    private static final long TIOCSPTLCK = 0x40045431L;
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    private static String read(FileFd file) throws ErrnoException {
        ByteBuffer buffer = ByteBuffer.allocate(100);
        int count = file.read(buffer);
        return count < 0 ? "end" : US_ASCII.decode(buffer.flip()).toString();
    }

    /** Opens the other end of a pseudo-terminal. */
    private static FileFd openOther(FileFd master) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(JAVA_INT);
            master.ioctl(TIOCSPTLCK, number); // 0 unlocks
            master.ioctl(TIOCGPTN, number);
            return FileFd.open(Path.of("/dev/pts/" + number.get(JAVA_INT, 0)), O_RDWR | O_NOCTTY | O_NONBLOCK);
        }
    }

    private static void clear(MemorySegment termios, long offset, int flags) {
        termios.set(JAVA_INT, offset, termios.get(JAVA_INT, offset) & ~flags);
    }

    /** The recipe of FileFd's documentation. */
    private static MemorySegment makeRaw(FileFd terminal, Arena arena) throws IOException {
        MemorySegment termios = arena.allocate(36, 4);
        terminal.ioctl(TCGETS, termios);
        MemorySegment before = arena.allocate(36, 4).copyFrom(termios);
        clear(termios, 0, 0x5eb);
        clear(termios, 4, 0x1);
        clear(termios, 12, 0x804b);
        terminal.ioctl(TCSETS, termios);
        return before;
    }

    @Test
    @DisplayName("a terminal gives whole lines and echoes; in raw mode it gives each byte, without an echo; and back")
    void shouldReadEachByteWhenATerminalIsRaw() throws IOException {
        try (FileFd master = FileFd.open(Path.of("/dev/ptmx"), O_RDWR | O_NOCTTY | O_NONBLOCK);
                FileFd terminal = openOther(master);
                EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(2);
                Arena arena = Arena.ofConfined()) {
            assertThat(master.kind()).isEqualTo(FdKind.TERMINAL);
            assertThat(terminal.kind()).isEqualTo(FdKind.TERMINAL);
            epoll.add(terminal, EPOLLIN, 1);
            master.write(ascii("ab"));
            assertThat(epoll.awaitMillis(events, 0)).as("half a line").isZero();
            master.write(ascii("c\n"));
            assertThat(epoll.await(events, LONG)).isOne();
            assertThat(read(terminal)).isEqualTo("abc\n");
            assertThat(read(master)).as("the echo").isEqualTo("abc\r\n");

            MemorySegment before = makeRaw(terminal, arena);

            master.write(ascii("\003"));
            assertThat(epoll.await(events, LONG)).isOne();
            assertThat(read(terminal)).as("no signal of it").isEqualTo("\003");
            assertThat(read(master)).as("no echo").isEmpty();
            terminal.ioctl(TCSETS, before);
            master.write(ascii("x"));
            assertThat(epoll.awaitMillis(events, 0)).isZero();
        }
    }

    @Test
    @DisplayName("read(2), write(2) EIO: a pseudo-terminal's master without the other end, and a terminal hung up")
    void shouldFailWhenTheOtherEndOfATerminalIsClosed() throws IOException {
        FileFd master = FileFd.open(Path.of("/dev/ptmx"), O_RDWR | O_NOCTTY | O_NONBLOCK);
        openOther(master).close();
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> read(master))
                .withMessage("read(fd=" + master.fd() + "): EIO (Input/output error)");
        try (FileFd terminal = openOther(master)) {
            master.close();
            assertThat(read(terminal)).isEqualTo("end");
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> terminal.write(ascii("a")))
                    .returns(Errno.EIO, ErrnoException::errno);
        }
    }

    @Test
    @DisplayName("some regular files of /proc can be watched")
    void shouldWatchARegularFileWhenTheKernelCanPollIt() throws IOException {
        try (EpollInstance epoll = EpollInstance.open();
                FileFd mounts = FileFd.open(Path.of("/proc/self/mounts"), O_RDONLY)) {
            assertThat(mounts.kind()).isEqualTo(FdKind.REGULAR);
            epoll.add(mounts, EPOLLIN);
            epoll.delete(mounts);
        }
    }

    @Test
    @DisplayName("a terminal, a FIFO and a netlink socket in one epoll; the refusal of a file is explained by its kind")
    void shouldWatchAnythingThatCanBeWatched() throws Exception {
        long descriptors = Fds.count();
        Path fifo = directory.resolve("fifo");
        Commands.run(directory, Map.of(), "mkfifo", fifo.toString());
        try (EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(8);
                FileFd master = FileFd.open(Path.of("/dev/ptmx"), O_RDWR | O_NOCTTY | O_NONBLOCK);
                FileFd terminal = openOther(master);
                FileFd reader = FileFd.open(fifo, O_RDONLY | O_NONBLOCK);
                FileFd netlink = FileFd.adopt(netlinkSocket());
                FileFd file = FileFd.open(Files.writeString(directory.resolve("file"), "text"), O_RDONLY)) {
            epoll.add(terminal, EPOLLIN, 1);
            epoll.add(reader, EPOLLIN, 2);
            epoll.add(netlink, EPOLLIN, 3);
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> epoll.add(file, EPOLLIN, 4))
                    .returns(Errno.EPERM, ErrnoException::errno)
                    .withMessageContaining("fd=" + file.fd() + " (a regular file)");
            assertThat(file.kind()).isEqualTo(FdKind.REGULAR).returns("a regular file", FdKind::description);
            assertThat(read(file)).as("always ready").isEqualTo("text");
            assertThat(epoll.awaitMillis(events, 0)).isZero();
            assertThat(read(reader)).as("no writer yet").isEqualTo("end");

            master.write(ascii("line\n"));
            assertThat(epoll.await(events, LONG)).isOne();
            assertThat(events.get(0)).isEqualTo(new EpollEvent(EPOLLIN, 1));
            assertThat(read(terminal)).isEqualTo("line\n");

            try (PipeWriter writer = PipeWriter.adopt(FileFd.open(fifo, O_WRONLY | O_NONBLOCK).detach())) {
                writer.write(ascii("bytes"));
                assertThat(epoll.await(events, LONG)).isOne();
                assertThat(events.get(0)).isEqualTo(new EpollEvent(EPOLLIN, 2));
                assertThat(read(reader)).isEqualTo("bytes");
                assertThat(read(reader)).as("would block").isEmpty();
            }
            assertThat(epoll.await(events, LONG)).isOne();
            assertThat(events.get(0)).isEqualTo(new EpollEvent(EPOLLHUP, 2));
            assertThat(read(reader)).isEqualTo("end");
            epoll.delete(reader.fd());

            netlink.nonBlocking(true);
            assertThat(netlink.kind()).isEqualTo(FdKind.SOCKET);
            netlink.write(getLoopback());
            assertThat(epoll.await(events, LONG)).isOne();
            assertThat(events.get(0)).isEqualTo(new EpollEvent(EPOLLIN, 3));
            ByteBuffer answer = ByteBuffer.allocate(8192).order(ByteOrder.nativeOrder());
            assertThat(netlink.read(answer)).isGreaterThan(16);
            assertThat(answer.getShort(4)).as("RTM_NEWLINK").isEqualTo((short) 16);
        }
        assertThat(Fds.count()).isEqualTo(descriptors);
    }

    private static int netlinkSocket() throws ErrnoException {
        int netlink = 16;
        int raw = 3;
        int closeOnExec = 0x80000;
        return ErrnoException.check(LibC.call("socket", netlink, raw | closeOnExec, 0), "socket", "AF_NETLINK");
    }

    /** RTM_GETLINK for interface 1, the loopback. */
    private static ByteBuffer getLoopback() {
        ByteBuffer request = ByteBuffer.allocate(32).order(ByteOrder.nativeOrder());
        request.putInt(0, 32).putShort(4, (short) 18).putShort(6, (short) 1).putInt(20, 1);
        return request;
    }
}
