package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.LibC;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.internal.gen.message.cmsghdr;
import io.github.epoll4j.internal.gen.message.iovec;
import io.github.epoll4j.internal.gen.message.msghdr;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixMessageSocket;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Level, edge and one-shot: the scenarios that textbooks tell. */
@Timeout(60)
class TriggerTest {
    private static final int LEVEL = 0;
    private static final long FIONREAD = 0x541B;

    private final MemorySegment count = Arena.ofAuto().allocate(JAVA_INT);

    private EpollInstance epoll;
    private EpollEventArray events;
    private Pipe pipe;

    @BeforeEach
    void open() throws IOException {
        epoll = EpollInstance.open();
        events = EpollEventArray.allocate(4);
        pipe = Pipe.open();
    }

    @AfterEach
    void close() {
        pipe.close();
        events.close();
        epoll.close();
    }

    private int look() throws IOException {
        return epoll.awaitMillis(events, 0);
    }

    private void write(int bytes) throws IOException {
        assertThat(pipe.write(ByteBuffer.allocate(bytes))).isEqualTo(bytes);
    }

    private int read(int bytes) throws IOException {
        return pipe.read(ByteBuffer.allocate(bytes));
    }

    @Test
    @DisplayName("C77, C76, C73: 2 KB written, 1 KB read, under edge: the wait that follows would last for ever")
    void shouldSayNothingWhenHalfIsReadUnderEdge() throws IOException {
        epoll.add(pipe.readFd(), EPOLLIN | EPOLLET);
        write(2048);
        assertThat(look()).isOne();
        assertThat(read(1024)).isEqualTo(1024);
        assertThat(epoll.awaitMillis(events, 30)).isZero();

        epoll.modify(pipe.readFd(), EPOLLIN | EPOLLET);
        assertThat(look()).as("MOD reports what is left").isOne();
        write(1);
        assertThat(look()).as("and so does what comes").isOne();
    }

    @Test
    @DisplayName("C77, C72: 2 KB written, 1 KB read, under level: reported again until all is read")
    void shouldSayMoreWhenHalfIsReadUnderLevel() throws IOException {
        epoll.add(pipe.readFd(), EPOLLIN);
        write(2048);
        assertThat(look()).isOne();
        read(1024);
        assertThat(look()).isOne();
        read(1024);
        assertThat(look()).isZero();
    }

    @ParameterizedTest(name = "trigger {0}, drained {1}: {2} events")
    @CsvSource({"0, false, 7", "-2147483648, true, 1", "-2147483648, false, 1"})
    @DisplayName("C71, C87: 26 bytes with reads of 4: level 7 events, edge 1, which hangs unless one reads to the end")
    void shouldReportByTriggerWhenReadsAreSmall(int trigger, boolean drain, int expected) throws IOException {
        epoll.add(pipe.readFd(), EPOLLIN | trigger);
        write(26);
        int count = 0;
        int bytes = 0;
        while (count < 26 && look() == 1) {
            count++;
            int read;
            do {
                read = read(4);
                bytes += read;
            } while (drain && read > 0);
        }
        assertThat(count).isEqualTo(expected);
        assertThat(bytes).as("what was read").isEqualTo(trigger == LEVEL || drain ? 26 : 4);
    }

