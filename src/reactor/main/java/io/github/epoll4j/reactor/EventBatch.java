package io.github.epoll4j.reactor;

import java.util.Arrays;

/** The events of a wait, copied out of what poll and select reported, since handlers change that. */
final class EventBatch {
    private long[] cookies = new long[64];
    private int[] events = new int[64];
    private int size;

    void clear() {
        size = 0;
    }

    void add(long cookie, int mask) {
        if (size == events.length) {
            cookies = Arrays.copyOf(cookies, 2 * size);
            events = Arrays.copyOf(events, 2 * size);
        }
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
