package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLMSG;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDBAND;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDNORM;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLWAKEUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLWRBAND;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLWRNORM;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollFlags;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked for in a registration, and what comes back. */
class MaskTest {
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

    /** The masks of one wait that does not wait. */
    private List<EpollEvent> ready() throws IOException {
        epoll.awaitMillis(events, 0);
        List<EpollEvent> ready = new ArrayList<>();
        events.forEach(ready::add);
        return ready;
    }

    private static EpollEvent event(int fd, int mask) {
        return new EpollEvent(mask, fd);
    }

    @Test
    @DisplayName("epoll_ctl01, C36: only what was asked for is reported, of the ends that were asked about")
    void shouldFollowTheRegistrationsWhenTheyChange() throws IOException {
        epoll.add(pipe.readFd(), EPOLLIN);
        epoll.add(pipe.writeFd(), EPOLLIN);
        pipe.write(ByteBuffer.allocate(1));
        assertThat(ready()).containsExactly(event(pipe.readFd(), EPOLLIN));

        epoll.modify(pipe.writeFd(), EPOLLOUT);
        assertThat(ready()).containsExactlyInAnyOrder(
                event(pipe.readFd(), EPOLLIN), event(pipe.writeFd(), EPOLLOUT));

        epoll.delete(pipe.writeFd());
        assertThat(ready()).containsExactly(event(pipe.readFd(), EPOLLIN));
    }

    @Test
    @DisplayName("epoll_ctl03: MOD takes each of the 256 subsets of the flags")
    void shouldTakeEverySubsetWhenModified() throws IOException {
        int[] flags = {EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLERR, EPOLLHUP, EPOLLET, EPOLLONESHOT, EPOLLRDHUP};
        epoll.add(pipe.readFd(), EPOLLIN);
        for (int subset = 0; subset < 1 << flags.length; subset++) {
            int mask = 0;
            for (int i = 0; i < flags.length; i++) {
                mask |= (subset & 1 << i) != 0 ? flags[i] : 0;
            }
            epoll.modify(pipe.readFd(), mask);
            assertThat(registered(pipe.readFd())).isEqualTo(mask | EPOLLERR | EPOLLHUP);
        }
    }

