package io.github.epoll4j.poll;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.poll.pollfd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * An off-heap array of {@code struct pollfd} that {@link Poll} waits on, reused from wait to wait.
 *
 * <p>Entries are addressed by index, from 0 to one below {@link #size()}. Several entries may have the same number.
 *
 * <p>Not thread-safe. Ownership: the caller closes the array; its descriptors are borrowed. The garbage collector frees
 * its memory, so closing it during a wait is an error, never a crash.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
public final class PollFdArray implements AutoCloseable {
    private final CallState state = new CallState();
    private MemorySegment memory;
    private int capacity;
    private int size;
    /** Number of entries with {@code revents} other than 0. */
    private int readyCount;

    private PollFdArray(int capacity) {
        this.memory = allocateMemory(capacity);
        this.capacity = capacity;
    }

    /**
     * Allocates an empty array.
     *
     * @param capacity the initial capacity in entries of 8 bytes, 1 or more; the array grows as needed
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
        return Arena.ofAuto().allocate(capacity * (long) pollfd.SIZEOF, Long.BYTES);
    }

    /**
     * Returns the number of entries that fit before the array grows.
     *
     * @return the capacity in entries; 0 if the array is closed
     */
    public int capacity() {
        return capacity;
    }

    /**
     * Returns the number of entries.
     *
     * @return the number of entries; 0 if the array is closed
     */
    public int size() {
        return size;
    }

    /**
     * Appends an entry. The array grows as needed.
     *
     * @param fd     the descriptor, borrowed; a negative number is skipped by waits
     * @param events the mask to watch for, see {@link PollFlags}
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
     * Replaces an entry and clears its {@code revents}.
     *
     * @param index  the index of the entry
     * @param fd     the descriptor, borrowed; a negative number, such as {@code ~fd}, is skipped by waits
     * @param events the mask to watch for, see {@link PollFlags}
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
     * Removes an entry. The last entry moves to its index.
     *
     * @param index the index of the entry
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public void remove(int index) {
        if (revents(index) != 0) {
            readyCount--;
        }
        size--;
        MemorySegment.copy(
                memory, size * (long) pollfd.SIZEOF, memory, index * (long) pollfd.SIZEOF, pollfd.SIZEOF);
    }

    /**
     * Returns the descriptor of an entry.
     *
     * @param index the index of the entry
     * @return the descriptor as it was passed
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public int fd(int index) {
        return memory.get(JAVA_INT, offset(index) + pollfd.fd$OFFSET);
    }

    /**
     * Returns the mask that an entry watches for.
     *
     * @param index the index of the entry
     * @return the mask, see {@link PollFlags}
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public int events(int index) {
        return Short.toUnsignedInt(memory.get(JAVA_SHORT, offset(index) + pollfd.events$OFFSET));
    }

    /**
     * Returns the mask that the last wait reported for an entry.
     *
     * @param index the index of the entry
     * @return the mask, see {@link PollFlags}; 0 if the entry is not ready, or was added or changed since
     * @throws IndexOutOfBoundsException if there is no such entry
     */
    public int revents(int index) {
        return Short.toUnsignedInt(memory.get(JAVA_SHORT, offset(index) + pollfd.revents$OFFSET));
    }

    /**
     * Returns the index of the next ready entry. Iterating with it allocates nothing.
     *
     * @param from the index to begin with, 0 or more
     * @return the lowest index, at least {@code from}, whose {@link #revents} is not 0; -1 if there is none
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
     * Returns copies of the ready entries, in the order of their indexes. Iteration ends at the last ready entry and
     * does not scan the rest of the array.
     *
     * @return the ready entries; the array must not be changed during the iteration
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

    /** Closes the array. Closing it again has no effect. */
    @Override
    public void close() {
        memory = MemorySegment.NULL;
        capacity = 0;
        size = 0;
        readyCount = 0;
    }

    /** Returns the memory of the entries for a wait. */
    MemorySegment begin() {
        ensureOpen();
        return memory;
    }

    /** Stores the number of entries that a wait reported; a negative one clears all {@code revents}. */
    void end(int reported) {
        readyCount = Math.max(reported, 0);
        if (reported < 0) {
            for (int index = nextReady(0); index >= 0; index = nextReady(index + 1)) {
                put(index, fd(index), events(index));
            }
        }
    }

    /** Returns the errno slot of the waits on this array. */
    CallState state() {
        return state;
    }

    private void put(int index, int fd, int events) {
        long offset = offset(index);
        memory.set(JAVA_INT, offset + pollfd.fd$OFFSET, fd);
        memory.set(JAVA_SHORT, offset + pollfd.events$OFFSET, (short) events);
        memory.set(JAVA_SHORT, offset + pollfd.revents$OFFSET, (short) 0);
    }

    private void grow() {
        MemorySegment larger = allocateMemory(Math.multiplyExact(capacity, 2));
        larger.copyFrom(memory);
        memory = larger;
        capacity *= 2;
    }

    private long offset(int index) {
        return Objects.checkIndex(index, size) * (long) pollfd.SIZEOF;
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
}
