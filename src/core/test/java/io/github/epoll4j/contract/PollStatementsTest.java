package io.github.epoll4j.contract;

import static io.github.epoll4j.contract.Raw.assertErrno;
import static io.github.epoll4j.poll.PollFlags.POLLERR;
import static io.github.epoll4j.poll.PollFlags.POLLHUP;
import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLNVAL;
import static io.github.epoll4j.poll.PollFlags.POLLOUT;
import static io.github.epoll4j.poll.PollFlags.POLLPRI;
import static io.github.epoll4j.poll.PollFlags.POLLRDHUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.internal.gen.poll.poll_h;
import io.github.epoll4j.internal.gen.poll.pollfd;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** poll and ppoll, statement by statement. */
class PollStatementsTest {
    private static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");
    private static final long SYS_PPOLL = AARCH64 ? 73 : 271;
    private static final MemorySegment NONE = MemorySegment.NULL;
    private static final int ALL = POLLIN | POLLPRI | POLLOUT | POLLRDHUP;

    private Arena arena;
    private Pipe pipe;
    private PollFdArray fds;

    @BeforeEach
    void open() throws IOException {
        arena = Arena.ofConfined();
        pipe = Pipe.open();
        fds = PollFdArray.allocate(8);
    }

    @AfterEach
    void close() {
        fds.close();
        pipe.close();
        arena.close();
    }

    private int poll(int fd, int events) throws IOException {
        fds.add(fd, events);
        int ready = Poll.pollMillis(fds, 0);
        int revents = fds.revents(fds.size() - 1);
        assertThat(ready > 0).isEqualTo(revents != 0);
        fds.remove(fds.size() - 1);
        return revents;
    }

