package io.github.epoll4j.wait;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.EpollEventLayout;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.io.CloseHooks;
import io.github.epoll4j.internal.io.FdCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The pollers of the process. The first wait starts them; they are never stopped.
 *
 * <p>There are as many {@link SubPoller}s as processors, rounded down to a power of two; a descriptor belongs to that
 * of its low bits. One daemon thread watches their epoll instances, which is where the process sleeps.
 */
final class MasterPoller implements Runnable, CloseHooks.Hook {
    private static volatile MasterPoller started;

    private final int epfd;
    private final SubPoller[] pollers;
    private final MemorySegment events;
    private final ByteBuffer view;
    private final CallState waitState = new CallState();

    /** Creates the pollers that own some epoll descriptors. */
    private MasterPoller(Deque<Integer> epfds) throws ErrnoException {
        epfd = epfds.removeFirst();
        pollers = new SubPoller[epfds.size()];
        int shift = Integer.numberOfTrailingZeros(pollers.length);
        for (int i = 0; i < pollers.length; i++) {
            int pollerEpfd = epfds.removeFirst();
            pollers[i] = new SubPoller(this, i, pollerEpfd, shift);
            add(pollerEpfd);
        }
        events = Arena.ofAuto().allocate(pollers.length * EpollEventLayout.SIZE, Long.BYTES);
        view = events.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** Returns the poller of a descriptor, after starting all if this is the first wait. */
    static SubPoller of(int fd) throws ErrnoException {
        MasterPoller master = started;
        return (master == null ? start() : master).poller(fd);
    }

    /** Ends the waits on a number that is about to be closed, if there can be any. */
    static void closing(int fd) {
        MasterPoller master = started;
        if (master != null) {
            master.poller(fd).close(fd, null);
        }
    }

    private SubPoller poller(int fd) {
        return pollers[fd & (pollers.length - 1)];
    }

    private static synchronized MasterPoller start() throws ErrnoException {
        if (started == null) {
            Platform.require();
            int count = Integer.highestOneBit(Runtime.getRuntime().availableProcessors());
            MasterPoller master = start(open(count + 1));
            CloseHooks.add(master);
            for (SubPoller poller : master.pollers) {
                poller.start();
            }
            started = master;
        }
        return started;
    }

    /** Starts the daemon thread, or closes the descriptors if memory or the limit of threads is reached. */
    private static MasterPoller start(Deque<Integer> epfds) throws ErrnoException {
        boolean isStarted = false;
        try {
            MasterPoller master = new MasterPoller(new ArrayDeque<>(epfds));
            Thread thread = Thread.ofPlatform().daemon().name("epoll4j-readiness").inheritInheritableThreadLocals(false)
                    .unstarted(master);
            thread.setContextClassLoader(null); // the first to wait may be a module that is unloaded one day
            thread.start();
            isStarted = true;
            return master;
        } finally {
            if (!isStarted) {
                epfds.forEach(FdCalls::close);
            }
        }
    }

    private static Deque<Integer> open(int count) throws ErrnoException {
        Deque<Integer> epfds = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            int fd;
            try (CallState state = CallState.take()) {
                fd = state.result(epoll_h.epoll_create1(state.errno(), epoll_h.EPOLL_CLOEXEC));
            }
            if (fd < 0) {
                epfds.forEach(FdCalls::close);
                throw new ErrnoException("epoll_create1", "EPOLL_CLOEXEC", -fd);
            }
            epfds.add(fd);
        }
        return epfds;
    }

    /** Registers a poller's instance, disarmed: the first wait fails here if the user has too many registrations. */
    private void add(int pollerEpfd) throws ErrnoException {
        EpollEventLayout.write(waitState.bytes(), EPOLLONESHOT, 0);
        int result = ctl(waitState, epoll_h.EPOLL_CTL_ADD, pollerEpfd);
        if (result < 0) {
            throw new ErrnoException("epoll_ctl", "ADD, fd=" + pollerEpfd, -result);
        }
    }

    /** Wakes a poller as soon as its instance has events, once. Called by the poller's thread, with its slot. */
    void watch(int index, int pollerEpfd, CallState state) {
        EpollEventLayout.write(state.bytes(), EPOLLIN | EPOLLONESHOT, index);
        check("epoll_ctl", epfd, ctl(state, epoll_h.EPOLL_CTL_MOD, pollerEpfd));
    }

    private int ctl(CallState state, int op, int fd) {
        return state.result(epoll_h.epoll_ctl(state.errno(), epfd, op, fd, state.scratch()));
    }

    /** Ends a poller's thread if a call fails for good, which other code can cause that closes its descriptor. */
    static void check(String call, int epfd, int result) {
        if (result < 0 && result != -Errno.EINTR) {
            throw new IllegalStateException("a poller of Readiness has ended",
                    new ErrnoException(call, "epfd=" + epfd, -result));
        }
    }

    @Override
    public void run() {
        while (true) {
            int ready = waitState.result(
                    epoll_h.epoll_wait(waitState.errno(), epfd, events, pollers.length, -1));
            check("epoll_wait", epfd, ready);
            for (int i = 0; i < ready; i++) {
                pollers[(int) EpollEventLayout.data(view, i)].wake();
            }
        }
    }

    @Override
    public void closing(OwnedFd owner, int fd) {
        poller(fd).close(fd, owner);
    }

    @Override
    public void released(OwnedFd owner, int fd) {
        poller(fd).forget(fd);
    }
}
