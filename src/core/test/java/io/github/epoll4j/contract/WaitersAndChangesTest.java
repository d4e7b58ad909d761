package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread sleeps in a wait, and another changes what it waits for. */
@Repeated
@Timeout(60)
class WaitersAndChangesTest {
    private static final int FAR_ABOVE = 900;

    private EpollInstance epoll;
    private EventFd counter;

    @BeforeEach
    void open() throws IOException {
        epoll = EpollInstance.open();
        counter = EventFd.open();
    }

    @AfterEach
    void close() {
        counter.close();
        epoll.close();
    }

    /** Starts a thread that waits without limit, and returns when it sleeps. */
    private FutureTask<List<EpollEvent>> sleeper() throws Exception {
        FutureTask<List<EpollEvent>> waiter = Waiters.start(() -> {
            try (EpollEventArray events = EpollEventArray.allocate(4)) {
                epoll.await(events);
                List<EpollEvent> woken = new ArrayList<>();
                events.forEach(woken::add);
                return woken;
            }
        });
        Waiters.awaitBlockedInNative(waiter);
        return waiter;
    }

    private static <T> T result(FutureTask<T> waiter) throws Exception {
        return waiter.get(20, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("J5, K69: ADD of a ready descriptor by another thread wakes a thread that waits for nothing yet")
    void shouldWakeWhenAReadyDescriptorIsAdded() throws Exception {
        FutureTask<List<EpollEvent>> waiter = sleeper();
        counter.write(1);

        epoll.add(counter.fd(), EPOLLIN, 7);

        assertThat(result(waiter)).containsExactly(new EpollEvent(EPOLLIN, 7));
    }

    @Test
    @DisplayName("C44, K32: MOD by another thread wakes the waiter, when what it asks for now is there already")
    void shouldWakeWhenTheMaskIsChanged() throws Exception {
        epoll.add(counter.fd(), EPOLLIN, 7);
        FutureTask<List<EpollEvent>> waiter = sleeper();

        epoll.modify(counter.fd(), EPOLLOUT, 8);

        assertThat(result(waiter)).containsExactly(new EpollEvent(EPOLLOUT, 8));
    }

    @Test
    @DisplayName("C88, K31: data and hang-up that come to a spent one-shot wake nobody, MOD by another thread does")
    void shouldWakeWhenOneShotIsArmed() throws Exception {
        try (Pipe pipe = Pipe.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
            epoll.add(pipe.readFd(), EPOLLIN | EPOLLONESHOT, 7);
            pipe.write(ByteBuffer.allocate(1));
            assertThat(epoll.await(events)).isOne();
            FutureTask<List<EpollEvent>> waiter = sleeper();
            pipe.write(ByteBuffer.allocate(1));
            pipe.closeWrite();

            epoll.modify(pipe.readFd(), EPOLLIN | EPOLLONESHOT, 8);

            assertThat(result(waiter)).containsExactly(new EpollEvent(EPOLLIN | EPOLLHUP, 8));
        }
    }

    @Test
    @DisplayName("J6, K74: closing the watched descriptor wakes nobody, and its registration is gone")
    void shouldSleepOnWhenTheDescriptorIsClosed() throws Exception {
        counter.write(1);
        epoll.add(counter.fd(), EPOLLOUT, 7);
        try (EpollEventArray events = EpollEventArray.allocate(1)) {
            assertThat(epoll.await(events)).isOne();
        }
        epoll.modify(counter.fd(), EPOLLERR, 7);
        FutureTask<List<EpollEvent>> waiter = sleeper();
        assertThat(Fds.registrations(epoll.fd())).isEqualTo(2);

        counter.close();
        assertThat(Fds.registrations(epoll.fd())).as("the instance's own is left").isOne();
        Waiters.awaitBlockedInNative(waiter);
        epoll.wakeup();

        assertThat(result(waiter)).isEmpty();
    }

    @Test
    @DisplayName("J8, K73: closing the epoll descriptor wakes nobody: the wait goes on, and still reports events")
    void shouldSleepOnWhenTheEpollDescriptorIsClosed() throws Exception {
        OwnedFd low = Raw.epoll();
        OwnedFd raw = LibC.duplicateTo(low.fd(), FAR_ABOVE);
        low.close();
        int epfd = raw.fd();
        assertThat(Raw.ctl(epfd, Raw.ADD, counter.fd(), EPOLLIN)).isEqualTo("0");
        FutureTask<String> waiter = Waiters.start(() -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment events = arena.allocate(64);
                return Raw.wait(epfd, events, 1, -1);
            }
        });
        Waiters.awaitBlockedInNative(waiter);

        raw.close();
        assertThat(Fds.isOpen(epfd)).isFalse();
        Waiters.awaitBlockedInNative(waiter);
        counter.write(1);

        assertThat(result(waiter)).isEqualTo("1");
    }

