package io.github.epoll4j.wait;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.EpollEventLayout;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.LockSupport;

/**
 * The table and the epoll instance of one part of the descriptors, and the virtual thread that waits on it.
 *
 * <p>The thread polls without blocking, and yields to those that it has woken. Under load, waiters are woken without a
 * switch to another platform thread. Without events it parks until the {@link MasterPoller} unparks it.
 */
final class SubPoller extends WaitTable implements Runnable {
    /** The number of events after which the thread yields. */
    private static final int MAX_EVENTS = 64;

    private final MasterPoller master;
    private final int index;
    private final int epfd;
    /** For the calls of the poller's thread. */
    private final CallState waitState = new CallState();
    private final MemorySegment events = Arena.ofAuto().allocate(MAX_EVENTS * EpollEventLayout.SIZE, Long.BYTES);
    private final ByteBuffer view = events.asByteBuffer().order(ByteOrder.nativeOrder());
    private final Thread thread = Thread.ofVirtual().name("epoll4j-readiness").inheritInheritableThreadLocals(false)
            .unstarted(this);
    /** Set by the master when there are events. */
    private volatile boolean isReady;

    /**
     * Creates a poller.
     *
     * @param index its index in the master
     * @param epfd  an epoll descriptor, owned by the poller
     */
    SubPoller(MasterPoller master, int index, int epfd, int shift) {
        super(shift);
        this.master = master;
        this.index = index;
        this.epfd = epfd;
    }

    void start() {
        thread.start();
    }

    /** Ends the sleep of the poller's thread. */
    void wake() {
        isReady = true;
        LockSupport.unpark(thread);
    }

    @Override
    int ctl(int op, int fd, int mask, long data) {
        if (Thread.currentThread() == thread) {
            return ctl(waitState, op, fd, mask, data); // a new slot can fail for want of memory
        }
        try (CallState state = CallState.take()) {
            return ctl(state, op, fd, mask, data);
        }
    }

    private int ctl(CallState state, int op, int fd, int mask, long data) {
        EpollEventLayout.write(state.bytes(), mask, data);
        return state.result(epoll_h.epoll_ctl(state.errno(), epfd, op, fd, state.scratch()));
    }

    @Override
    public void run() {
        while (true) {
            if (poll() > 0) {
                Thread.yield();
            } else {
                isReady = false;
                master.watch(index, epfd, waitState);
                while (!isReady) {
                    LockSupport.park(this);
                }
            }
        }
    }

    private int poll() {
        int ready = waitState.result(epoll_h.epoll_wait(waitState.errno(), epfd, events, MAX_EVENTS, 0));
        MasterPoller.check("epoll_wait", epfd, ready);
        for (int i = 0; i < ready; i++) {
            fire(EpollEventLayout.events(view, i), EpollEventLayout.data(view, i));
        }
        return ready;
    }
}