    /** The mask of a registration, as /proc shows it. */
    private int registered(int fd) throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/fdinfo/" + epoll.fd()))) {
            return lines.map(line -> line.strip().split("[ :]+"))
                    .filter(words -> words[0].equals("tfd") && words[1].equals(String.valueOf(fd)))
                    .map(words -> Integer.parseUnsignedInt(words[3], 16))
                    .findFirst()
                    .orElseThrow();
        }
    }

    @Test
    @DisplayName("K30, K96, C66, C67: ERR and HUP are always registered, as /proc/self/fdinfo shows, also with mask 0")
    void shouldReportTroubleWhenNothingWasAskedFor() throws IOException {
        epoll.add(pipe.readFd(), 0);
        epoll.add(pipe.writeFd(), 0);
        assertThat(registered(pipe.readFd())).isEqualTo(EPOLLERR | EPOLLHUP);
        assertThat(ready()).isEmpty();

        pipe.closeWrite();
        assertThat(ready()).containsExactly(event(pipe.readFd(), EPOLLHUP));
        assertThat(ready()).as("and again").hasSize(1);
        epoll.modify(pipe.readFd(), EPOLLIN | EPOLLET);
        assertThat(registered(pipe.readFd())).isEqualTo(EPOLLIN | EPOLLET | EPOLLERR | EPOLLHUP);
    }

    @Test
    @DisplayName("K31, C66, C89: a one-shot that has fired reports nothing any more, not even ERR or HUP, until MOD")
    void shouldHideTheHangUpWhenOneShotIsSpent() throws IOException {
        int reader = pipe.readFd();
        epoll.add(reader, EPOLLIN | EPOLLONESHOT);
        pipe.write(ByteBuffer.allocate(1));
        assertThat(ready()).containsExactly(event(reader, EPOLLIN));
        pipe.closeWrite();
        assertThat(ready()).isEmpty();
        assertThat(registered(reader)).isEqualTo(EPOLLONESHOT);

        epoll.modify(reader, EPOLLIN | EPOLLONESHOT);

        assertThat(ready()).containsExactly(event(reader, EPOLLIN | EPOLLHUP));
    }

    @Test
    @DisplayName("K32, C44: MOD looks at the file again: an unread edge is reported anew, also with the same mask")
    void shouldReportAgainWhenModified() throws IOException {
        int reader = pipe.readFd();
        epoll.add(reader, EPOLLIN | EPOLLET);
        pipe.write(ByteBuffer.allocate(1));
        assertThat(ready()).hasSize(1);
        assertThat(ready()).isEmpty();
        epoll.modify(reader, EPOLLIN | EPOLLET);
        assertThat(ready()).hasSize(1);
        epoll.modify(reader, EPOLLOUT | EPOLLET);
        assertThat(ready()).isEmpty();
    }

    @Test
    @DisplayName("K33, K34: unknown bits are taken silently, and so is EPOLLWAKEUP, with the right to it or without")
    void shouldTakeUnknownBitsWhenAdded() throws IOException {
        int unknown = 0x0001_0000;
        pipe.write(ByteBuffer.allocate(1));
        epoll.add(pipe.readFd(), EPOLLIN | unknown | EPOLLWAKEUP);
        assertThat(registered(pipe.readFd()) & ~EPOLLWAKEUP).isEqualTo(EPOLLIN | EPOLLERR | EPOLLHUP | unknown);
        assertThat(ready()).containsExactly(event(pipe.readFd(), EPOLLIN));
    }

    @Test
    @DisplayName("K37: RDNORM, WRNORM and their like are masks of their own")
    void shouldReportTheNormalBandWhenAskedFor() throws IOException {
        pipe.write(ByteBuffer.allocate(1));
        epoll.add(pipe.readFd(), EPOLLIN | EPOLLRDNORM | EPOLLRDBAND | EPOLLMSG);
        epoll.add(pipe.writeFd(), EPOLLWRNORM | EPOLLWRBAND);
        assertThat(ready()).containsExactly(
                event(pipe.readFd(), EPOLLIN | EPOLLRDNORM), event(pipe.writeFd(), EPOLLWRNORM));
        assertThat(EPOLLIN | EPOLLRDNORM).isEqualTo(0x41);
    }

    @ParameterizedTest
    @CsvSource({"EPOLLIN, EPOLLIN", "EPOLLOUT, EPOLLOUT", "EPOLLRDHUP, EPOLLRDHUP", "EPOLLPRI, 0",
        "EPOLLIN|EPOLLOUT|EPOLLRDHUP, EPOLLIN|EPOLLOUT|EPOLLRDHUP", "0, 0"})
    @DisplayName("K38, C70, C65: what comes back is what is so and was asked for, bit by bit: a half-closed peer")
    void shouldReportTheIntersectionWhenAskedForPart(String asked, String reported) throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            pair.second().shutdownOutput();
            epoll.add(pair.first().fd(), mask(asked));
            epoll.awaitMillis(events, 0);
            assertThat(events.ready() == 0 ? 0 : events.flags(0)).isEqualTo(mask(reported));
        }
    }

    private static int mask(String spelled) throws ReflectiveOperationException {
        int mask = 0;
        for (String name : spelled.split("\\|")) {
            mask |= name.equals("0") ? 0 : EpollFlags.class.getField(name).getInt(null);
        }
        return mask;
    }

    @ParameterizedTest
    @ValueSource(ints = {EPOLLET, EPOLLONESHOT, EPOLLET | EPOLLONESHOT, EPOLLWAKEUP})
    @DisplayName("C68, K39: EPOLLET and EPOLLONESHOT are never reported; ET is the highest bit, a negative int")
    void shouldNotReportTheTriggerWhenReady(int trigger) throws IOException {
        pipe.write(ByteBuffer.allocate(1));
        epoll.add(pipe.readFd(), EPOLLIN | trigger);
        assertThat(ready()).containsExactly(event(pipe.readFd(), EPOLLIN));
        assertThat(EPOLLET).isNegative();
    }

    @Test
    @DisplayName("C38, C83, K93: OUT is ready nearly always: level says so at every wait, edge once")
    void shouldSpinWhenWatchedForOutUnderLevel() throws IOException {
        int writer = pipe.writeFd();
        epoll.add(writer, EPOLLIN | EPOLLOUT | EPOLLERR);
        for (int i = 0; i < 10; i++) {
            assertThat(ready()).containsExactly(event(writer, EPOLLOUT));
        }
        epoll.modify(writer, EPOLLIN | EPOLLOUT | EPOLLET);
        assertThat(ready()).hasSize(1);
        assertThat(ready()).isEmpty();
    }

    @Test
    @DisplayName("J4: ADD under edge of a descriptor that is ready already reports it, once")
    void shouldReportOnceWhenReadyBeforeItWasAdded() throws IOException {
        pipe.write(ByteBuffer.allocate(1));
        epoll.add(pipe.readFd(), EPOLLIN | EPOLLET);
        assertThat(ready()).hasSize(1);
        assertThat(ready()).isEmpty();
    }

    @Test
    @DisplayName("J11, C82: an edge of IN carries OUT too, when both are watched")
    void shouldCarryOutWhenInArrives() throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            int fd = pair.first().fd();
            epoll.add(fd, EPOLLIN | EPOLLOUT | EPOLLET);
            assertThat(ready()).containsExactly(event(fd, EPOLLOUT));
            pair.second().write(ByteBuffer.allocate(1));
            assertThat(ready()).containsExactly(event(fd, EPOLLIN | EPOLLOUT));
        }
    }

    @ParameterizedTest
    @CsvSource({"tcp, data", "tcp, peer closed", "tcp, reset", "tcp listener, connection", "unix listener, connection"})
    @DisplayName("C62: IN is data to read, and also an end, an error and a connection to accept")
    void shouldReportInWhenACallWouldNotBlock(String kind, String condition) throws Exception {
        Conditions conditions = new Conditions();
        try {
            int fd = conditions.make(kind, condition);
            epoll.add(fd, EPOLLIN);
            assertThat(ready()).hasSize(1).allSatisfy(event -> assertThat(event.events() & EPOLLIN).isNotZero());
        } finally {
            conditions.close();
        }
    }

    @Test
    @DisplayName("C60: an end is IN until the descriptor is closed")
    void shouldReportTheEndAgainWhenItIsNotClosed() throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            epoll.add(pair.first().fd(), EPOLLIN);
            pair.second().shutdownOutput();
            for (int i = 0; i < 3; i++) {
                assertThat(ready()).containsExactly(event(pair.first().fd(), EPOLLIN));
                assertThat(pair.first().read(ByteBuffer.allocate(10))).isEqualTo(-1);
            }
            pair.first().close();
            assertThat(ready()).isEmpty();
        }
    }

    @Test
    @DisplayName("K70: several things that happen between two waits are one event")
    void shouldReportOneEventWhenMoreHappened() throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open(); EventFd counter = EventFd.open()) {
            int fd = pair.first().fd();
            epoll.add(fd, EPOLLIN | EPOLLRDHUP | EPOLLET);
            epoll.add(counter.fd(), EPOLLIN | EPOLLET);
            pair.second().write(ByteBuffer.allocate(1));
            pair.second().shutdownOutput();
            counter.write(1);
            counter.write(1);
            assertThat(ready()).containsExactly(event(fd, EPOLLIN | EPOLLRDHUP), event(counter.fd(), EPOLLIN));
            assertThat(ready()).isEmpty();
        }
    }
}
