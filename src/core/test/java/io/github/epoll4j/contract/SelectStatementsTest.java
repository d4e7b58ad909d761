package io.github.epoll4j.contract;

import static io.github.epoll4j.contract.Raw.assertErrno;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.internal.gen.select.select_h;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** select, statement by statement. */
class SelectStatementsTest {
    private static final long SYS_PSELECT6 = System.getProperty("os.arch").equals("aarch64") ? 72 : 270;
    private static final MemorySegment NONE = MemorySegment.NULL;
    private static final long SET_BYTES = 128;

    private Arena arena;
    private Pipe pipe;

    @BeforeEach
    void open() throws IOException {
        arena = Arena.ofConfined();
        pipe = Pipe.open();
    }

    @AfterEach
    void close() {
        pipe.close();
        arena.close();
    }

    private static FdSet set(int... fds) {
        FdSet set = FdSet.allocate();
        for (int fd : fds) {
            set.set(fd);
        }
        return set;
    }

    private MemorySegment rawSet(int fd) {
        MemorySegment set = arena.allocate(SET_BYTES, Long.BYTES);
        set.setAtIndex(ValueLayout.JAVA_LONG, fd / Long.SIZE, 1L << fd % Long.SIZE);
        return set;
    }

    private MemorySegment time(long seconds, long micros) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, seconds, micros);
    }

    private String select(int nfds, MemorySegment read, MemorySegment write, MemorySegment except, MemorySegment time) {
        return Raw.name(Raw.call(errno -> select_h.select(errno, nfds, read, write, except, time)));
    }

    private String pselect(int nfds, MemorySegment read, MemorySegment time) {
        return Raw.name(Raw.call(errno -> select_h.pselect(errno, nfds, read, NONE, NONE, time, NONE)));
    }

    @Test
    @DisplayName("C6: select tells, and takes nothing: the byte is there for the read that follows")
    void shouldLeaveTheDataWhenItTells() throws IOException {
        pipe.write(ByteBuffer.allocate(3));
        assertThat(Select.select(set(pipe.readFd()), null, null)).isOne();
        assertThat(Select.select(set(pipe.readFd()), null, null)).isOne();
        assertThat(pipe.read(ByteBuffer.allocate(10))).isEqualTo(3);
    }

    @Test
    @DisplayName("C9, K131, K132: the third set is for urgent data; an end and an error make readable and writable")
    void shouldUseTheFirstTwoSetsWhenThereIsAnError() throws Exception {
        Conditions conditions = new Conditions();
        try {
            assertThat(Answers.ofJava(conditions.make("tcp", "reset")).select()).isEqualTo("RW");
            assertThat(Answers.ofJava(conditions.make("tcp", "urgent byte")).select()).isEqualTo("WX");
            assertThat(Answers.ofJava(conditions.make("tcp", "peer half-closed")).select()).isEqualTo("RW");
            assertThat(Answers.ofJava(conditions.make("pipe writer", "reader gone")).select()).isEqualTo("RW");
        } finally {
            conditions.close();
        }
    }

    @Test
    @DisplayName("C10, K135: three sets of null and a time are a sleep")
    void shouldSleepWhenThereAreNoSets() throws IOException {
        long start = System.nanoTime();
        assertThat(Select.select(null, null, null, Duration.ofMillis(20))).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
    }

    @Test
    @DisplayName("C11: the first argument is the highest number and one: with the number itself it is overlooked")
    void shouldOverlookTheHighestWhenNfdsIsItsNumber() throws IOException {
        pipe.write(ByteBuffer.allocate(1));
        int fd = pipe.readFd();
        assertThat(select(fd, rawSet(fd), NONE, NONE, time(0, 0))).isEqualTo("0");
        assertThat(select(fd + 1, rawSet(fd), NONE, NONE, time(0, 0))).isEqualTo("1");
    }

    @Test
    @DisplayName("S16-4, C17: descriptors come and go, and the set knows its highest")
    void shouldKnowTheHighestWhenDescriptorsComeAndGo() {
        FdSet set = set(3, 70, 900);
        assertThat(set.highest()).isEqualTo(900);
        set.clear(900);
        assertThat(set.highest()).isEqualTo(70);
        set.clear(70);
        set.clear(3);
        assertThat(set.highest()).isEqualTo(-1);
    }

    @Test
    @DisplayName("C13, K125, select01: a file, two ends of a pipe, and a FIFO of both directions: 1, 2, 2 bits")
    void shouldCountBitsWhenReady() throws IOException {
        Path folder = Files.createTempDirectory("epoll4j");
        Path file = Files.createFile(folder.resolve("file"));
        Path fifo = folder.resolve("fifo");
        assertThat(LibC.call("mkfifo", fifo.toString(), 0600)).isZero();
        try (OwnedFd regular = LibC.open(file.toString());
                OwnedFd both = LibC.open(fifo.toString(), LibC.O_RDWR_QUIET)) {
            pipe.write(ByteBuffer.allocate(1));
            assertThat(LibC.call("write", both.fd(), "x", 1L)).isOne();
            assertThat(Select.selectMillis(set(regular.fd()), null, null, 100)).isOne();
            assertThat(Select.selectMillis(set(pipe.readFd()), set(pipe.writeFd()), null, 100)).isEqualTo(2);
            assertThat(Select.selectMillis(set(both.fd()), set(both.fd()), null, 100)).isEqualTo(2);
        } finally {
            Files.delete(fifo);
            Files.delete(file);
            Files.delete(folder);
        }
    }

    @Test
    @DisplayName("C4, K124, select04: on timeout the bits are cleared")
    void shouldClearTheBitsWhenNothingIsReady() throws IOException {
        pipe.write(ByteBuffer.allocate(pipe.capacity()));
        FdSet write = set(pipe.writeFd());
        assertThat(Select.selectMillis(null, write, null, 0)).isZero();
        assertThat(write.count()).isZero();
        pipe.read(ByteBuffer.allocate(pipe.capacity()));
        FdSet read = set(pipe.readFd());
        assertThat(Select.selectMillis(read, null, null, 0)).isZero();
        assertThat(read.count()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    @DisplayName("K118, select03, pselect02: a closed descriptor in any of the sets is EBADF, and the sets stay")
    void shouldAnswerEbadfWhenADescriptorIsClosed(int which) {
        FdSet[] sets = new FdSet[3];
        sets[which] = set(900);
        assertErrno(Errno.EBADF, () -> Select.selectMillis(sets[0], sets[1], sets[2], 0));
        assertErrno(Errno.EBADF, () -> Select.select(sets[0], sets[1], sets[2], Duration.ofNanos(1)));
        assertThat(sets[which].isSet(900)).isTrue();
    }

    @Test
    @DisplayName("K120, select03, pselect02: a negative count is EINVAL")
    void shouldAnswerEinvalWhenTheCountIsNegative() {
        assertThat(select(-1, NONE, NONE, NONE, time(0, 0))).isEqualTo("EINVAL");
        assertThat(pselect(-1, NONE, time(0, 0))).isEqualTo("EINVAL");
    }

    @Test
    @DisplayName("K121: a count above RLIMIT_NOFILE is no EINVAL, as is written: it is cut down")
    void shouldCutTheCountWhenItIsTooLarge() {
        assertThat(select(100_000_000, NONE, NONE, NONE, time(0, 0))).isEqualTo("0");
        assertThat(pselect(100_000_000, NONE, time(0, 0))).isEqualTo("0");
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, -1"})
    @DisplayName("K122, pselect02: a negative time is EINVAL; for pselect a second of nanoseconds too")
    void shouldAnswerEinvalWhenTheTimeIsNone(long seconds, long rest) {
        assertThat(select(0, NONE, NONE, NONE, time(seconds, rest))).isEqualTo("EINVAL");
        assertThat(pselect(0, NONE, time(seconds, rest))).isEqualTo("EINVAL");
        assertThat(pselect(0, NONE, time(0, 1_000_000_000))).isEqualTo("EINVAL");
    }

    @Test
    @DisplayName("K123, select03: a bad pointer to a set or to the time is EFAULT")
    void shouldAnswerEfaultWhenAPointerIsBad() {
        MemorySegment bad = LibC.BAD_POINTER;
        assertThat(select(10, bad, NONE, NONE, time(0, 0))).isEqualTo("EFAULT");
        assertThat(select(10, NONE, bad, NONE, time(0, 0))).isEqualTo("EFAULT");
        assertThat(select(10, NONE, NONE, bad, time(0, 0))).isEqualTo("EFAULT");
        // the C library reads the time itself, so the raw call is asked
        assertThat(Raw.name(LibC.call("syscall", SYS_PSELECT6, 0L, NONE, NONE, NONE, bad, NONE))).isEqualTo("EFAULT");
    }

    @Test
    @DisplayName("K130: the raw pselect6 takes a pointer to a pair: the signal set, and its size of 8")
    void shouldTakeAPairWhenTheRawCallIsMade() {
        MemorySegment signals = arena.allocate(Long.BYTES, Long.BYTES);
        assertThat(pselect6(arena.allocateFrom(ValueLayout.JAVA_LONG, signals.address(), 8))).isEqualTo("0");
        assertThat(pselect6(arena.allocateFrom(ValueLayout.JAVA_LONG, signals.address(), 128))).isEqualTo("EINVAL");
        assertThat(pselect6(arena.allocateFrom(ValueLayout.JAVA_LONG, 8, 8))).as("no set").isEqualTo("EFAULT");
    }

    private String pselect6(MemorySegment pair) {
        return Raw.name(LibC.call("syscall", SYS_PSELECT6, 0L, NONE, NONE, NONE, time(0, 0), pair));
    }

    @Test
    @DisplayName("pselect03: a time of zero returns")
    void shouldReturnWhenTheTimeIsZero() {
        assertThat(pselect(pipe.readFd() + 1, rawSet(pipe.readFd()), time(0, 0))).isEqualTo("0");
    }

    @Test
    @DisplayName("K128, C59: microseconds beyond a second are carried over")
    void shouldCarryTheMicrosecondsWhenThereAreTooMany() {
        long start = System.nanoTime();
        assertThat(select(0, NONE, NONE, NONE, time(0, 1_020_000))).isEqualTo("0");
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_020_000_000);
    }

    @Test
    @DisplayName("C15, K129: Linux writes the time that is left: less than was given, 0 after a timeout")
    void shouldWriteTheTimeLeftWhenItReturns() throws IOException {
        MemorySegment time = time(100, 0);
        pipe.write(ByteBuffer.allocate(1));
        assertThat(select(pipe.readFd() + 1, rawSet(pipe.readFd()), NONE, NONE, time)).isEqualTo("1");
        assertThat(time.get(ValueLayout.JAVA_LONG, 0)).isBetween(0L, 99L);

        MemorySegment over = time(0, 5000);
        assertThat(select(0, NONE, NONE, NONE, over)).isEqualTo("0");
        assertThat(over.get(ValueLayout.JAVA_LONG, 0)).isZero();
        assertThat(over.get(ValueLayout.JAVA_LONG, Long.BYTES)).isZero();
    }

    @Test
    @DisplayName("C1, C19, K126: 1024 is the C library's: the kernel takes a number of 1500, in a set that holds it")
    void shouldTakeALargerNumberWhenTheSetHoldsIt() throws IOException {
        assumeTrue(Fds.limit() > 1600, "too few descriptors");
        pipe.write(ByteBuffer.allocate(1));
        try (OwnedFd high = LibC.duplicateTo(pipe.readFd(), 1500)) {
            FdSet set = FdSet.allocate(2048);
            set.set(high.fd());
            assertThat(Select.selectMillis(set, null, null, 0)).isOne();
            assertThat(set.next(0)).isEqualTo(high.fd());
        }
    }

    @Test
    @DisplayName("K127: beyond the table of descriptors the kernel neither reports nor clears a bit")
    void shouldLeaveStaleBitsWhenBeyondTheTable() throws IOException {
        int tableSize = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("FDSize:"))
                .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
        int beyond = tableSize + 64;
        MemorySegment set = arena.allocate((beyond / Long.SIZE + 1) * Long.BYTES, Long.BYTES);
        long bit = 1L << beyond % Long.SIZE;
        set.setAtIndex(ValueLayout.JAVA_LONG, beyond / Long.SIZE, bit);

        assertThat(select(beyond + 1, set, NONE, NONE, time(0, 0))).isEqualTo("0");
        assertThat(set.getAtIndex(ValueLayout.JAVA_LONG, beyond / Long.SIZE)).as("still set").isEqualTo(bit);
    }

    @Test
    @DisplayName("C20: select tells how many are ready and not which: one looks at every number up to the one that is")
    void shouldLookAtEachWhenItIsASet() throws IOException {
        try (EventFd counter = EventFd.open(1); OwnedFd high = LibC.duplicateTo(counter.fd(), 500)) {
            int fd = high.fd();
            MemorySegment ready = rawSet(fd);
            assertThat(select(fd + 1, ready, NONE, NONE, time(0, 0))).isEqualTo("1");
            int looks = 1;
            while (!isSet(ready, looks - 1)) {
                looks++;
            }
            assertThat(looks).as("for one that is ready").isEqualTo(fd + 1);
        }
    }

    @Test
    @DisplayName("C22: one select finds what trying to read from each of 500 finds with the last call")
    void shouldFindItInOneCallWhenAllAreInTheSet() throws IOException {
        assumeTrue(Fds.limit() > 700, "too few descriptors");
        List<EventFd> counters = new ArrayList<>();
        try {
            FdSet set = FdSet.allocate(2048);
            for (int i = 0; i < 500; i++) {
                counters.add(EventFd.open());
                set.set(counters.get(i).fd());
            }
            counters.getLast().write(1);
            assertThat(Select.selectMillis(set, null, null, 0)).isOne();
            assertThat(set.next(0)).isEqualTo(counters.getLast().fd());

            int reads = 1;
            while (counters.get(reads - 1).read() == 0) {
                reads++;
            }
            assertThat(reads).isEqualTo(500);
        } finally {
            counters.forEach(EventFd::close);
        }
    }

    /** FD_ISSET. */
    private static boolean isSet(MemorySegment set, int fd) {
        return (set.getAtIndex(ValueLayout.JAVA_LONG, fd / Long.SIZE) & 1L << fd % Long.SIZE) != 0;
    }
}
