package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.LibC;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.epoll.EpollParams;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.TimerFd;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.gen.eventfd.eventfd_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixMessageSocket;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The neighbours of the three calls: eventfd, timerfd, busy polling, and the remarks of the readiness table. */
@Timeout(60)
class NeighbourStatementsTest {
    private static final int CAP_NET_ADMIN = 12;
    private static final int CAP_WAKE_ALARM = 35;

    private EpollInstance epoll;
    private EpollEventArray events;

    @BeforeEach
    void open() throws IOException {
        epoll = EpollInstance.open();
        events = EpollEventArray.allocate(4);
    }

    @AfterEach
    void close() {
        events.close();
        epoll.close();
    }

    @Test
    @DisplayName("K145, K149, eventfd03, eventfd04: readable above 0, writable below the greatest, asked by select")
    void shouldBeReadyByItsValueWhenSelected() throws IOException {
        try (EventFd counter = EventFd.open()) {
            assertThat(select(counter.fd())).isEqualTo("W");
            counter.write(1);
            assertThat(select(counter.fd())).isEqualTo("RW");
            assertThat(counter.write(-3L)).as("2^64 - 3 more").isTrue();
            assertThat(counter.write(1)).as("would pass 2^64 - 2").isFalse();
            assertThat(select(counter.fd())).isEqualTo("R");
            assertThat(counter.read()).isEqualTo(EventFd.MAX_VALUE);
        }
    }

    private static String select(int fd) throws IOException {
        FdSet read = FdSet.allocate();
        read.set(fd);
        FdSet write = read.copy();
        Select.selectMillis(read, write, null, 0);
        return (read.isSet(fd) ? "R" : "") + (write.isSet(fd) ? "W" : "");
    }

    @Test
    @DisplayName("K145, eventfd01, eventfd02: fewer than 8 bytes are EINVAL, and so are flags that do not exist")
    void shouldAnswerEinvalWhenTheBytesAreTooFew() throws IOException {
        try (EventFd counter = EventFd.open(1); Arena arena = Arena.ofConfined()) {
            MemorySegment four = arena.allocate(4);
            assertThat(Raw.name(LibC.call("read", counter.fd(), four, 4L))).isEqualTo("EINVAL");
            assertThat(Raw.name(LibC.call("write", counter.fd(), four, 4L))).isEqualTo("EINVAL");
            assertThat(Raw.name(Raw.call(errno -> eventfd_h.eventfd(errno, 0, -1)))).isEqualTo("EINVAL");
        }
    }

    @Test
    @DisplayName("K150: under edge an eventfd need not be read: each write is an event, two before one wait are one")
    void shouldReportEachWriteWhenUnread() throws IOException {
        try (EventFd counter = EventFd.open()) {
            epoll.add(counter.fd(), EPOLLIN | EPOLLET);
            for (int i = 0; i < 3; i++) {
                counter.write(1);
                assertThat(epoll.awaitMillis(events, 0)).isOne();
            }
            counter.write(1);
            counter.write(1);
            assertThat(epoll.awaitMillis(events, 0)).isOne();
            assertThat(epoll.awaitMillis(events, 0)).isZero();
        }
    }

    @Test
    @DisplayName("K153: a time of {0, 0} disarms a timer, and a nanosecond fires at once")
    void shouldDisarmWhenTheTimeIsZero() throws IOException {
        try (TimerFd timer = TimerFd.open()) {
            epoll.add(timer.fd(), EPOLLIN);
            timer.after(Duration.ofHours(1));
            timer.cancel();
            assertThat(timer.remaining()).isZero();
            timer.after(Duration.ofNanos(1));
            assertThat(epoll.awaitMillis(events, 20_000)).isOne();
            assertThat(timer.read()).isOne();
        }
    }

    private String params(long request, int fd, int usecs, int budget, int prefer, int pad) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = arena.allocate(8, 4);
            params.set(ValueLayout.JAVA_INT, 0, usecs);
            params.set(ValueLayout.JAVA_SHORT, 4, (short) budget);
            params.set(ValueLayout.JAVA_BYTE, 6, (byte) prefer);
            params.set(ValueLayout.JAVA_BYTE, 7, (byte) pad);
            return Raw.name(Raw.call(errno -> unistd_h.ioctl(errno, fd, request, params)));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0, 1, EINVAL", "-2147483648, 0, 0, 0, EINVAL", "0, 0, 2, 0, EINVAL", "64, 8, 1, 0, 0"})
    @DisplayName("K137, K138, K139: EPIOCSPARAMS: EINVAL for the pad, 2^31 microseconds and more, prefer above 1")
    void shouldRefuseTheParametersWhenOutOfRange(int usecs, int budget, int prefer, int pad, String expected) {
        Kernel.assumeAtLeast(6, 9);
        assertThat(params(epoll_h.EPIOCSPARAMS, epoll.fd(), usecs, budget, prefer, pad)).isEqualTo(expected);
    }

