package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.SignalFd;
import io.github.epoll4j.fd.Signalling;
import io.github.epoll4j.internal.gen.poll.poll_h;
import io.github.epoll4j.internal.gen.select.select_h;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Signals that arrive at a waiting thread, below the library, which hides them. SIGUSR2 has a handler in every HotSpot,
 * installed with SA_RESTART, that does nothing of its own.
 */
@Timeout(60)
class SignalledWaitTest {
    private static final int SIGUSR2 = 12;
    private static final long SIGUSR2_MASK = 1L << SIGUSR2 - 1;
    private static final long SIGSET_BYTES = 128;
    /** Of struct sigaction: the handler, the signals to block, the flags and more. */
    private static final long ACTION_FLAGS = Long.BYTES + SIGSET_BYTES;
    private static final long ACTION_BYTES = 160;
    private static final int SA_RESTART = 0x1000_0000;

    private Arena arena;
    private OwnedFd epoll;
    private EventFd counter;
    private MemorySegment events;

    @BeforeEach
    void open() throws IOException {
        arena = Arena.ofShared();
        events = arena.allocate(128);
        epoll = Raw.epoll();
        counter = EventFd.open();
        assertThat(Raw.ctl(epoll.fd(), Raw.ADD, counter.fd(), EPOLLIN)).isEqualTo("0");
    }

    @AfterEach
    void close() {
        counter.close();
        epoll.close();
        arena.close();
    }

    private MemorySegment signals(long mask) {
        MemorySegment set = arena.allocate(SIGSET_BYTES, Long.BYTES);
        set.set(ValueLayout.JAVA_LONG, 0, mask);
        return set;
    }

    private MemorySegment time(long seconds, long second) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, seconds, second);
    }

    /** Makes SIGUSR2 pending for this thread, calls, and lets the signal through again. */
    private static String withPendingSignal(Callable<Integer> call) throws Exception {
        SignalFd.block(SIGUSR2);
        try {
            Signalling.sendTo(Signalling.self(), SIGUSR2);
            return Raw.name(call.call());
        } finally {
            SignalFd.unblock(SIGUSR2);
        }
    }

    private int pwait(long mask, int timeoutMillis) {
        return LibC.call("epoll_pwait", epoll.fd(), events, 1, timeoutMillis, signals(mask));
    }

    /** Sends a signal to a thread that sleeps in a call, and gives what the call answers. */
    private static String interrupted(Callable<Integer> call) throws Exception {
        AtomicLong thread = new AtomicLong();
        FutureTask<Integer> waiter = Waiters.start(() -> {
            thread.set(Signalling.self());
            return call.call();
        });
        Waiters.awaitBlockedInNative(waiter);
        Signalling.sendTo(thread.get(), SIGUSR2);
        return Raw.name(waiter.get(20, TimeUnit.SECONDS));
    }

    @Test
    @DisplayName("S15-4, C57, K54, K64, epoll_wait08: a signal ends a wait with EINTR, in spite of SA_RESTART: not "
            + "a fatal error")
    void shouldBeInterruptedWhenASignalIsHandled() throws Exception {
        MemorySegment action = arena.allocate(ACTION_BYTES, Long.BYTES);
        assertThat(LibC.call("sigaction", SIGUSR2, MemorySegment.NULL, action)).isZero();
        assertThat(action.get(ValueLayout.JAVA_INT, ACTION_FLAGS) & SA_RESTART).isNotZero();
        assertThat(interrupted(() -> LibC.call("epoll_wait", epoll.fd(), events, 1, -1))).isEqualTo("EINTR");
        assertThat(interrupted(() -> LibC.call("epoll_pwait2", epoll.fd(), events, 1, MemorySegment.NULL,
                MemorySegment.NULL))).isEqualTo("EINTR");
    }

    @Test
    @DisplayName("K102, K119, ppoll01: e: poll and select are interrupted alike, in spite of SA_RESTART")
    void shouldBeInterruptedWhenInPollOrSelect() throws Exception {
        MemorySegment fds = arena.allocate(8);
        fds.set(ValueLayout.JAVA_INT, 0, counter.fd());
        fds.set(ValueLayout.JAVA_SHORT, 4, (short) EPOLLIN);
        assertThat(interrupted(() -> Raw.call(errno -> poll_h.poll(errno, fds, 1, -1)))).isEqualTo("EINTR");
        MemorySegment none = MemorySegment.NULL;
        assertThat(interrupted(() -> Raw.call(errno -> select_h.select(errno, 0, none, none, none, none))))
                .isEqualTo("EINTR");
    }

    @Test
    @DisplayName("K129: select writes the time that is left also when it was interrupted")
    void shouldWriteTheTimeLeftWhenInterrupted() throws Exception {
        MemorySegment none = MemorySegment.NULL;
        MemorySegment time = time(100, 0);
        assertThat(interrupted(() -> Raw.call(errno -> select_h.select(errno, 0, none, none, none, time))))
                .isEqualTo("EINTR");
        assertThat(time.get(ValueLayout.JAVA_LONG, 0)).isBetween(0L, 99L);
    }

    @Test
    @DisplayName("epoll_pwait01, K66: a mask that lets a pending signal through is EINTR; one that blocks "
            + "it, the event")
    void shouldFollowTheMaskWhenASignalIsPending() throws Exception {
        assertThat(withPendingSignal(() -> pwait(0, -1))).isEqualTo("EINTR");
        assertThat(withPendingSignal(() -> pwait(SIGUSR2_MASK, 20))).isEqualTo("0");
        counter.write(1);
        assertThat(withPendingSignal(() -> pwait(SIGUSR2_MASK, -1))).isEqualTo("1");
        assertThat(withPendingSignal(() -> LibC.call("epoll_pwait2", epoll.fd(), events, 1, MemorySegment.NULL,
                signals(SIGUSR2_MASK)))).isEqualTo("1");
    }

    @Test
    @DisplayName("K65: an event that is there wins over a signal, and a wait that does not wait is not interrupted")
    void shouldReportTheEventWhenASignalIsPendingToo() throws Exception {
        assertThat(withPendingSignal(() -> pwait(0, 0))).isEqualTo("0");
        counter.write(1);
        assertThat(withPendingSignal(() -> pwait(0, -1))).isEqualTo("1");
        assertThat(withPendingSignal(() -> pwait(0, 0))).isEqualTo("1");
    }

    @Test
    @DisplayName("ppoll01: b and f: the mask of ppoll alone decides about a pending signal")
    void shouldFollowTheMaskWhenInPpoll() throws Exception {
        MemorySegment time = time(0, 20_000_000);
        assertThat(withPendingSignal(() ->
                LibC.call("ppoll", MemorySegment.NULL, 0L, time, signals(SIGUSR2_MASK)))).isEqualTo("0");
        assertThat(withPendingSignal(() ->
                LibC.call("ppoll", MemorySegment.NULL, 0L, MemorySegment.NULL, signals(0)))).isEqualTo("EINTR");
    }
}
