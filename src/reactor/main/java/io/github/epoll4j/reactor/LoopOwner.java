package io.github.epoll4j.reactor;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/** Whose a loop is: the thread that it was given to, or the first to turn or to close it. */
final class LoopOwner {
    private static final AtomicReferenceFieldUpdater<LoopOwner, Thread> THREAD =
            AtomicReferenceFieldUpdater.newUpdater(LoopOwner.class, Thread.class, "thread");

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile Thread thread;

    /** Returns whether the calling thread is the owner. */
    boolean isCurrent() {
        return thread == Thread.currentThread();
    }

    /** Returns whether the calling thread is the owner, or there is none yet and a thread prepares the loop. */
    boolean mayBeCurrent() {
        Thread owner = thread;
        return owner == null || owner == Thread.currentThread();
    }

    /** Makes the calling thread the owner if there is none yet; true if it is the owner. */
    boolean adopt() {
        THREAD.compareAndSet(this, null, Thread.currentThread());
        return isCurrent();
    }

    /** Makes a thread the owner, of what has none yet or has lost its own. */
    void inherit(Thread heir) {
        thread = heir;
    }

    /** The owner's run is over. */
    void end() {
        ended.countDown();
    }

    /** Wakes the owner, and waits until its run is over, or it has died. */
    void join(Runnable wake) {
        Thread owner = thread;
        if (ended.getCount() > 0 && owner.isAlive()) {
            wake.run();
        }
        boolean interrupted = false;
        boolean isOver = false;
        while (!isOver && owner.isAlive()) {
            try {
                isOver = ended.await(1, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return String.valueOf(thread);
    }
}
