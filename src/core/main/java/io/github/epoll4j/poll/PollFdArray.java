package io.github.epoll4j.poll;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.github.epoll4j.internal.gen.poll.pollfd;
import io.github.epoll4j.internal.sys.CallState;
import io.github.epoll4j.internal.sys.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * An off-heap array of {@code struct pollfd} that {@link Poll} waits on, made to be kept from wait to wait.
 *
 * <p>Entries are addressed by index, from 0 to one below {@link #size()}. The same number may stand in several entries.
 *
 * <p>Not thread-safe. Ownership: the array belongs to the caller, its descriptors are borrowed. Its memory goes back
 * when the garbage collector finds it unused, so closing it under a running wait is an error, never a crash.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
public final class PollFdArray implements AutoCloseable {
    private final CallState state = new CallState();
    private MemorySegment memory;
    private int capacity;
    private int size;
    /** How many entries the last wait reported, as far as they stand. */
    private int readyCount;

    private PollFdArray(int capacity) {
        this.memory = allocateMemory(capacity);
        this.capacity = capacity;
    }

    /**
     * Allocates an empty array.
     *
     * @param capacity how many entries fit before it has to grow, 1 or more; each takes 8 bytes
     * @return the array, to be closed by the caller
     * @throws IllegalArgumentException if the capacity is below 1
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static PollFdArray allocate(int capacity) {
        Platform.require();
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity " + capacity + " is below 1");
        }
        return new PollFdArray(capacity);
    }

    private static MemorySegment allocateMemory(int capacity) {
        return Arena.ofAuto().allocate(capacity * Entry.SIZE, Long.BYTES);
    }

    /**
     * Tells how many entries fit before the array grows.
     *
     * @return the capacity in entries; 0 if the array is closed
     */
    public int capacity() {
        return capacity;
    }

    /**
     * Tells how many entries there are.
     *
     * @return the count; 0 if the array is closed
     */
    public int size() {
        return size;
    }

    /**
     * Appends an entry; the array grows as needed.
     *
     * @param fd     the descriptor, borrowed; a negative number is skipped by waits
     * @param events what to watch for, see {@link PollFlags}
     * @return the index of the entry
     * @throws IllegalArgumentException if the mask has bits beyond C's short
     * @throws IllegalStateException if the array is closed
     */
    public int add(int fd, int events) {
        ensureOpen();
        checkMask(events);
        if (size == capacity) {
            grow();
        }
        size++;
        put(size - 1, fd, events);
        return size - 1;
    }

    /**
     * Changes an entry.
     *
     * @param index  which entry
     * @param fd     the descriptor, borrowed; a negative number, such as {@code ~fd}, is skipped by waits
     * @param events what to watch for, see {@link PollFlags}
     * @throws IndexOutOfBoundsException if there is no such entry
     * @throws IllegalArgumentException if the mask has bits beyond C's short
     */
    public void change(int index, int fd, int events) {
        checkMask(events);
        if (revents(index) != 0) {
            readyCount--;
        }
        put(index, fd, events);
    }

    /**
     * Removes an entry; the last one takes its place, and its index.
     *
     * @param index which entry
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public void remove(int index) {
        if (revents(index) != 0) {
            readyCount--;
        }
        size--;
        MemorySegment.copy(memory, size * Entry.SIZE, memory, index * Entry.SIZE, Entry.SIZE);
    }

    /**
     * Reads the number of an entry.
     *
     * @param index which entry
     * @return the descriptor as it was given
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public int fd(int index) {
        return memory.get(JAVA_INT, offset(index) + Entry.FD);
    }

    /**
     * Reads what an entry watches for.
     *
     * @param index which entry
     * @return the mask, see {@link PollFlags}
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public int events(int index) {
        return Short.toUnsignedInt(memory.get(JAVA_SHORT, offset(index) + Entry.EVENTS));
    }

    /**
     * Reads what the last wait reported for an entry.
     *
     * @param index which entry
     * @return the mask, see {@link PollFlags}; 0 if the entry is not ready, or was added or changed since
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public int revents(int index) {
        return Short.toUnsignedInt(memory.get(JAVA_SHORT, offset(index) + Entry.REVENTS));
    }

    /**
     * Finds the next entry that the last wait reported, in order to iterate without creating objects.
     *
     * @param from the index to begin with, 0 or more
     * @return the lowest index from there on whose {@link #revents} is not 0; -1 if there is none
     */
    public int nextReady(int from) {
        for (int index = from; index < size; index++) {
            if (revents(index) != 0) {
                return index;
            }
        }
        return -1;
    }

    /**
     * Iterates over the entries that the last wait reported, as copies, in the order of their indexes. It ends as soon
     * as all of them were seen, and does not look at the rest of the array.
     *
     * @return the ready entries; the array must not be changed while one iterates
     */
    public Iterable<PollFd> ready() {
        return () -> new Iterator<>() {
            private int left = readyCount;
            private int next;

            @Override
            public boolean hasNext() {
                return left > 0;
            }

            @Override
            public PollFd next() {
                int index = left > 0 ? nextReady(next) : -1;
                if (index < 0) {
                    throw new NoSuchElementException();
                }
                left--;
                next = index + 1;
                return new PollFd(index, fd(index), events(index), revents(index));
            }
        };
    }

    /** Gives the array back. Closing again does nothing. */
    @Override
    public void close() {
        memory = MemorySegment.NULL;
        capacity = 0;
        size = 0;
        readyCount = 0;
    }

    /** The entries for a wait. */
    MemorySegment begin() {
        ensureOpen();
        return memory;
    }

    /** Takes over how many entries a wait reported; a failed one reported nothing. */
    void end(int reported) {
        readyCount = Math.max(reported, 0);
        if (reported < 0) {
            for (int index = nextReady(0); index >= 0; index = nextReady(index + 1)) {
                put(index, fd(index), events(index));
            }
        }
    }

    /** The errno slot of the waits on this array. */
    CallState state() {
        return state;
    }

    private void put(int index, int fd, int events) {
        long offset = offset(index);
        memory.set(JAVA_INT, offset + Entry.FD, fd);
        memory.set(JAVA_SHORT, offset + Entry.EVENTS, (short) events);
        memory.set(JAVA_SHORT, offset + Entry.REVENTS, (short) 0);
    }

    private void grow() {
        MemorySegment larger = allocateMemory(Math.multiplyExact(capacity, 2));
        larger.copyFrom(memory);
        memory = larger;
        capacity *= 2;
    }

    private long offset(int index) {
        return Objects.checkIndex(index, size) * Entry.SIZE;
    }

    private static void checkMask(int events) {
        if (events != (events & 0xFFFF)) {
            throw new IllegalArgumentException("not a mask of poll: 0x" + Integer.toHexString(events));
        }
    }

    private void ensureOpen() {
        if (capacity == 0) {
            throw new IllegalStateException("PollFdArray is closed");
        }
    }

    /** Where the fields of {@code struct pollfd} lie. */
    private static final class Entry {
        static final long SIZE = pollfd.sizeof();
        static final long FD = pollfd.fd$offset();
        static final long EVENTS = pollfd.events$offset();
        static final long REVENTS = pollfd.revents$offset();
    }
}
