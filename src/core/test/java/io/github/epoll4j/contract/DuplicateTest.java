package io.github.epoll4j.contract;

import static io.github.epoll4j.contract.Raw.assertErrno;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * An entry belongs to a number and an open file description together: what duplicates make of that. The numbers are
 * far above those that other threads open meanwhile.
 */
class DuplicateTest {
    private static final int ONE = 900;
    private static final int OTHER = 950;

    private EpollInstance epoll;
    private EpollEventArray events;
    private EventFd counter;
    private OwnedFd one;
    private OwnedFd other;

    @BeforeEach
    void open() throws IOException {
        epoll = EpollInstance.open();
        events = EpollEventArray.allocate(4);
        counter = EventFd.open(1);
        one = LibC.duplicateTo(counter.fd(), ONE);
        other = LibC.duplicateTo(counter.fd(), OTHER);
        counter.close();
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
        events.close();
        epoll.close();
    }

    private List<EpollEvent> ready() throws IOException {
        epoll.await(events, 0);
        List<EpollEvent> ready = new ArrayList<>();
        events.forEach(ready::add);
        return ready;
    }

    @Test
    @DisplayName("C39, K79, K80: a duplicate is registered beside the first, with a mask and a datum of its own")
    void shouldReportBothWhenDuplicatesAreAdded() throws IOException {
        epoll.add(one.fd(), EPOLLIN, 1);
        epoll.add(other.fd(), EPOLLOUT, 2);

        assertThat(ready()).containsExactly(new EpollEvent(EPOLLIN, 1), new EpollEvent(EPOLLOUT, 2));
        assertErrno(Errno.EEXIST, () -> epoll.add(one.fd(), EPOLLIN));
    }

    @Test
    @DisplayName("C42, K81: an entry goes with the last descriptor of its file, not with the number that was added")
    void shouldGoWithTheLastWhenClosed() throws IOException {
        epoll.add(one.fd(), EPOLLIN, 1);
        one.close();
        assertThat(ready()).as("under the number that is closed").containsExactly(new EpollEvent(EPOLLIN, 1));

        other.close();

        assertThat(ready()).isEmpty();
        assertThat(Fds.registrations(epoll.fd())).as("the instance's own").isOne();
    }

    @Test
    @DisplayName("C41, C42, K9, K82: a ghost cannot be deleted: EBADF by its number, ENOENT by the duplicate's")
    void shouldStayWhenItsNumberIsClosed() throws IOException {
        int number = one.fd();
        epoll.add(number, EPOLLIN, 1);
        one.close();

        assertErrno(Errno.EBADF, () -> epoll.delete(number));
        assertErrno(Errno.ENOENT, () -> epoll.delete(other.fd()));
        assertThat(ready()).hasSize(1);
    }

    @Test
    @DisplayName("C42, K82: the number is used anew: old and new entry live side by side, and look alike")
    void shouldReportBothWhenTheNumberIsReused() throws IOException {
        int number = one.fd();
        epoll.add(number, EPOLLIN);
        one.close();
        try (EventFd fresh = EventFd.open()) {
            one = LibC.duplicateTo(fresh.fd(), ONE);
            assertThat(one.fd()).isEqualTo(number);
            epoll.add(number, EPOLLIN);
            assertThat(ready()).as("the ghost, taken for the new one").containsExactly(new EpollEvent(EPOLLIN, number));

            fresh.write(1);

            assertThat(ready()).hasSize(2).containsOnly(new EpollEvent(EPOLLIN, number));
        }
    }

    @Test
    @DisplayName("K83: a ghost goes when the file gets its old number back, by dup2, and is deleted then")
    void shouldBeDeletedWhenItHasItsNumberBack() throws IOException {
        int number = one.fd();
        epoll.add(number, EPOLLIN, 1);
        one.close();
        one = FileFd.adopt(ErrnoException.check(LibC.call("dup2", other.fd(), number), "dup2", ""));

        epoll.delete(number);

        assertThat(ready()).isEmpty();
    }

    @Test
    @DisplayName("K97: kcmp tells whether a file is registered, and under which number")
    void shouldFindTheFileWhenComparedByKcmp() throws IOException {
        epoll.add(one.fd(), EPOLLIN);
        int same = kcmp(other.fd(), one.fd());
        assumeTrue(same != -Errno.ENOSYS && same != -Errno.EPERM, "kcmp is not to be had here");

        assertThat(same).as("by a duplicate of what is registered").isZero();
        assertThat(Raw.name(kcmp(other.fd(), other.fd()))).as("the duplicate is not").isEqualTo("ENOENT");
        try (EventFd stranger = EventFd.open()) {
            assertThat(kcmp(stranger.fd(), one.fd())).as("another file: an order").isIn(1, 2);
        }
    }

    /** Compares the file of a descriptor with that which the instance watches under a number: 0 if it is the same. */
    private int kcmp(int fd, int watched) {
        long number = System.getProperty("os.arch").equals("aarch64") ? 272 : 312;
        long epollTargets = 7;
        long self = ProcessHandle.current().pid();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment slot = arena.allocateFrom(ValueLayout.JAVA_INT, epoll.fd(), watched, 0);
            return LibC.call("syscall", number, self, self, epollTargets, (long) fd, slot);
        }
    }

    @Test
    @DisplayName("K7: an instance lives as long as a descriptor of it: a duplicate waits as well")
    void shouldLiveOnWhenTheEpollDescriptorIsDuplicated() throws IOException {
        OwnedFd raw = Raw.epoll();
        assertThat(Raw.ctl(raw.fd(), Raw.ADD, one.fd(), EPOLLIN)).isEqualTo("0");
        try (OwnedFd duplicate = raw.duplicate()) {
            raw.close();
            assertThat(Conditions.await(duplicate, EPOLLIN)).isEqualTo(EPOLLIN);
        }
    }

    @Test
    @DisplayName("K84, K92: events of a batch are copies: DEL and close in between do not take them back")
    void shouldKeepTheBatchWhenADescriptorIsClosed() throws IOException {
        epoll.add(one.fd(), EPOLLIN, 1);
        try (EventFd second = EventFd.open(1)) {
            epoll.add(second.fd(), EPOLLIN, 2);
            assertThat(epoll.await(events, 0)).isEqualTo(2);
            epoll.delete(one.fd());
            epoll.delete(second.fd());
            assertThat(events).extracting(EpollEvent::data).containsExactly(1L, 2L);
            assertThat(epoll.await(events, 0)).isZero();
        }
    }
}