    @Test
    @DisplayName("C71: level and edge live in one instance, descriptor by descriptor")
    void shouldKeepBothWhenMixed() throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            pair.second().write(ByteBuffer.allocate(1));
            write(1);
            epoll.add(pipe.readFd(), EPOLLIN | EPOLLET);
            epoll.add(pair.first().fd(), EPOLLIN);
            assertThat(look()).isEqualTo(2);
            assertThat(look()).isOne();
            assertThat(events.data(0)).isEqualTo(pair.first().fd());
        }
    }

    @ParameterizedTest(name = "trigger {0}: {1} events")
    @CsvSource({"0, 9", "-2147483648, 3"})
    @DisplayName("C74: the signal 0000111000111000111, with a look at each digit: level 9 events, edge 3")
    void shouldFollowTheSignalWhenLookedAtEachDigit(int trigger, int expected) throws IOException {
        epoll.add(pipe.readFd(), EPOLLIN | trigger);
        int count = 0;
        boolean high = false;
        for (char digit : "0000111000111000111".toCharArray()) {
            if (digit == '1' && !high) {
                write(1);
            } else if (digit == '0' && high) {
                read(1);
            }
            high = digit == '1';
            count += look();
        }
        assertThat(count).isEqualTo(expected);
    }

    @Test
    @DisplayName("C74: without a look in between several edges are one event, and one that is over is none")
    void shouldMergeEdgesWhenNobodyLooks() throws IOException {
        epoll.add(pipe.readFd(), EPOLLIN | EPOLLET);
        write(1);
        read(1);
        write(1);
        assertThat(look()).isOne();
        read(1);
        write(1);
        read(1);
        assertThat(look()).isZero();
    }

    @Test
    @DisplayName("C73, K89, K90: the edge is new activity, not the change from 0 to 1: a second chunk is reported too")
    void shouldReportAgainWhenMoreComes() throws Exception {
        Kernel.assumeAtLeast(5, 14);
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            epoll.add(pair.first().fd(), EPOLLIN | EPOLLET);
            epoll.add(pipe.readFd(), EPOLLIN | EPOLLET);
            for (int i = 0; i < 3; i++) {
                pair.second().write(ByteBuffer.allocate(1));
                write(1);
                assertThat(look()).isEqualTo(2);
                assertThat(look()).isZero();
            }
        }
    }

    @Test
    @DisplayName("C75, C72: select and poll report until the buffer is empty")
    void shouldReportByLevelWhenAskedBySelectOrPoll() throws IOException {
        try (PollFdArray fds = PollFdArray.allocate(1)) {
            fds.add(pipe.readFd(), PollFlags.POLLIN);
            write(2);
            for (int left = 2; left >= 0; left--) {
                FdSet set = FdSet.allocate();
                set.set(pipe.readFd());
                assertThat(Select.selectMillis(set, null, null, 0)).isEqualTo(left > 0 ? 1 : 0);
                assertThat(Poll.pollMillis(fds, 0)).isEqualTo(left > 0 ? 1 : 0);
                read(1);
            }
        }
    }

    @Test
    @DisplayName("C78: a blocking descriptor is taken under edge, and a loop that reads to the end stays in the read")
    void shouldStayInTheReadWhenTheDescriptorBlocks() throws Exception {
        int setFlags = 4;
        assertThat(LibC.call("fcntl", pipe.readFd(), setFlags, 0)).isZero();
        epoll.add(pipe.readFd(), EPOLLIN | EPOLLET);
        write(1);
        assertThat(look()).isOne();
        FutureTask<Integer> drain = Waiters.start(() -> {
            int reads = 0;
            while (read(1) > 0) {
                reads++;
            }
            return reads;
        });
        for (int i = 0; i < 3; i++) {
            Waiters.awaitBlockedInRead(drain);
            write(1);
        }
        Waiters.awaitBlockedInRead(drain);
        pipe.closeWrite();
        assertThat(drain.get(20, TimeUnit.SECONDS)).as("until the end of the stream").isEqualTo(4);
    }

    @Test
    @DisplayName("epoll_wait06: edge on both ends of a pipe of one page: half read is not writable, read to the end is")
    void shouldReportEachEdgeWhenAPipeIsFilledAndEmptied() throws IOException {
        int setPipeSize = 1031;
        assertThat(LibC.call("fcntl", pipe.writeFd(), setPipeSize, 4096)).isEqualTo(pipe.capacity());
        epoll.add(pipe.readFd(), EPOLLIN | EPOLLET, 0);
        epoll.add(pipe.writeFd(), EPOLLOUT | EPOLLET, 1);
        assertThat(look()).as("room from the start").isOne();
        write(pipe.capacity());
        assertThat(pipe.write(ByteBuffer.allocate(1))).isZero();
        assertThat(look()).isOne();
        assertThat(events.data(0)).isZero();
        read(pipe.capacity() / 2);
        assertThat(look()).as("half read").isZero();
        read(pipe.capacity() / 2);
        assertThat(read(1)).isZero();
        assertThat(look()).isOne();
        assertThat(events.data(0)).isOne();
        assertThat(look()).as("said once").isZero();
    }

    @Test
    @DisplayName("C69, C91, epoll_wait07: one-shot: the second message is silent, MOD reports it")
    void shouldBeSilentWhenOneShotIsSpent() throws IOException {
        epoll.add(pipe.readFd(), EPOLLIN | EPOLLONESHOT);
        write(1);
        assertThat(look()).isOne();
        assertThat(look()).isZero();
        read(1);
        write(1);
        assertThat(look()).isZero();
        epoll.modify(pipe.readFd(), EPOLLIN | EPOLLONESHOT);
        assertThat(look()).isOne();
    }

    @Test
    @DisplayName("C88: one-shot, read to the end, MOD: what arrives between the last read and MOD is not "
            + "lost, 10000 times")
    void shouldLoseNothingWhenArmedAfterReading() throws IOException {
        epoll.add(pipe.readFd(), EPOLLIN | EPOLLONESHOT);
        write(1);
        for (int i = 0; i < 10_000; i++) {
            assertThat(look()).isOne();
            assertThat(read(10)).isOne();
            assertThat(read(10)).isZero();
            write(1);
            epoll.modify(pipe.readFd(), EPOLLIN | EPOLLONESHOT);
        }
    }

    @Test
    @DisplayName("C84, C85, C86, C79: 1 MB does not pass in one call: a read to 'would block' is not the whole message")
    void shouldGetAPartWhenTheMessageIsLarge() throws Exception {
        int size = 1 << 20;
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            ByteBuffer message = ByteBuffer.allocate(size);
            ByteBuffer received = ByteBuffer.allocate(size);
            while (pair.first().write(message) > 0) {
                assertThat(message.position()).isPositive();
            }
            assertThat(message.remaining()).as("left, although it would block").isBetween(1, size - 1);
            int rounds = 0;
            while (received.hasRemaining()) {
                rounds++;
                int read;
                do {
                    read = pair.second().read(received);
                } while (read > 0 && received.hasRemaining());
                pair.first().write(message);
            }
            assertThat(rounds).isGreaterThan(1);
            ByteBuffer small = ByteBuffer.allocate(1024);
            assertThat(pair.first().write(small)).as("small data go at once").isEqualTo(1024);
        }
    }

    @Test
    @DisplayName("C82, C83: room for 1 MB: one registration under edge, two changes for each stall under level")
    void shouldNeedNoChangesWhenWritingUnderEdge() throws Exception {
        assertThat(changes(EPOLLET)).isEqualTo(1);
        assertThat(changes(LEVEL)).isGreaterThan(2);
    }

    /** Sends 1 MB whenever there is room, and counts the calls of epoll_ctl. */
    private int changes(int trigger) throws IOException {
        try (SocketPair<UnixStream> pair = SocketPair.open(); EpollInstance instance = EpollInstance.open()) {
            ByteBuffer message = ByteBuffer.allocate(1 << 20);
            int fd = pair.first().fd();
            instance.add(fd, trigger == LEVEL ? EPOLLIN : EPOLLIN | EPOLLOUT | EPOLLET);
            int changes = 1;
            while (true) {
                while (message.hasRemaining() && pair.first().write(message) > 0) {
                    assertThat(message.position()).isPositive();
                }
                if (!message.hasRemaining()) {
                    return changes;
                }
                if (trigger == LEVEL) {
                    instance.modify(fd, EPOLLIN | EPOLLOUT);
                }
                ByteBuffer sink = ByteBuffer.allocate(1 << 20);
                while (pair.second().read(sink) > 0) {
                    sink.clear();
                }
                assertThat(instance.awaitMillis(events, 20_000)).isOne();
                if (trigger == LEVEL) {
                    instance.modify(fd, EPOLLIN);
                    changes += 2;
                }
            }
        }
    }

    @Test
    @DisplayName("C63: OUT is room enough, not one free byte, and not an empty buffer")
    void shouldBeWritableWhenThereIsRoomEnough() throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            int sent = 0;
            for (int n = pair.first().write(ByteBuffer.allocate(4096)); n > 0;
                    n = pair.first().write(ByteBuffer.allocate(4096))) {
                sent += n;
            }
            epoll.add(pair.first().fd(), EPOLLOUT);
            assertThat(look()).isZero();
            assertThat(pair.second().read(ByteBuffer.allocate(1))).isOne();
            assertThat(look()).as("one byte read").isZero();
            int read = 1;
            while (look() == 0) {
                read += pair.second().read(ByteBuffer.allocate(4096));
            }
            assertThat(read).as("of %d", sent).isBetween(2, sent - 1);
        }
    }

    /** Connected TCP sockets of loopback, the first of them watched under edge for EPOLLIN, EPOLLPRI and EPOLLRDHUP. */
    private final class WatchedTcp implements AutoCloseable {
        final TcpListener listener =
                TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        final TcpStream peer = TcpStream.connect(listener.localAddress());
        final TcpStream stream;

        WatchedTcp() throws IOException {
            Conditions.await(listener.fd(), EPOLLIN);
            stream = listener.accept();
            Conditions.await(peer.fd(), EPOLLOUT);
            peer.finishConnect();
            epoll.add(stream, EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET);
        }

        void send(String text) throws IOException {
            assertThat(peer.write(ByteBuffer.wrap(text.getBytes(US_ASCII)))).isEqualTo(text.length());
        }

        String read() throws IOException {
            byte[] bytes = new byte[100];
            int read = stream.read(ByteBuffer.wrap(bytes));
            return new String(bytes, 0, Math.max(read, 0), US_ASCII);
        }

        /** Waits for an event, until a number of bytes has arrived as well. */
        int awaitMask(int bytes) throws IOException {
            assertThat(epoll.awaitMillis(events, 20_000)).isOne();
            int mask = events.flags(0);
            Eventually.await(bytes + " bytes", () -> {
                assertThat(LibC.call("ioctl", stream.fd(), FIONREAD, count)).isZero();
                return count.get(JAVA_INT, 0) >= bytes;
            });
            return mask;
        }

        @Override
        public void close() {
            stream.close();
            peer.close();
            listener.close();
        }
    }

    @Test
    @DisplayName("C79, K88: TCP: a read stops at the urgent mark, short although there is more; the event has EPOLLPRI")
    void shouldHaveMoreWhenAShortReadEndsAtTheUrgentMark() throws Exception {
        try (WatchedTcp tcp = new WatchedTcp()) {
            tcp.send("abc");
            assertThat(tcp.peer.sendUrgent((byte) '!')).isTrue();
            tcp.send("def");
            Conditions.await(tcp.stream.fd(), EPOLLPRI);

            assertThat(tcp.awaitMask(3) & (EPOLLIN | EPOLLPRI)).isEqualTo(EPOLLIN | EPOLLPRI);
            assertThat(tcp.read()).isEqualTo("abc");
            Eventually.await("what is behind the mark", () -> tcp.read().equals("def"));
        }
    }

    @Test
    @DisplayName("C79, K88: TCP: without EPOLLPRI a short read is all; urgent data between wait and read: a new edge")
    void shouldReportANewEdgeWhenUrgentDataComeBetweenWaitAndRead() throws Exception {
        try (WatchedTcp tcp = new WatchedTcp()) {
            tcp.send("abc");
            assertThat(tcp.awaitMask(3)).isEqualTo(EPOLLIN);
            assertThat(tcp.peer.sendUrgent((byte) '!')).isTrue();
            Conditions.await(tcp.stream.fd(), EPOLLPRI);

            assertThat(tcp.read()).as("short").isEqualTo("abc");

            assertThat(epoll.awaitMillis(events, 0)).as("the new edge").isOne();
            assertThat(events.flags(0) & EPOLLPRI).isNotZero();
            assertThat(tcp.stream.receiveUrgent()).isEqualTo('!');
            tcp.send("def");
            assertThat(tcp.awaitMask(0) & EPOLLPRI).as("taken").isZero(); // FIONREAD counts to the mark only
            assertThat(tcp.read()).isEqualTo("def");
            assertThat(tcp.read()).as("a short read was all").isEmpty();
            assertThat(epoll.awaitMillis(events, 0)).isZero();
        }
    }

    @Test
    @DisplayName("C79, K88: Unix: a read stops behind passed descriptors, short although there is more, no EPOLLPRI")
    void shouldHaveMoreWhenAShortReadEndsBehindPassedDescriptors() throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open(); Arena arena = Arena.ofConfined()) {
            epoll.add(pair.first(), EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLET);
            int sent = LibC.call("sendmsg", pair.second().fd(), messageWith(pipe.readFd(), arena), 0);
            assertThat(sent).isEqualTo(3);
            assertThat(pair.second().write(ByteBuffer.allocate(4))).isEqualTo(4);

            assertThat(look()).isOne();
            assertThat(events.flags(0)).isEqualTo(EPOLLIN);
            assertThat(pair.first().read(ByteBuffer.allocate(100))).as("short").isEqualTo(3);
            assertThat(look()).as("no new edge").isZero();
            assertThat(pair.first().read(ByteBuffer.allocate(100))).as("more").isEqualTo(4);
        }
    }

    /** Returns a msghdr of three bytes and one descriptor. */
    private static MemorySegment messageWith(int fd, Arena arena) {
        int scmRights = 1;
        MemorySegment data = arena.allocate(iovec.SIZEOF, 8);
        data.set(ADDRESS, iovec.iov_base$OFFSET, arena.allocate(3));
        data.set(JAVA_LONG, iovec.iov_len$OFFSET, 3);
        MemorySegment control = arena.allocate(cmsghdr.SIZEOF + 8, 8);
        control.set(JAVA_LONG, cmsghdr.cmsg_len$OFFSET, cmsghdr.SIZEOF + Integer.BYTES);
        control.set(JAVA_INT, cmsghdr.cmsg_level$OFFSET, socket_h.SOL_SOCKET);
        control.set(JAVA_INT, cmsghdr.cmsg_type$OFFSET, scmRights);
        control.set(JAVA_INT, cmsghdr.SIZEOF, fd);
        MemorySegment header = arena.allocate(msghdr.SIZEOF, 8);
        header.set(ADDRESS, msghdr.msg_iov$OFFSET, data);
        header.set(JAVA_LONG, msghdr.msg_iovlen$OFFSET, 1);
        header.set(ADDRESS, msghdr.msg_control$OFFSET, control);
        header.set(JAVA_LONG, msghdr.msg_controllen$OFFSET, control.byteSize());
        return header;
    }

    @Test
    @DisplayName("C79, K88: of messages each read is short, and there may be more; of a pipe a short read is all")
    void shouldHaveMoreWhenAReadOfMessagesIsShort() throws Exception {
        try (SocketPair<UnixMessageSocket> pair = SocketPair.openDatagram()) {
            pair.second().write(ByteBuffer.allocate(1));
            pair.second().write(ByteBuffer.allocate(2));
            assertThat(pair.first().read(ByteBuffer.allocate(100))).isOne();
            assertThat(pair.first().read(ByteBuffer.allocate(100))).isEqualTo(2);
            write(1);
            write(2);
            assertThat(read(100)).as("a stream gives what it has").isEqualTo(3);
            assertThat(read(100)).as("and has no more").isZero();
        }
    }
}
