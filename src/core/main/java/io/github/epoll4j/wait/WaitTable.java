package io.github.epoll4j.wait;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

import io.github.epoll4j.Errno;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * The waiters of the descriptors of one epoll instance.
 *
 * <p>A descriptor has one registration, one-shot, with the union of its waiters' masks. An event ends the waits of the
 * first waiter of each direction. The registration is armed again for the others, which has the kernel check the
 * readiness again: no thread waits beside data that another thread has left.
 *
 * <p>Each method is one atomic step of a descriptor's state machine, under that descriptor's lock. It calls
 * {@code epoll_ctl} under the lock: the table knows what is armed.
 */
abstract class WaitTable {
    private static final int ALWAYS = EPOLLERR | EPOLLHUP;
    private static final int LEAST_LENGTH = 64;
    private static final byte SKIPPED_POLLS = 15;

    /** Descriptors with the same low bits are in one table. */
    private final int shift;
    /** Entries are added under the lock of this object. A new entry has default values: it needs no publication. */
    private volatile FdWaiters[] table = new FdWaiters[LEAST_LENGTH];

    /**
     * Creates a table.
     *
     * @param shift the number of low bits that are equal in all descriptors of the table
     */
    WaitTable(int shift) {
        this.shift = shift;
    }

    /** Calls {@code epoll_ctl}, and returns 0 or {@code -errno}. */
    abstract int ctl(int op, int fd, int events, long data);

    /**
     * Returns whether a wait should poll the descriptor first: if the last poll found it ready, and otherwise at every
     * sixteenth wait. Code that waits before each read finds it ready often. Code that reads first does not: the poll
     * would be a wasted system call.
     */
    final boolean isPolledFirst(int fd) {
        FdWaiters waiters = present(fd);
        return waiters == null || waiters.skippedPolls == 0 || --waiters.skippedPolls == 0;
    }

    /** Has the next waits for a descriptor that a poll did not find ready skip the poll. */
    final void skipPolls(int fd) {
        waiters(fd).skippedPolls = SKIPPED_POLLS;
    }

    /**
     * Adds a waiter, and arms the registration of its descriptor. The table grows for any number: one that it does not
     * have is polled first.
     *
     * @return 0; or what ends the wait at once: {@code -errno} or {@link Waiter#CLOSED}
     */
    final int add(Waiter waiter) {
        int fd = waiter.fd;
        FdWaiters waiters = waiters(fd);
        synchronized (waiters) {
            if (waiter.owner != null && !waiter.owner.isOpen()) {
                return Waiter.CLOSED; // from now on the owner's close finds the waiter
            }
            int result = arm(fd, waiters, waiters.armed | waiter.events);
            if (result < 0) {
                endAll(waiters, result);
            } else {
                waiters.add(waiter);
            }
            return result;
        }
    }

    /**
     * Registers a descriptor that is open, without arming it, unless it is registered.
     *
     * @return 0; or {@code -errno}, such as EPERM if its file cannot be polled
     */
    final int register(int fd) {
        FdWaiters waiters = waiters(fd);
        synchronized (waiters) {
            return waiters.isRegistered ? 0 : arm(fd, waiters, 0);
        }
    }

    /** Forgets a registration that ended when its owner closed the number. */
    final void forget(int fd) {
        FdWaiters waiters = present(fd);
        if (waiters != null) {
            synchronized (waiters) {
                waiters.isRegistered &= !waiters.isEmpty();
            }
        }
    }

    /**
     * Ends the waits that an event is for. An event of an earlier registration is dropped.
     *
     * @param data the 64 bits that {@link #ctl} was called with
     */
    final void fire(int events, long data) {
        int fd = (int) data;
        FdWaiters waiters = waiters(fd);
        synchronized (waiters) {
            if (waiters.generation != (int) (data >>> Integer.SIZE)) {
                return;
            }
            int union = waiters.armed;
            waiters.armed = 0;
            int left = events;
            boolean isForAll = (events & ALWAYS) != 0;
            for (Waiter waiter = waiters.first; waiter != null && left != 0; waiter = waiter.next) {
                if (isForAll || (waiter.events & left) != 0) {
                    end(waiters, waiter, events & (waiter.events | ALWAYS));
                    left = isForAll ? left : left & ~waiter.events;
                }
            }
            if (!waiters.isEmpty()) {
                int result = arm(fd, waiters, waiters.union(union));
                if (result < 0) {
                    endAll(waiters, result);
                }
            }
        }
    }