    @Test
    @DisplayName("K141: a budget above 64 is EPERM without CAP_NET_ADMIN, which a thread can lay down for itself")
    void shouldRefuseTheBudgetWhenWithoutTheRight() throws Exception {
        Kernel.assumeAtLeast(6, 9);
        int epfd = epoll.fd();
        FutureTask<List<String>> stripped = Waiters.start(() -> {
            drop(CAP_NET_ADMIN);
            return List.of(params(epoll_h.EPIOCSPARAMS, epfd, 64, 65, 0, 0),
                    params(epoll_h.EPIOCSPARAMS, epfd, 64, 64, 0, 0));
        });
        assertThat(stripped.get(20, TimeUnit.SECONDS)).containsExactly("EPERM", "0");
    }

    @Test
    @DisplayName("K146: timerfd_create of an alarm clock is EPERM without CAP_WAKE_ALARM")
    void shouldRefuseTheAlarmWhenWithoutTheRight() throws Exception {
        int clockBoottimeAlarm = 9;
        FutureTask<String> stripped = Waiters.start(() -> {
            drop(CAP_WAKE_ALARM);
            return Raw.name(LibC.call("timerfd_create", clockBoottimeAlarm, 0));
        });
        assertThat(stripped.get(20, TimeUnit.SECONDS)).isEqualTo("EPERM");
    }

