package io.github.epoll4j.reactor.loop;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.reactor.loop.LoopDump.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
class LoopDumpTest {
    private static final Duration NOW = Duration.ZERO;
    private static final ReadyHandler NOTHING = (registration, events) -> { };

    private EventLoop loop;
    private EventFd counter;

    @BeforeEach
    void open() throws ErrnoException {
        loop = EventLoop.open();
        counter = EventFd.open(1);
    }

    @AfterEach
    void close() {
        loop.close();
        counter.close();
    }

    private static LoopDump onlyDifference(LoopDump dump, Kind... kinds) {
        assertThat(dump.isConsistent()).isFalse();
        assertThat(dump.differences()).as(dump.toString()).extracting(LoopDump.Difference::kind)
                .containsExactlyInAnyOrder(kinds);
        return dump;
    }

    @ParameterizedTest
    @EnumSource
    void shouldBeConsistentWhenNothingIsWrong(Mechanism mechanism) throws IOException {
        try (EventLoop other = EventLoop.open(mechanism); EventFd second = EventFd.open(1)) {
            assertThat(other.dump().isConsistent()).isTrue();
            assertThat(other.dump().entries()).isEmpty();
            other.register(counter.fd(), EPOLLIN, NOTHING);
            Registration fired = other.register(second.fd(), EPOLLIN | EPOLLOUT | EPOLLONESHOT, NOTHING);
            other.runOnce(NOW);
            LoopDump dump = other.dump();

            assertThat(dump.isConsistent()).as(dump.toString()).isTrue();
            assertThat(dump.mechanism()).isSameAs(mechanism);
            assertThat(dump.entries()).extracting(LoopDump.Entry::fd).containsExactly(counter.fd(), second.fd());
            assertThat(dump.entries()).extracting(LoopDump.Entry::file).containsOnly("anon_inode:[eventfd]");
            assertThat(dump).hasToString(mechanism + ": 2 registrations, 0 differences"
                    + "\n  fd=" + counter.fd() + " anon_inode:[eventfd], EPOLLIN, cookie 0x0"
                    + "\n  fd=" + second.fd() + " anon_inode:[eventfd], EPOLLIN|EPOLLOUT|EPOLLONESHOT, cookie 0x1");
            fired.interest(EPOLLPRI | EPOLLONESHOT);
            assertThat(other.dump().isConsistent()).isTrue();
            fired.cancel();
            assertThat(other.dump().entries()).hasSize(1);
        }
    }

    @Test
    void shouldBeConsistentWhenMasksAreUnusual() throws IOException {
        for (int mask : new int[] {0, EPOLLET, EPOLLIN | EPOLLET | EPOLLONESHOT, EPOLLPRI}) {
            Registration registration = loop.register(counter.fd(), mask, NOTHING);
            loop.runOnce(NOW);
            assertThat(loop.dump().differences()).isEmpty();
            registration.cancel();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("closed before cancel: CLOSED, and with epoll the kernel has forgotten it")
    void shouldNameItWhenADescriptorIsClosedBeforeItsRegistration(Mechanism mechanism) throws IOException {
        try (EventLoop other = EventLoop.open(mechanism)) {
            int number = counter.fd();
            other.register(number, EPOLLIN, NOTHING);
            counter.close();
            LoopDump dump = other.dump();

            assertThat(dump.isConsistent()).isFalse();
            assertThat(dump.differences()).allMatch(difference -> difference.fd() == number);
            assertThat(dump.differences()).extracting(LoopDump.Difference::kind).containsExactlyElementsOf(
                    mechanism == Mechanism.EPOLL
                            ? List.of(Kind.CLOSED, Kind.NOT_IN_KERNEL) : List.of(Kind.CLOSED));
            assertThat(dump.toString()).contains("\n  fd=" + number + " closed, EPOLLIN, cookie 0x0",
                    "\n! CLOSED fd=" + number + ": the loop watches it, and the number is not open");
        }
    }

    @Test
    @DisplayName("the number is open again, on another file: the kernel has forgotten the first")
    void shouldNameItWhenTheNumberIsReused() throws IOException {
        int number = counter.fd();
        loop.register(number, EPOLLIN, NOTHING);
        counter.close();
        try (EventFd again = EventFd.open()) {
            assertThat(again.fd()).isEqualTo(number);
            onlyDifference(loop.dump(), Kind.NOT_IN_KERNEL);
        }
    }

    @Test
    @DisplayName("closed before cancel, and a duplicate keeps the file open: the kernel watches on")
    void shouldNameItWhenADuplicateKeepsTheFileOpen() throws IOException {
        int number = counter.fd();
        try (OwnedFd duplicate = counter.duplicate()) {
            Registration registration = loop.register(number, EPOLLIN, NOTHING);
            counter.close();
            onlyDifference(loop.dump(), Kind.CLOSED);

            registration.cancel();
            LoopDump dump = onlyDifference(loop.dump(), Kind.NOT_IN_LOOP);
            assertThat(dump.entries()).isEmpty();
            assertThat(dump.differences().getFirst().fd()).isEqualTo(number);
            assertThat(dump.toString()).contains("1 differences", "! NOT_IN_LOOP fd=" + number
                    + ": the kernel watches a file that was registered with this number: EPOLLIN");
            assertThat(loop.runOnce(NOW)).as("its events still come, and no handler is called").isOne();
            assertThat(loop.metrics().staleEvents()).isOne();
            assertThat(duplicate.isOpen()).isTrue();
        }
        assertThat(loop.dump().isConsistent()).isTrue();
    }

    @Test
    @DisplayName("the kernel has another mask, or another cookie: as after somebody else's epoll_ctl")
    void shouldNameItWhenMaskOrCookieDiffer() throws IOException {
        int fd = counter.fd();
        List<Registration> believed = List.of(new Registration(loop, fd, EPOLLIN, NOTHING, 5));
        try (EpollInstance epoll = EpollInstance.open()) {
            epoll.add(fd, EPOLLIN | EPOLLOUT, 5);
            LoopDump dump = onlyDifference(LoopDump.compare(Mechanism.EPOLL, believed, epoll.fd()), Kind.OTHER_MASK);
            assertThat(dump.differences().getFirst().description()).contains("EPOLLIN|EPOLLOUT");

            epoll.modify(fd, EPOLLIN, 77);
            dump = onlyDifference(LoopDump.compare(Mechanism.EPOLL, believed, epoll.fd()), Kind.OTHER_COOKIE);
            assertThat(dump.differences().getFirst().description()).contains("the kernel").contains("cookie 0x4d");

            epoll.modify(fd, EPOLLOUT, 77);
            onlyDifference(LoopDump.compare(Mechanism.EPOLL, believed, epoll.fd()),
                    Kind.OTHER_COOKIE, Kind.OTHER_MASK);

            epoll.modify(fd, EPOLLIN, 5);
            assertThat(LoopDump.compare(Mechanism.EPOLL, believed, epoll.fd()).isConsistent()).isTrue();
        }
    }

    @Test
    void shouldRefuseWhenThisIsNotTheLoopsThread() throws Exception {
        loop.runOnce(NOW);
        Thread other = Thread.ofPlatform().start(() -> assertThatIllegalStateException().isThrownBy(loop::dump));
        other.join();
        assertThat(loop.dump().isConsistent()).isTrue();
    }
}
