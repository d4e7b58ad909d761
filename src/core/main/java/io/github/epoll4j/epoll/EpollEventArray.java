package io.github.epoll4j.epoll;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.EpollEventLayout;
import io.github.epoll4j.internal.ffi.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * An off-heap array of {@code struct epoll_event} that {@link EpollInstance#await} fills, made to be reused.
 *
 * <p>By index, {@link #flags} and {@link #data} read an event without creating an object. Iteration creates an
 * {@link EpollEvent} for each. Both show the events of the last wait and nothing older.
 *
 * <p>Not thread-safe: one thread waits into an array and reads it. Ownership: the array belongs to the caller. Its
 * memory goes back when the garbage collector finds it unused, so closing it under a running wait is an error, never a
 * crash.
 */
public final class EpollEventArray implements AutoCloseable, Iterable<EpollEvent> {
    private final CallState state = new CallState();
    private MemorySegment memory;
    /** The same memory, to be read: of int indices the compiler takes the checks out of a short loop, of long not. */
    private ByteBuffer view;
    private int capacity;
    private int ready;

    private EpollEventArray(int capacity) {
        use(allocateMemory(capacity));
        this.capacity = capacity;
    }

    private void use(MemorySegment newMemory) {
        memory = newMemory;
        view = newMemory.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /**
     * Allocates an array.
     *
     * @param capacity how many events one wait may report at most, 1 or more; each takes 12 bytes on x86-64 and 16
     *     elsewhere. A small array only means more waits: what does not fit is reported by the next ones, in turn.
     * @return the array, to be closed by the caller
     * @throws IllegalArgumentException if the capacity is below 1, or above what {@code epoll_wait} takes
     *     ({@code INT_MAX / sizeof(struct epoll_event)})
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static EpollEventArray allocate(int capacity) {
        Platform.require();
        return new EpollEventArray(capacity);
    }

    private static MemorySegment allocateMemory(int capacity) {
        long largest = Integer.MAX_VALUE / EpollEventLayout.SIZE;
        if (capacity < 1 || capacity > largest) {
            throw new IllegalArgumentException("capacity " + capacity + " is not in 1.." + largest);
        }
        return Arena.ofAuto().allocate(capacity * EpollEventLayout.SIZE, Long.BYTES);
    }

    /**
     * Tells how many events one wait may report at most.
     *
     * @return the capacity in events
     * @throws IllegalStateException if the array is closed
     */
    public int capacity() {
        ensureOpen();
        return capacity;
    }

    /**
     * Tells how many events the last wait reported.
     *
     * @return the count, from 0 (also before the first wait) to {@link #capacity()}
     * @throws IllegalStateException if the array is closed
     */
    public int ready() {
        ensureOpen();
        return ready;
    }

    /**
     * Reads the mask of an event.
     *
     * @param index which event of the last wait, from 0
     * @return its mask, see {@link EpollFlags}
     * @throws IndexOutOfBoundsException if the last wait reported no such event
     */
    public int flags(int index) {
        return EpollEventLayout.events(view, Objects.checkIndex(index, ready));
    }

    /**
     * Reads the datum of an event.
     *
     * @param index which event of the last wait, from 0
     * @return the 64 bits that the descriptor was registered with
     * @throws IndexOutOfBoundsException if the last wait reported no such event
     */
    public long data(int index) {
        return EpollEventLayout.data(view, Objects.checkIndex(index, ready));
    }

    /**
     * Copies an event.
     *
     * @param index which event of the last wait, from 0
     * @return the event
     * @throws IndexOutOfBoundsException if the last wait reported no such event
     */
    public EpollEvent get(int index) {
        return new EpollEvent(flags(index), data(index));
    }

    /**
     * Iterates over the events of the last wait, as copies.
     *
     * @return an iterator that sees the array as it is when it moves on
     * @throws IllegalStateException if the array is closed
     */
    @Override
    public Iterator<EpollEvent> iterator() {
        ensureOpen();
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < ready;
            }

            @Override
            public EpollEvent next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return get(next++);
            }
        };
    }

    /**
     * Makes the array larger, for a loop whose waits fill it ({@code ready() == capacity()}). The events of the last
     * wait stay.
     *
     * @param newCapacity the capacity in events; a number that is not above the present one changes nothing
     * @throws IllegalArgumentException if it is above what {@code epoll_wait} takes
     * @throws IllegalStateException if the array is closed
     */
    public void grow(int newCapacity) {
        ensureOpen();
        if (newCapacity > capacity) {
            MemorySegment larger = allocateMemory(newCapacity);
            larger.copyFrom(memory);
            use(larger);
            capacity = newCapacity;
        }
    }

    /** Gives the array back. Closing again does nothing. */
    @Override
    public void close() {
        use(MemorySegment.NULL);
        capacity = 0;
        ready = 0;
    }

    /** Checks a wait's maxevents, and forgets the events of the wait before. */
    MemorySegment begin(int maxEvents) {
        ensureOpen();
        if (maxEvents < 1 || maxEvents > capacity) {
            throw new IllegalArgumentException("maxEvents " + maxEvents + " is not in 1.." + capacity);
        }
        ready = 0;
        return memory;
    }

    /** What a wait reports, also if the array is closed meanwhile. */
    ByteBuffer view() {
        return view;
    }

    /** Takes over what a wait reported. */
    void end(int reported) {
        ready = reported;
    }

    /** Takes the first event with a datum out of those that a wait reported, and tells whether there was one. */
    static boolean remove(ByteBuffer view, int reported, long data) {
        for (int i = 0; i < reported; i++) {
            if (EpollEventLayout.data(view, i) == data) {
                int size = EpollEventLayout.SIZE;
                view.put(i * size, view, (i + 1) * size, (reported - i - 1) * size);
                return true;
            }
        }
        return false;
    }

    /** The errno slot of the waits into this array. */
    CallState state() {
        return state;
    }

    private void ensureOpen() {
        if (capacity == 0) {
            throw new IllegalStateException("EpollEventArray is closed");
        }
    }
}
