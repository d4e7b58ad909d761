package io.github.epoll4j.reactor;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** Datagrams that a socket does not take yet, copied from their senders. For the loop's thread, but for the room. */
final class DatagramQueue {
    /** A datagram that waits; no address in connected mode. */
    record Waiting(ByteBuffer data, InetSocketAddress address, int cost) {
    }

    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    private final int limit;
    /** What waits, here and in tasks of other threads. */
    private final AtomicInteger pending = new AtomicInteger();

    DatagramQueue(int limit) {
        this.limit = limit;
    }

    /**
     * Copies a datagram; null if there is no capacity for it, no memory, or the buffer's file has shrunk under its
     * mapping. From any thread.
     */
    Waiting reserve(ByteBuffer data, InetSocketAddress address) {
        int cost = data.remaining() + DatagramConfig.OVERHEAD;
        if (cost <= limit - pending.getAndAdd(cost)) {
            try {
                return new Waiting(ByteBuffer.allocate(data.remaining()).put(data).flip(), address, cost);
            } catch (OutOfMemoryError | InternalError e) {
                pending.getAndAdd(-cost);
                return null;
            }
        }
        pending.getAndAdd(-cost);
        return null;
    }

    /** Puts a datagram that has its room at the end. */
    void add(Waiting waiting) {
        queue.add(waiting);
    }

    /** The first one; null if there is none. */
    Waiting first() {
        return queue.peek();
    }

    /** Takes the first one out. */
    void removeFirst() {
        giveBack(queue.remove());
    }

    /** Gives back the room of a datagram that will not be sent. */
    void giveBack(Waiting waiting) {
        pending.getAndAdd(-waiting.cost());
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** The bytes that wait, from any thread. */
    int pendingBytes() {
        return pending.get();
    }

    /** Drops all, and tells how many. */
    int clear() {
        int count = queue.size();
        while (!queue.isEmpty()) {
            removeFirst();
        }
        return count;
    }
}
