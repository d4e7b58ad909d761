package io.github.epoll4j.poll;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.poll.pollfd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * An off-heap array of {@code struct pollfd} that {@link Poll} waits on, reused from wait to wait.
 *
 * <p>Entries are addressed by index, from 0 to one below {@link #size()}. Several entries may have the same number.
 * Each entry has 64 bits of the user's data beside the kernel's structure.
 *
 * <p>Not thread-safe; use by two threads leads to exceptions or odd results, never to a crash. Ownership: the caller
 * closes the array. Its descriptors are borrowed, also where an owner is passed: the array does not hold it during a
 * wait, so remove the entry before the owner is closed.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
public final class PollFdArray implements AutoCloseable {
    /** The number of entries that {@link #toString()} shows. */
    private static final int SHOWN = 8;

    private final CallState state = new CallState();
    private MemorySegment memory;
    private long[] data;
    private int capacity;
    private int size;
    /** Number of entries with {@code revents} other than 0. */
    private int readyCount;

    private PollFdArray(int capacity) {
        this.memory = allocateMemory(capacity);
        this.data = new long[capacity];
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
     * @return the capacity in entries
     * @throws IllegalStateException if the array is closed
     */
    public int capacity() {
        ensureOpen();
        return capacity;
    }

    /**
     * Returns the number of entries.
     *
     * @return the number of entries
     * @throws IllegalStateException if the array is closed
     */
    public int size() {
        ensureOpen();
        return size;
    }

    /**
     * Appends an entry with the descriptor's number as its data. The array grows as needed.
     *
     * @param fd     the descriptor, borrowed; a negative number is skipped by waits
     * @param events the mask to watch for, see {@link PollFlags}
     * @return the index of the entry
     * @throws IllegalArgumentException if the mask has bits beyond C's short
     * @throws IllegalStateException if the array is closed
     */
    public int add(int fd, int events) {
        return add(fd, events, fd);
    }

    /**
     * Appends an entry. The array grows as needed.
     *
     * @param fd     the descriptor, borrowed; a negative number is skipped by waits
     * @param events the mask to watch for, see {@link PollFlags}
     * @param data   64 bits for the caller, see {@link #data(int)}
     * @return the index of the entry
     * @throws IllegalArgumentException if the mask has bits beyond C's short
     * @throws IllegalStateException if the array is closed
     */
    public int add(int fd, int events, long data) {
        ensureOpen();
        checkMask(events);
        if (size == capacity) {
            grow();
        }
        size++;
        put(size - 1, fd, events, data);
        return size - 1;
    }

    /**
     * Appends an entry with the descriptor's number as its data. The array does not hold the owner during a wait.
     *
     * @param fd     the descriptor's owner
     * @param events the mask to watch for, see {@link PollFlags}
     * @return the index of the entry
     * @throws IllegalArgumentException if the mask has bits beyond C's short
     * @throws IllegalStateException if the array or the owner is closed
     */
    public int add(OwnedFd fd, int events) {
        return add(fd.fd(), events);
    }

    /**
     * Appends an entry. The array does not hold the owner during a wait.
     *
     * @param fd     the descriptor's owner
     * @param events the mask to watch for, see {@link PollFlags}
     * @param data   64 bits for the caller, see {@link #data(int)}
     * @return the index of the entry
     * @throws IllegalArgumentException if the mask has bits beyond C's short
     * @throws IllegalStateException if the array or the owner is closed
     */
    public int add(OwnedFd fd, int events, long data) {
        return add(fd.fd(), events, data);
    }

    /**
     * Replaces an entry, with the descriptor's number as its data, and clears its {@code revents}.
     *
     * @param index  the index of the entry
     * @param fd     the descriptor, borrowed; a negative number, such as {@code ~fd}, is skipped by waits
     * @param events the mask to watch for, see {@link PollFlags}
     * @throws IndexOutOfBoundsException if there is no such entry
     * @throws IllegalArgumentException if the mask has bits beyond C's short
     * @throws IllegalStateException if the array is closed
     */
    public void change(int index, int fd, int events) {
        change(index, fd, events, fd);
    }

    /**
     * Replaces an entry and clears its {@code revents}.
     *
     * @param index  the index of the entry
     * @param fd     the descriptor, borrowed; a negative number, such as {@code ~fd}, is skipped by waits
     * @param events the mask to watch for, see {@link PollFlags}
     * @param data   64 bits for the caller, see {@link #data(int)}
     * @throws IndexOutOfBoundsException if there is no such entry
     * @throws IllegalArgumentException if the mask has bits beyond C's short
     * @throws IllegalStateException if the array is closed
     */
    public void change(int index, int fd, int events, long data) {
        checkMask(events);
        if (revents(index) != 0) {
            readyCount--;
        }
        put(index, fd, events, data);
    }

    /**
     * Replaces an entry, with the descriptor's number as its data, and clears its {@code revents}. The array does not
     * hold the owner during a wait.
     *
     * @param index  the index of the entry
     * @param fd     the descriptor's owner
     * @param events the mask to watch for, see {@link PollFlags}
     * @throws IndexOutOfBoundsException if there is no such entry
     * @throws IllegalArgumentException if the mask has bits beyond C's short
     * @throws IllegalStateException if the array or the owner is closed
     */
    public void change(int index, OwnedFd fd, int events) {
        change(index, fd.fd(), events);
    }

    /**
     * Replaces an entry and clears its {@code revents}. The array does not hold the owner during a wait.
     *
     * @param index  the index of the entry
     * @param fd     the descriptor's owner
     * @param events the mask to watch for, see {@link PollFlags}
     * @param data   64 bits for the caller, see {@link #data(int)}
     * @throws IndexOutOfBoundsException if there is no such entry
     * @throws IllegalArgumentException if the mask has bits beyond C's short
     * @throws IllegalStateException if the array or the owner is closed
     */
    public void change(int index, OwnedFd fd, int events, long data) {
        change(index, fd.fd(), events, data);
    }

    /**
     * Removes an entry. The last entry moves to its index.
     *
     * @param index the index of the entry
     * @throws IndexOutOfBoundsException if there is no such entry
     * @throws IllegalStateException if the array is closed
     */
    public void remove(int index) {
        if (revents(index) != 0) {
            readyCount--;
        }
        size--;
        MemorySegment.copy(
                memory, size * (long) pollfd.SIZEOF, memory, index * (long) pollfd.SIZEOF, pollfd.SIZEOF);
        data[index] = data[size];
    }

    /**
     * Returns the descriptor of an entry.
     *
     * @param index the index of the entry
     * @return the descriptor as it was passed
     * @throws IndexOutOfBoundsException if there is no such entry
     * @throws IllegalStateException if the array is closed
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
     * @throws IllegalStateException if the array is closed
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
     * @throws IllegalStateException if the array is closed
     */
    public int revents(int index) {
        return Short.toUnsignedInt(memory.get(JAVA_SHORT, offset(index) + pollfd.revents$OFFSET));
    }

    /**
     * Returns the user's data of an entry.
     *
     * @param index the index of the entry
     * @return the 64 bits that were passed with the entry; the descriptor's number if none were
     * @throws IndexOutOfBoundsException if there is no such entry
     * @throws IllegalStateException if the array is closed
     */
    public long data(int index) {
        checkIndex(index);
        return data[index];
    }

    /**
     * Returns the index of the next ready entry. Iterating with it allocates nothing. After {@link #remove remove(i)}
     * go on with {@code nextReady(i)}: the last entry is there now.
     *
     * @param from the index to begin with, 0 or more
     * @return the lowest index, at least {@code from}, whose {@link #revents} is not 0; -1 if there is none
     * @throws IllegalStateException if the array is closed
     */
    public int nextReady(int from) {
        ensureOpen();
        for (int index = from; index < size; index++) {
            if (revents(index) != 0) {
                return index;
            }
        }
        return -1;
    }

    /**
     * Returns copies of the ready entries, from the highest index to the lowest. The copies are made when an iteration
     * begins, so the array may be changed during it.
     *
     * <p>The order lets a loop remove the entry that it is at: {@link #remove} moves the last entry to its index, which
     * the loop has passed.
     *
     * @return the ready entries
     * @throws IllegalStateException if the array is closed
     */
    public Iterable<PollFd> ready() {
        ensureOpen();
        return () -> {
            List<PollFd> ready = new ArrayList<>(readyCount);
            for (int index = size() - 1; index >= 0 && ready.size() < readyCount; index--) {
                if (revents(index) != 0) {
                    ready.add(get(index));
                }
            }
            return Collections.unmodifiableList(ready).iterator();
        };
    }

    /**
     * Returns the number of ready entries, the size, and the first eight ready entries.
     *
     * @return such as {@code PollFdArray[1 of 2 ready: PollFd[fd=7, POLLIN of POLLIN]]}
     */
    @Override
    public String toString() {
        if (capacity == 0) {
            return "PollFdArray[closed]";
        }
        StringBuilder text = new StringBuilder("PollFdArray[" + readyCount + " of " + size + " ready");
        int shown = 0;
        for (int index = nextReady(0); index >= 0; index = nextReady(index + 1)) {
            text.append(shown == 0 ? ": " : ", ");
            if (shown == SHOWN) {
                return text.append("...]").toString();
            }
            text.append(get(index));
            shown++;
        }
        return text.append(']').toString();
    }

    private PollFd get(int index) {
        return new PollFd(index, fd(index), events(index), revents(index), data(index));
    }

    /** Closes the array. Closing it again has no effect. */
    @Override
    public void close() {
        memory = MemorySegment.NULL;
        data = new long[0];
        capacity = 0;
        size = 0;
        readyCount = 0;
    }

    /**
     * Returns the memory of the entries for a wait of some of them. The kernel writes into it, so the check is of this
     * very segment: another thread may be changing the fields.
     */
    MemorySegment begin(int count) {
        ensureOpen();
        MemorySegment entries = memory;
        Objects.checkFromIndexSize(0, count * (long) pollfd.SIZEOF, entries.byteSize());
        return entries;
    }

    /** Stores the number of entries that a wait reported; a negative one clears all {@code revents}. */
    void end(int reported) {
        readyCount = Math.max(reported, 0);
        if (reported < 0) {
            for (int index = nextReady(0); index >= 0; index = nextReady(index + 1)) {
                put(index, fd(index), events(index), data[index]);
            }
        }
    }

    /** Returns the errno slot of the waits on this array. */
    CallState state() {
        return state;
    }

    private void put(int index, int fd, int events, long data) {
        long offset = offset(index);
        memory.set(JAVA_INT, offset + pollfd.fd$OFFSET, fd);
        memory.set(JAVA_SHORT, offset + pollfd.events$OFFSET, (short) events);
        memory.set(JAVA_SHORT, offset + pollfd.revents$OFFSET, (short) 0);
        this.data[index] = data;
    }

    private void grow() {
        MemorySegment larger = allocateMemory(Math.multiplyExact(capacity, 2));
        larger.copyFrom(memory);
        data = Arrays.copyOf(data, Math.multiplyExact(capacity, 2));
        memory = larger;
        capacity *= 2;
    }

    private long offset(int index) {
        checkIndex(index);
        return index * (long) pollfd.SIZEOF;
    }

    private void checkIndex(int index) {
        if (index < 0 || index >= size) {
            ensureOpen();
            throw new IndexOutOfBoundsException("index " + index + " is outside of " + size + " entries");
        }
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
