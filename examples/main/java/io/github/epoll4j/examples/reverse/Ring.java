package io.github.epoll4j.examples.reverse;

import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/**
 * A bounded queue of chunks between exactly two threads, without a lock. The array below it is never smaller than four,
 * and its size a power of two: the producer alone adds, so that what it counts is never less than what is there.
 */
final class Ring {
    private final SpscVarHandleArrayQueue<Chunk> chunks;
    private final int capacity;

    Ring(int capacity) {
        this.chunks = new SpscVarHandleArrayQueue<>(capacity);
        this.capacity = capacity;
    }

    /** Returns whether there is no free slot; for the producer. */
    boolean isFull() {
        return chunks.size() >= capacity;
    }

    /** Adds a chunk, unless the ring is full; for the producer. */
    boolean offer(Chunk chunk) {
        return !isFull() && chunks.offer(chunk);
    }

    /** Removes the oldest chunk; null if the ring is empty; for the consumer. */
    Chunk poll() {
        return chunks.poll();
    }
}