    private MemorySegment time(long seconds, long nanos) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, seconds, nanos);
    }

    private static String ppoll(MemorySegment fds, long count, MemorySegment time) {
        return Raw.name(Raw.call(errno -> poll_h.ppoll(errno, fds, count, time, NONE)));
    }

    @Test
    @DisplayName("poll01, poll03: OUT of the one end, IN of the other, HUP without a writer, each exactly")
    void shouldTellExactlyWhatIsSo() throws IOException {
        assertThat(poll(pipe.writeFd(), POLLOUT)).isEqualTo(POLLOUT);
        pipe.write(ByteBuffer.allocate(1));
        assertThat(poll(pipe.readFd(), POLLIN)).isEqualTo(POLLIN);
        pipe.read(ByteBuffer.allocate(1));
        pipe.closeWrite();
        assertThat(poll(pipe.readFd(), POLLIN)).isEqualTo(POLLHUP);
    }

    @Test
    @DisplayName("J9, K106, K107, poll04, ppoll01: d: negative numbers are skipped, a closed one is NVAL and counts")
    void shouldTellNvalWhenClosed() throws IOException {
        assertThat(poll(900, POLLIN)).isEqualTo(POLLNVAL);
        assertThat(poll(~pipe.writeFd(), POLLOUT)).isZero();
        fds.add(900, POLLIN);
        assertThat(Poll.poll(fds, Duration.ofNanos(1))).isOne();
        assertThat(fds.revents(0)).isEqualTo(POLLNVAL);
    }

    @Test
    @DisplayName("K108: ERR, HUP and NVAL come unasked")
    void shouldTellTroubleWhenNothingWasAskedFor() throws IOException {
        pipe.closeRead();
        assertThat(poll(pipe.writeFd(), 0)).isEqualTo(POLLERR);
        assertThat(poll(900, 0)).isEqualTo(POLLNVAL);
        try (Pipe other = Pipe.open()) {
            other.closeWrite();
            assertThat(poll(other.readFd(), 0)).isEqualTo(POLLHUP);
        }
    }

    @Test
    @DisplayName("J9, K109, C36, ppoll01: a: a regular file or a folder is always IN and OUT")
    void shouldTellReadyWhenTheFileIsRegular() throws IOException {
        try (OwnedFd folder = LibC.open("/")) {
            assertThat(poll(folder.fd(), ALL)).isEqualTo(POLLIN | POLLOUT);
        }
    }

    @Test
    @DisplayName("K110: a pipe has no RDHUP")
    void shouldNotTellRdhupWhenItIsAPipe() throws IOException {
        pipe.closeWrite();
        assertThat(poll(pipe.readFd(), ALL)).isEqualTo(POLLHUP);
    }

    @Test
    @DisplayName("K111: the result counts entries, not bits")
    void shouldCountEntriesWhenReady() throws Exception {
        Conditions conditions = new Conditions();
        try {
            fds.add(conditions.make("tcp", "peer half-closed"), ALL);
            fds.add(pipe.readFd(), POLLIN);
            assertThat(Poll.pollMillis(fds, 0)).isOne();
            assertThat(fds.revents(0)).isEqualTo(POLLIN | POLLOUT | POLLRDHUP);
        } finally {
            conditions.close();
        }
    }

    @Test
    @DisplayName("K116: OUT and HUP exclude each other for POSIX, not for Linux: a socket that was never connected")
    void shouldTellBothWhenNotConnected() throws Exception {
        Conditions conditions = new Conditions();
        try {
            assertThat(poll(conditions.make("tcp", "not connected"), ALL)).isEqualTo(POLLOUT | POLLHUP);
        } finally {
            conditions.close();
        }
    }

    @Test
    @DisplayName("K101, ppoll01: h: entries out of reach are EFAULT, if there are any")
    void shouldAnswerEfaultWhenTheEntriesAreOutOfReach() {
        MemorySegment unmapped = MemorySegment.ofAddress(8);
        assertThat(ppoll(unmapped, 1, time(0, 0))).isEqualTo("EFAULT");
        assertThat(ppoll(unmapped, 0, time(0, 0))).isEqualTo("0");
        assertThat(ppoll(LibC.BAD_POINTER, 1, time(0, 0))).isEqualTo("EFAULT");
        Kernel.assumeAtLeast(5, 10);
        assertThat(ppoll(LibC.BAD_POINTER, 0, time(0, 0))).as("beyond the address space").isEqualTo("EFAULT");
    }

    @Test
    @DisplayName("C2, K103, ppoll01: g: more entries than RLIMIT_NOFILE are EINVAL")
    void shouldAnswerEinvalWhenThereAreTooMany() throws IOException {
        assertThat(ppoll(NONE, -1, time(0, 0))).isEqualTo("EINVAL");
        long limit = Fds.limit();
        assumeTrue(limit < 1_000_000, "no such limit");
        try (PollFdArray many = PollFdArray.allocate((int) limit + 1)) {
            for (int i = 0; i <= limit; i++) {
                many.add(-1, POLLIN);
            }
            assertErrno(Errno.EINVAL, () -> Poll.pollMillis(many, 0));
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, -1", "0, 1000000000"})
    @DisplayName("K104, K112: a time that is none is EINVAL for ppoll; for poll a negative one is no limit")
    void shouldAnswerEinvalWhenTheTimeIsNone(long seconds, long nanos) {
        assertThat(ppoll(NONE, 0, time(seconds, nanos))).isEqualTo("EINVAL");
    }

    @Test
    @DisplayName("K105, K113: the raw ppoll wants a set of 8 bytes, and writes the time left, which the library hides")
    void shouldWriteTheTimeLeftWhenTheRawCallReturns() {
        MemorySegment set = arena.allocate(128);
        assertThat(Raw.name(LibC.call("syscall", SYS_PPOLL, NONE, 0L, time(0, 0), set, 128L))).isEqualTo("EINVAL");
        MemorySegment raw = time(0, 5_000_000);
        assertThat(LibC.call("syscall", SYS_PPOLL, NONE, 0L, raw, NONE, 8L)).isZero();
        assertThat(raw.getAtIndex(ValueLayout.JAVA_LONG, 1)).isZero();
        MemorySegment hidden = time(0, 5_000_000);
        assertThat(ppoll(NONE, 0, hidden)).isEqualTo("0");
        assertThat(hidden.getAtIndex(ValueLayout.JAVA_LONG, 1)).isEqualTo(5_000_000);
    }

    @Test
    @DisplayName("K114: struct pollfd has 8 bytes: an int and two shorts")
    void shouldHaveEightBytesWhenLaidOut() {
        assertThat(pollfd.SIZEOF).isEqualTo(8);
        assertThat(pollfd.fd$OFFSET).isZero();
        assertThat(pollfd.events$OFFSET).isEqualTo(4);
        assertThat(pollfd.revents$OFFSET).isEqualTo(6);
    }

    @Test
    @DisplayName("C106: 'revents & (POLLIN|POLLOUT) == 0' is never true in C: == binds tighter than &")
    void shouldNeverSkipWhenTheConditionIsAsPrinted(@TempDir Path folder) throws Exception {
        SymbolLookup oracle = Answers.oracle(folder);
        for (int revents : new int[] {0, POLLIN, POLLOUT, POLLIN | POLLOUT, POLLHUP}) {
            assertThat(LibC.call(oracle, "skips_as_printed", revents)).isZero();
            assertThat(LibC.call(oracle, "skips_as_meant", revents))
                    .isEqualTo((revents & (POLLIN | POLLOUT)) == 0 ? 1 : 0);
        }
    }
}