    @Test
    @DisplayName("C78: a blocking listener is taken under edge, and a loop that accepts to the end stays in accept")
    void shouldStayInAcceptWhenTheListenerBlocks() throws Exception {
        String name = "epoll4j-" + UUID.randomUUID();
        int setFlags = 4;
        try (UnixListener listener = UnixListener.bind(UnixAddress.abstractName(name));
                EpollEventArray events = EpollEventArray.allocate(1)) {
            UnixStream.connect(UnixAddress.abstractName(name)).close();
            assertThat(LibC.call("fcntl", listener.fd(), setFlags, 0)).isZero();
            epoll.add(listener.fd(), EPOLLIN | EPOLLET, 7);
            assertThat(epoll.awaitMillis(events, 0)).isOne();
            FutureTask<Integer> drain = Waiters.start(() -> {
                int accepted = 0;
                while (accepted < 2) {
                    listener.accept().close();
                    accepted++;
                }
                return accepted;
            });
            Waiters.awaitBlockedInAccept(drain);
            UnixStream.connect(UnixAddress.abstractName(name)).close();
            assertThat(result(drain)).as("with one more connection").isEqualTo(2);
        }
    }

    @Test
    @DisplayName("K117: closing a descriptor in another thread does not end a poll; woken later, it says NVAL")
    void shouldPollOnWhenTheDescriptorIsClosed() throws Exception {
        OwnedFd duplicate = LibC.duplicateTo(counter.fd(), FAR_ABOVE);
        int number = duplicate.fd();
        FutureTask<Integer> waiter = Waiters.start(() -> {
            try (PollFdArray fds = PollFdArray.allocate(1)) {
                fds.add(number, PollFlags.POLLIN);
                Poll.poll(fds);
                return fds.revents(0);
            }
        });
        Waiters.awaitBlockedInNative(waiter);

        duplicate.close();
        Waiters.awaitBlockedInNative(waiter);
        counter.write(1);

        assertThat(result(waiter)).as("woken by the file, it looks the number up anew").isEqualTo(PollFlags.POLLNVAL);
    }

    @Test
    @DisplayName("K133: closing a descriptor in another thread does not end a select")
    void shouldSelectOnWhenTheDescriptorIsClosed() throws Exception {
        OwnedFd duplicate = LibC.duplicateTo(counter.fd(), FAR_ABOVE);
        try (EventFd other = EventFd.open()) {
            FdSet set = FdSet.allocate();
            set.set(duplicate.fd());
            set.set(other.fd());
            FutureTask<Integer> waiter = Waiters.start(() -> Select.select(set, null, null));
            Waiters.awaitBlockedInNative(waiter);

            duplicate.close();
            Waiters.awaitBlockedInNative(waiter);
            other.write(1);

            assertThat(result(waiter)).isPositive();
            assertThat(set.isSet(other.fd())).isTrue();
        }
    }

    @Test
    @DisplayName("C50, C51, epoll_wait11: a wait without limit returns at once when the writer hangs up")
    void shouldWakeWhenTheWriterCloses() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            epoll.add(pipe.readFd(), EPOLLIN, 7);
            FutureTask<List<EpollEvent>> waiter = sleeper();

            pipe.closeWrite();

            assertThat(result(waiter)).containsExactly(new EpollEvent(EPOLLHUP, 7));
        }
    }

    @Test
    @DisplayName("epoll_wait12: a wait for room in a full pipe ends with ERR when the reader closes")
    void shouldWakeWhenTheReaderCloses() throws Exception {
        try (Pipe pipe = Pipe.open()) {
            pipe.write(ByteBuffer.allocate(pipe.capacity()));
            epoll.add(pipe.writeFd(), EPOLLOUT, 7);
            FutureTask<List<EpollEvent>> waiter = sleeper();

            pipe.closeRead();

            assertThat(result(waiter)).containsExactly(new EpollEvent(EPOLLERR, 7));
        }
    }
}