    /**
     * Removes a waiter whose thread stops waiting. The last one takes the registration back.
     *
     * @return the result of a wait that has ended meanwhile, or 0
     */
    final int remove(Waiter waiter) {
        FdWaiters waiters = waiters(waiter.fd);
        synchronized (waiters) {
            if (waiter.result == 0) {
                waiters.remove(waiter);
                disarmIfEmpty(waiter.fd, waiters);
            }
            return waiter.result;
        }
    }

    /**
     * Ends the waits on a descriptor that is about to be closed, by {@link Waiter#CLOSED}.
     *
     * @param owner the owner whose waiters leave; null for all waiters of the number
     */
    final void close(int fd, OwnedFd owner) {
        FdWaiters waiters = presentOrAdded(fd);
        if (waiters != null) {
            synchronized (waiters) {
                for (Waiter waiter = waiters.first; waiter != null; waiter = waiter.next) {
                    if (owner == null || waiter.owner == owner) {
                        end(waiters, waiter, Waiter.CLOSED);
                    }
                }
                if (owner == null && waiters.isRegistered) {
                    deregister(fd, waiters); // the close of a borrowed number is not reported
                } else {
                    disarmIfEmpty(fd, waiters);
                }
            }
        }
    }

    /** Returns an entry that is not missed while another thread adds it: a close must not miss its waiter. */
    private FdWaiters presentOrAdded(int fd) {
        FdWaiters waiters = present(fd);
        if (waiters == null) {
            synchronized (this) {
                waiters = present(fd);
            }
        }
        return waiters;
    }

    private FdWaiters present(int fd) {
        FdWaiters[] present = table;
        int index = fd >>> shift;
        return index < present.length ? present[index] : null;
    }

    private FdWaiters waiters(int fd) {
        FdWaiters waiters = present(fd);
        return waiters == null ? create(fd) : waiters;
    }

    private synchronized FdWaiters create(int fd) {
        int index = fd >>> shift;
        if (index >= table.length) {
            table = Arrays.copyOf(table, Integer.highestOneBit(index) * 2);
        }
        if (table[index] == null) {
            table[index] = new FdWaiters();
        }
        return table[index];
    }

    /**
     * Arms the registration with a mask. Also if it is armed already: the number may belong to another file by now,
     * which the kernel alone knows.
     */
    private int arm(int fd, FdWaiters waiters, int wanted) {
        int result = waiters.isRegistered ? ctl(epoll_h.EPOLL_CTL_MOD, fd, wanted, waiters.generation) : -Errno.ENOENT;
        if (result == -Errno.ENOENT) {
            waiters.generation++;
            result = ctl(epoll_h.EPOLL_CTL_ADD, fd, wanted, waiters.generation);
        }
        if (result == -Errno.EEXIST) { // a duplicate kept the file open when this number of it was closed
            result = ctl(epoll_h.EPOLL_CTL_MOD, fd, wanted, waiters.generation);
        }
        waiters.isRegistered = result == 0;
        waiters.armed = result == 0 ? wanted : 0;
        return result;
    }

    private int ctl(int op, int fd, int events, int generation) {
        return ctl(op, fd, events | EPOLLONESHOT, (long) generation << Integer.SIZE | fd);
    }

    private void disarmIfEmpty(int fd, FdWaiters waiters) {
        if (waiters.isEmpty() && waiters.armed != 0) {
            deregister(fd, waiters);
        }
    }

    private void deregister(int fd, FdWaiters waiters) {
        ctl(epoll_h.EPOLL_CTL_DEL, fd, 0, waiters.generation);
        waiters.armed = 0;
        waiters.isRegistered = false;
    }

    private void endAll(FdWaiters waiters, int result) {
        for (Waiter waiter = waiters.first; waiter != null; waiter = waiter.next) {
            end(waiters, waiter, result);
        }
    }

    /** Ends a wait; the waiter's own links stay, so that a loop over the list can go on. */
    private void end(FdWaiters waiters, Waiter waiter, int result) {
        waiters.remove(waiter);
        waiter.result = result;
        LockSupport.unpark(waiter.thread);
    }
}
