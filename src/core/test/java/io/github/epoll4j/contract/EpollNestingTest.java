package io.github.epoll4j.contract;

import static io.github.epoll4j.contract.Raw.ADD;
import static io.github.epoll4j.contract.Raw.DEL;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Epoll descriptors in epoll descriptors, and what else epoll takes and refuses. */
class EpollNestingTest {
    private static final int LINKS = 4;

    private final List<OwnedFd> epolls = new ArrayList<>();
    private Pipe pipe;

    @BeforeEach
    void open() throws IOException {
        pipe = Pipe.open();
    }

    @AfterEach
    void close() {
        epolls.forEach(OwnedFd::close);
        pipe.close();
    }

    private int epoll() throws IOException {
        OwnedFd epoll = Raw.epoll();
        epolls.add(epoll);
        return epoll.fd();
    }

    /** A chain of as many, each in the next; the first stands at index 0. */
    private int[] chain(int size) throws IOException {
        int[] chain = new int[size];
        for (int i = 0; i < size; i++) {
            chain[i] = epoll();
            if (i > 0) {
                assertThat(add(chain[i], chain[i - 1])).isEqualTo("0");
            }
        }
        return chain;
    }

    private static String add(int outer, int inner) {
        return Raw.ctl(outer, ADD, inner, EPOLLIN);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("K20, K42, epoll_ctl04: five epolls in a row, four links; the sixth is ELOOP, with a pipe or without")
    void shouldRefuseWhenTheChainIsTooDeep(boolean withPipe) throws IOException {
        int[] chain = chain(LINKS + 1);
        if (withPipe) {
            assertThat(add(chain[0], pipe.readFd())).isEqualTo("0");
        }

        assertThat(add(epoll(), chain[LINKS])).isEqualTo("ELOOP");
    }

    @Test
    @DisplayName("K43: the links below and those above count together")
    void shouldCountBothDirectionsWhenInTheMiddle() throws IOException {
        Kernel.assumeAtLeast(6, 17);
        int[] above = chain(3);
        int[] below = chain(3);

        assertThat(add(above[0], below[2])).as("2 + 1 + 2 links").isEqualTo("ELOOP");
        assertThat(add(above[0], below[1])).as("1 + 1 + 2 links").isEqualTo("0");
    }

    @Test
    @DisplayName("K44, epoll_ctl05, epoll_ctl07, J1: a cycle is ELOOP, of two and of five; oneself is EINVAL")
    void shouldRefuseWhenItWouldBeACycle() throws IOException {
        int[] chain = chain(LINKS + 1);
        assertThat(add(chain[0], pipe.readFd())).isEqualTo("0");
        assertThat(Raw.ctl(chain[0], DEL, pipe.readFd(), 0)).isEqualTo("0");

        assertThat(add(chain[0], chain[LINKS])).isEqualTo("ELOOP");
        assertThat(add(chain[0], chain[1])).isEqualTo("ELOOP");
        assertThat(add(chain[0], chain[0])).isEqualTo("EINVAL");
    }

    @ParameterizedTest(name = "{0} steps: {1}")
    @CsvSource({"2, 500", "3, 100", "4, 50", "5, 10"})
    @DisplayName("K19, K45: so many ways of some steps lead from a pipe to an epoll, and the next is EINVAL")
    void shouldRefuseWhenThereAreTooManyWays(int steps, int most) throws IOException {
        assumeTrue(Fds.limit() > most + 200, "too few descriptors");
        int shared = pipe.readFd(); // the ways part at the last step but one
        for (int inner : chain(steps - 2)) {
            if (shared == pipe.readFd()) {
                assertThat(add(inner, shared)).isEqualTo("0");
            }
            shared = inner;
        }
        int outer = epoll();
        for (int i = 0; i <= most; i++) {
            int way = epoll();
            assertThat(add(way, shared)).isEqualTo("0");
            assertThat(add(outer, way)).as("way %d", i).isEqualTo(i < most ? "0" : "EINVAL");
        }
    }

    @Test
    @DisplayName("K45: any number of epolls may watch a pipe, one step away")
    void shouldTakeAnyNumberWhenTheyAreOneStepAway() throws IOException {
        int many = 1200;
        assumeTrue(Fds.limit() > many + 200, "too few descriptors");
        for (int i = 0; i < many; i++) {
            assertThat(add(epoll(), pipe.readFd())).isEqualTo("0");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5})
    @DisplayName("J2, K47, K86, epoll_wait09: an event goes up from level to level, as IN of the epoll below")
    void shouldReportTheLevelBelowWhenNested(int depth) throws IOException {
        List<EpollInstance> levels = new ArrayList<>();
        try (EpollEventArray events = EpollEventArray.allocate(2)) {
            for (int i = 0; i < depth; i++) {
                EpollInstance level = EpollInstance.open();
                levels.add(level);
                level.add(i == 0 ? pipe.readFd() : levels.get(i - 1).fd(), EPOLLIN, i);
            }
            pipe.write(ByteBuffer.allocate(1));
            for (int i = depth - 1; i >= 0; i--) {
                assertThat(levels.get(i).awaitMillis(events, 0)).isOne();
                assertThat(events.get(0)).isEqualTo(new EpollEvent(EPOLLIN, i));
            }
        } finally {
            levels.forEach(EpollInstance::close);
        }
    }

    @Test
    @DisplayName("K47: an inner level in an outer edge: one event for each new activity")
    void shouldReportEachEdgeWhenTheOuterIsEdgeTriggered() throws IOException {
        try (EpollInstance inner = EpollInstance.open(); EpollInstance outer = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(2); EventFd counter = EventFd.open()) {
            inner.add(counter.fd(), EPOLLIN);
            outer.add(inner.fd(), EPOLLIN | EPOLLET);
            for (int i = 0; i < 3; i++) {
                counter.write(1);
                assertThat(outer.awaitMillis(events, 0)).isOne();
                assertThat(outer.awaitMillis(events, 0)).isZero();
                assertThat(inner.awaitMillis(events, 0)).isOne();
            }
        }
    }

    @Test
    @DisplayName("K85: two epolls that watch one descriptor both report")
    void shouldBothReportWhenTheyWatchTheSame() throws IOException {
        try (EpollInstance one = EpollInstance.open(); EpollInstance two = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(2)) {
            one.add(pipe.readFd(), EPOLLIN | EPOLLET);
            two.add(pipe.readFd(), EPOLLIN | EPOLLET);
            pipe.write(ByteBuffer.allocate(1));
            assertThat(one.awaitMillis(events, 0)).isOne();
            assertThat(two.awaitMillis(events, 0)).isOne();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/dev/null", "/dev/zero", "/dev/urandom", "/proc/self/maps", "memfd", "regular"})
    @DisplayName("K23, C36, J1, epoll_ctl06: EPERM for files without a poll operation")
    void shouldRefuseWhenTheFileCannotBePolled(String path) throws IOException {
        Path regular = Files.createTempFile("epoll4j", ".txt");
        try (OwnedFd file = path.equals("memfd") ? FileFd.adopt(LibC.call("memfd_create", "epoll4j", 1))
                : LibC.open(path.equals("regular") ? regular.toString() : path)) {
            assertThat(add(epoll(), file.fd())).isEqualTo("EPERM");
        } finally {
            Files.delete(regular);
        }
    }

    @Test
    @DisplayName("K10, epoll_ctl06: EBADF for a descriptor of O_PATH")
    void shouldRefuseWhenTheDescriptorIsAPathOnly() throws IOException {
        try (OwnedFd path = LibC.open("/dev/null", LibC.O_PATH)) {
            assertThat(add(epoll(), path.fd())).isEqualTo("EBADF");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pipe reader, empty", "pipe writer, empty", "tcp, idle", "tcp listener, idle", "udp, idle",
        "unix stream, idle", "unix datagram, idle", "epoll, nothing ready", "eventfd, zero",
        "signalfd, nothing pending", "timerfd, disarmed", "pidfd, running", "inotify, nothing",
        "terminal, slave, idle", "file, /proc/self/mounts"})
    @DisplayName("epoll_ctl06: what can be watched")
    void shouldTakeWhenTheFileCanBePolled(String what) throws Exception {
        Conditions conditions = new Conditions();
        String[] kindAndCondition = what.split(", ", 2);
        try {
            int fd = conditions.make(kindAndCondition[0], kindAndCondition[1]);
            assertThat(Raw.ctl(epoll(), ADD, fd, EPOLLIN | EPOLLOUT)).isEqualTo("0");
        } finally {
            conditions.close();
        }
    }
}
