package io.github.epoll4j.reactor.loop.poller;

import java.util.Arrays;

/** The events of a wait, copied from the arrays of poll and select, which handlers change. */
final class EventBatch {
    private long[] cookies = new long[64];
    private int[] events = new int[64];
    private int size;

    void clear() {
        size = 0;
    }

    /** Ensures capacity for so many events, so that a wait cannot run out of memory. */
    void reserve(int capacity) {
        if (capacity > events.length) {
            int larger = Math.max(capacity, 2 * events.length);
            long[] newCookies = Arrays.copyOf(cookies, larger); // handlers of this batch may register more
            events = Arrays.copyOf(events, larger);
            cookies = newCookies;
        }
    }

    void add(long cookie, int mask) {
        cookies[size] = cookie;
        events[size] = mask;
        size++;
    }

    int size() {
        return size;
    }

    long cookie(int index) {
        return cookies[index];
    }

    int events(int index) {
        return events[index];
    }
}
