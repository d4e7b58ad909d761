package io.github.epoll4j.epoll;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.EpollEventLayout;
import io.github.epoll4j.internal.ffi.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;

/**
 * An off-heap array of {@code struct epoll_event} that {@link EpollInstance#await} fills, reused from wait to wait.
 *
 * <p>{@link #flags} and {@link #data} read an event by index and allocate nothing. Iteration allocates an
 * {@link EpollEvent} for each. Both return the events of the last wait only.
 *
 * <p>Not thread-safe: one thread waits into an array and reads it. Ownership: the caller closes the array. The garbage
 * collector frees its memory, so use by two threads, or a close during a wait, is an error, never a crash.
 */
public final class EpollEventArray implements AutoCloseable, Iterable<EpollEvent> {
    /** The number of events that {@link #toString()} shows. */
    private static final int SHOWN = 8;

    private final CallState state = new CallState();
    /** Its size is the capacity: a wait checks the number of events against the memory that it passes. */
    private MemorySegment memory;
    /** The same memory for reads: the compiler removes bounds checks from short loops over int indexes only. */
    private ByteBuffer view;
    private int ready;
    private boolean isWokenUp;

    private EpollEventArray(int capacity) {
        use(allocateMemory(capacity));
    }

    private void use(MemorySegment newMemory) {
        ByteBuffer newView = newMemory.asByteBuffer().order(ByteOrder.nativeOrder());
        VarHandle.storeStoreFence(); // no other thread sees a buffer without its bounds
        memory = newMemory;
        view = newView;
    }

    /**
     * Allocates an array.
     *
     * @param capacity the highest number of events that one wait reports, 1 or more; an event takes 12 bytes on x86-64
     *     and 16 elsewhere. With a small array, the next waits report the other events, in turn.
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
     * Returns the highest number of events that one wait reports.
     *
     * @return the capacity in events
     * @throws IllegalStateException if the array is closed
     */
    public int capacity() {
        return capacity(openMemory());
    }

    private static int capacity(MemorySegment memory) {
        return (int) memory.byteSize() / EpollEventLayout.SIZE;
    }

    /**
     * Returns the number of events that the last wait reported.
     *
     * @return the count, from 0 (also before the first wait) to {@link #capacity()}
     * @throws IllegalStateException if the array is closed
     */
    public int ready() {
        openMemory();
        return ready;
    }

    /**
     * Returns true if {@link EpollInstance#wakeup()} ended the last wait. A wait that returns 0 without it has timed
     * out.
     *
     * @return true after a wake-up, whether the wait reported events as well or not
     * @throws IllegalStateException if the array is closed
     */
    public boolean isWokenUp() {
        openMemory();
        return isWokenUp;
    }

    /**
     * Returns the mask of an event.
     *
     * @param index the index of an event of the last wait, from 0
     * @return the mask, see {@link EpollFlags}
     * @throws IndexOutOfBoundsException if the last wait reported no such event
     * @throws IllegalStateException if the array is closed
     */
    public int flags(int index) {
        return EpollEventLayout.events(view, checkIndex(index));
    }

    /**
     * Returns the 64 bits of an event.
     *
     * @param index the index of an event of the last wait, from 0
     * @return the 64 bits that the descriptor was registered with
     * @throws IndexOutOfBoundsException if the last wait reported no such event
     * @throws IllegalStateException if the array is closed
     */
    public long data(int index) {
        return EpollEventLayout.data(view, checkIndex(index));
    }

    /**
     * Returns a copy of an event.
     *
     * @param index the index of an event of the last wait, from 0
     * @return the event
     * @throws IndexOutOfBoundsException if the last wait reported no such event
     * @throws IllegalStateException if the array is closed
     */
    public EpollEvent get(int index) {
        return new EpollEvent(flags(index), data(index));
    }

    private int checkIndex(int index) {
        if (index < 0 || index >= ready) {
            openMemory();
        }
        return Objects.checkIndex(index, ready);
    }

    /**
     * Returns an iterator over copies of the events of the last wait.
     *
     * @return an iterator that reads the array when it advances
     * @throws IllegalStateException if the array is closed; also thrown by the iterator
     */
    @Override
    public Iterator<EpollEvent> iterator() {
        openMemory();
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < ready();
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
     * Enlarges the array, for a loop whose waits fill it ({@code ready() == capacity()}). The events of the last wait
     * are kept.
     *
     * @param newCapacity the capacity in events; has no effect unless above the present capacity
     * @throws IllegalArgumentException if it is above what {@code epoll_wait} takes
     * @throws IllegalStateException if the array is closed
     */
    public void grow(int newCapacity) {
        MemorySegment present = openMemory();
        if (newCapacity > capacity(present)) {
            MemorySegment larger = allocateMemory(newCapacity);
            larger.copyFrom(present);
            use(larger);
        }
    }

    /**
     * Returns the number of events of the last wait, the capacity, whether a wake-up ended the wait, and the first
     * eight events.
     *
     * @return such as {@code EpollEventArray[1 of 16: EpollEvent[EPOLLIN, data=7]]}
     */
    @Override
    public String toString() {
        if (memory.byteSize() == 0) {
            return "EpollEventArray[closed]";
        }
        StringBuilder text = new StringBuilder("EpollEventArray[" + ready + " of " + capacity());
        text.append(isWokenUp ? ", woken up" : "");
        for (int index = 0; index < Math.min(ready, SHOWN); index++) {
            text.append(index == 0 ? ": " : ", ").append(get(index));
        }
        return text.append(ready > SHOWN ? ", ...]" : "]").toString();
    }

    /** Closes the array. Closing it again has no effect. */
    @Override
    public void close() {
        use(MemorySegment.NULL);
        ready = 0;
        isWokenUp = false;
    }

    /** Checks a wait's maxevents, drops the events of the previous wait and returns the memory. */
    MemorySegment begin(int maxEvents) {
        MemorySegment present = openMemory();
        if (maxEvents < 1 || maxEvents > capacity(present)) {
            throw new IllegalArgumentException("maxEvents " + maxEvents + " is not in 1.." + capacity(present));
        }
        ready = 0;
        isWokenUp = false;
        return present;
    }

    /** Returns the memory as a buffer, which stays valid if the array is closed during a wait. */
    ByteBuffer view() {
        return view;
    }

    /** Stores the number of events that a wait reported, and whether a wake-up was among them. */
    void end(int reported, boolean wokenUp) {
        ready = reported;
        isWokenUp = wokenUp;
    }

    /** Removes the first event with certain 64 bits from those that a wait reported. Returns false if none has them. */
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

    /** Returns the errno slot of the waits into this array. */
    CallState state() {
        return state;
    }

    private MemorySegment openMemory() {
        MemorySegment present = memory;
        if (present.byteSize() == 0) {
            throw new IllegalStateException("EpollEventArray is closed");
        }
        return present;
    }
}