    /** Takes a right from this thread alone: capabilities are each thread's own. */
    private static void drop(int capability) {
        int version3 = 0x20080522;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment header = arena.allocateFrom(ValueLayout.JAVA_INT, version3, 0);
            MemorySegment sets = arena.allocate(24, 4);
            assertThat(LibC.call("capget", header, sets)).isZero();
            int at = capability / 32 * 12; // effective, permitted and inheritable for each 32
            sets.set(ValueLayout.JAVA_INT, at, sets.get(ValueLayout.JAVA_INT, at) & ~(1 << capability % 32));
            assertThat(LibC.call("capset", header, sets)).isZero();
        }
    }

    @Test
    @DisplayName("K140, K142, K143, K144: EINVAL for another request, EFAULT, ENOTTY for what is no epoll; 0 at first")
    void shouldRefuseTheRequestWhenItIsAnother() throws IOException {
        Kernel.assumeAtLeast(6, 9);
        int epfd = epoll.fd();
        long get = epoll_h.EPIOCGPARAMS;
        assertThat(params(get + 7, epfd, 0, 0, 0, 0)).isEqualTo("EINVAL");
        assertThat(Raw.name(Raw.call(errno -> unistd_h.ioctl(errno, epfd, get, LibC.BAD_POINTER)))).isEqualTo("EFAULT");
        try (EventFd counter = EventFd.open(); SocketPair<UnixStream> pair = SocketPair.open()) {
            assertThat(params(get, counter.fd(), 0, 0, 0, 0)).isEqualTo("ENOTTY");
            assertThat(params(get, pair.first().fd(), 0, 0, 0, 0)).isEqualTo("ENOTTY");
        }
        assertThat(epoll.params()).as("the defaults").isEqualTo(new EpollParams(0, 0, false));
    }

    @Test
    @DisplayName("K98, J10: what came before a reset can be read on TCP; then comes the error")
    void shouldReadTheRestWhenReset() throws Exception {
        Conditions conditions = new Conditions();
        try (Arena arena = Arena.ofConfined()) {
            int fd = conditions.make("tcp", "data and reset");
            MemorySegment buffer = arena.allocate(8);
            assertThat(Raw.name(LibC.call("read", fd, buffer, 8L))).isEqualTo("1");
            assertThat(Raw.name(LibC.call("read", fd, buffer, 8L))).isEqualTo("ECONNRESET");
            assertThat(Raw.name(LibC.call("read", fd, buffer, 8L))).isEqualTo("0");
        } finally {
            conditions.close();
        }
    }

    @Test
    @DisplayName("K98, J10: a Unix peer that closes with bytes unread resets: ECONNRESET, once")
    void shouldReadResetWhenTheUnixPeerLeftBytesUnread() throws Exception {
        Conditions conditions = new Conditions();
        try (Arena arena = Arena.ofConfined()) {
            int fd = conditions.make("unix stream", "reset");
            assertThat(Raw.name(LibC.call("read", fd, arena.allocate(8), 8L))).isEqualTo("ECONNRESET");
            assertThat(Raw.name(LibC.call("read", fd, arena.allocate(8), 8L))).isEqualTo("0");
        } finally {
            conditions.close();
        }
    }

    @Test
    @DisplayName("K98: an empty datagram is IN, and 0 bytes that are no end; C65: data before the FIN can be read")
    void shouldReadWhatIsThereWhenTheMaskSaysIn() throws Exception {
        Conditions conditions = new Conditions();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(8);
            int udp = conditions.make("udp", "empty datagram");
            assertThat(Raw.name(LibC.call("read", udp, buffer, 8L))).isEqualTo("0");
            assertThat(Raw.name(LibC.call("read", udp, buffer, 8L))).isEqualTo("EAGAIN");
            int tcp = conditions.make("tcp", "data and peer half-closed");
            assertThat(Raw.name(LibC.call("read", tcp, buffer, 8L))).isEqualTo("1");
            assertThat(Raw.name(LibC.call("read", tcp, buffer, 8L))).isEqualTo("0");
        } finally {
            conditions.close();
        }
    }

    @Test
    @DisplayName("readiness table: errors that its remarks name")
    void shouldFailAsRemarkedWhenUsed() throws Exception {
        Conditions conditions = new Conditions();
        try (SocketPair<UnixMessageSocket> pair = SocketPair.openDatagram(); Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(8);
            int master = conditions.make("terminal", "master, slave gone");
            assertThat(Raw.name(LibC.call("read", master, buffer, 1L))).isEqualTo("EIO");
            int slave = conditions.make("terminal", "slave, master gone");
            assertThat(Raw.name(LibC.call("read", slave, buffer, 1L))).isEqualTo("0");
            assertThat(Raw.name(LibC.call("write", slave, buffer, 1L))).isEqualTo("EIO");
            pair.second().close();
            Raw.assertErrno(Errno.ECONNREFUSED, () -> pair.first().write(ByteBuffer.allocate(1)));
            int udp = conditions.make("udp", "refused");
            assertThat(Raw.name(LibC.call("read", udp, buffer, 1L))).isEqualTo("ECONNREFUSED");
            assertThat(Conditions.await(udp, EPOLLOUT)).as("the error was read").isEqualTo(EPOLLOUT);
        } finally {
            conditions.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp listener, shut, accept, EINVAL", "unix listener, shut, accept, EAGAIN",
        "unix datagram, own half-closed, write, EPIPE", "udp, own half-closed, write, EPIPE",
        "tcp, own half-closed, write, EPIPE", "pipe writer, reader gone, write, EPIPE",
        "unix seqpacket, peer half-closed, read, 0", "tcp, own reading shut, read, 0", "eventfd, full, write, EAGAIN"})
    @DisplayName("K98: readiness says that a call would not block, not that it would succeed")
    void shouldAnswerAsRemarkedWhenCalled(String kind, String condition, String call, String answer) throws Exception {
        Conditions conditions = new Conditions();
        try (Arena arena = Arena.ofConfined()) {
            int fd = conditions.make(kind, condition);
            MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1);
            int result = call.equals("accept") ? LibC.call("accept4", fd, MemorySegment.NULL, MemorySegment.NULL, 0x800)
                    : LibC.call(call, fd, one, 8L);
            assertThat(Raw.name(result)).isEqualTo(answer);
        } finally {
            conditions.close();
        }
    }

    @Test
    @DisplayName("C35, C78: the library is for Linux, and all that it opens is non-blocking, so that no drain blocks")
    void shouldNotBlockWhenThereIsNothing() throws IOException {
        assertThat(System.getProperty("os.name")).isEqualTo("Linux");
        assertThatIllegalArgumentException().isThrownBy(() -> epoll.await(events, Duration.ofNanos(-1)));
        try (EventFd counter = EventFd.open(); SocketPair<UnixStream> pair = SocketPair.open()) {
            assertThat(counter.read()).isZero();
            assertThat(pair.first().read(ByteBuffer.allocate(1))).isZero();
        }
    }
}
