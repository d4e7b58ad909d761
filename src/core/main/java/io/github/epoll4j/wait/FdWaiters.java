package io.github.epoll4j.wait;

/** The waiters of one descriptor, first in, first out, and its registration. Guarded by its own lock. */
final class FdWaiters {
    Waiter first;
    private Waiter last;
    /** The mask that the registration is armed with, at least the union of the waiters' masks; 0 if it is disarmed. */
    int armed;
    /** The number of registrations so far. Each event carries that of its registration. */
    int generation;
    /** True if the descriptor is registered, unless its number belongs to another file by now. */
    boolean isRegistered;

    /** The number of waits until the next one that polls before it is registered. A race loses counts only. */
    byte skippedPolls;

    boolean isEmpty() {
        return first == null;
    }

    /**
     * Returns the union of the waiters' masks. Long lists are read to their end only if the masks differ.
     *
     * @param most a mask that contains the union
     */
    int union(int most) {
        int union = 0;
        for (Waiter waiter = first; waiter != null && union != most; waiter = waiter.next) {
            union |= waiter.events;
        }
        return union;
    }

    void add(Waiter waiter) {
        waiter.previous = last;
        if (last == null) {
            first = waiter;
        } else {
            last.next = waiter;
        }
        last = waiter;
    }

    void remove(Waiter waiter) {
        if (waiter.previous == null) {
            first = waiter.next;
        } else {
            waiter.previous.next = waiter.next;
        }
        if (waiter.next == null) {
            last = waiter.previous;
        } else {
            waiter.next.previous = waiter.previous;
        }
    }
}
