package io.github.epoll4j.reactor.datagram;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicLong;

/** Copies of datagrams that a socket does not take yet. For the loop's thread, except where noted. */
final class DatagramQueue {
    /** A queued datagram. The address is null for the connected peer, the source if the kernel chooses it. */
    record Entry(ByteBuffer data, InetSocketAddress address, InetAddress source, long cost) {
    }

    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private final int limit;
    /** The cost of all entries, those in tasks of other threads included. */
    private final AtomicLong pending = new AtomicLong();

    DatagramQueue(int limit) {
        this.limit = limit;
    }

    /**
     * Copies a datagram and reserves its cost. Returns null if the limit does not allow it, there is no memory, or the
     * buffer is mapped and its file has shrunk. For any thread.
     */
    Entry reserve(ByteBuffer data, InetSocketAddress address, InetAddress source) {
        long cost = (long) data.remaining() + DatagramConfig.OVERHEAD;
        if (cost <= limit - pending.getAndAdd(cost)) {
            try {
                ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
                return new Entry(copy, address, source, cost);
            } catch (OutOfMemoryError | InternalError e) {
                pending.getAndAdd(-cost);
                return null;
            }
        }
        pending.getAndAdd(-cost);
        return null;
    }

    /** Releases the cost of an entry that will not be sent. For any thread. */
    void release(Entry entry) {
        pending.getAndAdd(-entry.cost());
    }

    /** Adds an entry at the end. */
    void add(Entry entry) {
        entries.add(entry);
    }

    /** Returns the first entry, or null. */
    Entry first() {
        return entries.peek();
    }

    /** Removes the first entry. */
    void removeFirst() {
        release(entries.remove());
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Returns the cost of all entries. For any thread. */
    long pendingBytes() {
        return pending.get();
    }

    /** Removes all entries and returns their number. */
    int clear() {
        int count = entries.size();
        while (!entries.isEmpty()) {
            removeFirst();
        }
        return count;
    }
}
