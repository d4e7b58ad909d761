package io.github.epoll4j.select;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * {@code fd_set}: a set of descriptor numbers, an off-heap bitmap with one bit for each number.
 *
 * <p>Bounds are checked. A number outside the capacity throws an exception, where C's FD_SET writes outside the bitmap.
 *
 * <p>Not thread-safe. Ownership: a value, like a {@link java.util.BitSet}. The garbage collector frees its memory, 128
 * bytes for 1024 numbers.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/select.2.html">select(2)</a>
 */
public final class FdSet {
    /** The capacity of C's {@code fd_set}: numbers 0 to 1023. */
    public static final int FD_SETSIZE = 1024;

    private final int capacity;
    private MemorySegment memory;
    /** Words from here on are zero. */
    private int words;

    private FdSet(int capacity) {
        this.capacity = capacity;
        reserve(wordsFor(capacity));
    }

    /**
     * Allocates an empty set with the capacity of C's {@code fd_set}.
     *
     * @return a set for the numbers 0 to 1023
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static FdSet allocate() {
        return allocate(FD_SETSIZE);
    }

    /**
     * Allocates an empty set of any capacity. FD_SETSIZE is a limit of the C library; the kernel has none.
     *
     * @param capacity the number of descriptor numbers, 1 or more: from 0 to {@code capacity - 1}
     * @return the set
     * @throws IllegalArgumentException if the capacity is below 1
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static FdSet allocate(int capacity) {
        Platform.require();
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity " + capacity + " is below 1");
        }
        return new FdSet(capacity);
    }

    /**
     * Returns the capacity.
     *
     * @return the capacity; members range from 0 to one below it
     */
    public int capacity() {
        return capacity;
    }

    /**
     * {@code FD_SET}: adds a number to the set. A number that is not an open descriptor fails the wait, with EBADF.
     *
     * @param fd a number from 0 to one below the capacity
     * @throws IndexOutOfBoundsException if the number is outside; allocate a larger set
     */
    public void set(int fd) {
        int word = wordOf(fd);
        put(word, word(word) | 1L << fd);
        words = Math.max(words, word + 1);
    }

    /**
     * {@code FD_CLR}: removes a number from the set.
     *
     * @param fd a number from 0 to one below the capacity
     * @throws IndexOutOfBoundsException if the number is outside
     */
    public void clear(int fd) {
        int word = wordOf(fd);
        put(word, word(word) & ~(1L << fd));
    }

    /**
     * {@code FD_ISSET}: returns true if a number is in the set. After a wait the members are the ready descriptors.
     *
     * @param fd a number from 0 to one below the capacity
     * @return true if the set contains the number
     * @throws IndexOutOfBoundsException if the number is outside
     */
    public boolean isSet(int fd) {
        return (word(wordOf(fd)) & 1L << fd) != 0;
    }

    /**
     * {@code FD_SET}: adds a descriptor to the set. The set does not hold the owner during a wait.
     *
     * @param fd the descriptor's owner
     * @throws IndexOutOfBoundsException if the number is outside; allocate a larger set
     * @throws IllegalStateException if the owner is closed
     */
    public void set(OwnedFd fd) {
        set(fd.fd());
    }

    /**
     * {@code FD_CLR}: removes a descriptor from the set.
     *
     * @param fd the descriptor's owner
     * @throws IndexOutOfBoundsException if the number is outside
     * @throws IllegalStateException if the owner is closed
     */
    public void clear(OwnedFd fd) {
        clear(fd.fd());
    }

    /**
     * {@code FD_ISSET}: returns true if a descriptor is in the set. After a wait the members are the ready descriptors.
     *
     * @param fd the descriptor's owner
     * @return true if the set contains its number
     * @throws IndexOutOfBoundsException if the number is outside
     * @throws IllegalStateException if the owner is closed
     */
    public boolean isSet(OwnedFd fd) {
        return isSet(fd.fd());
    }

    /** {@code FD_ZERO}: empties the set. */
    public void zero() {
        while (words > 0) {
            words--;
            put(words, 0);
        }
    }

    /**
     * Returns a copy to pass to a wait, which overwrites its arguments.
     *
     * @return a new set of the same capacity with the same numbers
     */
    public FdSet copy() {
        FdSet copy = new FdSet(capacity);
        copy.copyFrom(this);
        return copy;
    }

    /**
     * Replaces the members by those of another set, without allocating.
     *
     * @param other a set with all members below this set's capacity
     * @throws IndexOutOfBoundsException if a member is not below it; this set is unchanged then
     */
    public void copyFrom(FdSet other) {
        int highest = other.highest();
        if (highest >= 0) {
            checked(highest);
        }
        if (other == this) {
            return;
        }
        MemorySegment.copy(other.memory, 0, memory, 0, bytes(other.words));
        for (int word = other.words; word < words; word++) {
            put(word, 0);
        }
        words = other.words;
    }

    /**
     * Returns the lowest member from a number on. Iterating with it allocates nothing.
     *
     * @param from the number to begin with, 0 or more
     * @return the lowest member that is at least {@code from}; -1 if there is none
     * @throws IndexOutOfBoundsException if {@code from} is negative
     */
    public int next(int from) {
        if (from < 0) {
            throw new IndexOutOfBoundsException("from is negative: " + from);
        }
        int word = from / Long.SIZE;
        if (word >= words) {
            return -1;
        }
        long bits = word(word) & -1L << from;
        if ((bits >>> from & 1) != 0) {
            return from; // a fast path for dense sets
        }
        while (bits == 0) {
            if (++word >= words) {
                return -1;
            }
            bits = word(word);
        }
        return word * Long.SIZE + Long.numberOfTrailingZeros(bits);
    }

    /**
     * Calls an action for each member in ascending order.
     *
     * @param action called with each number; it may change the set, and changes above that number take effect
     */
    public void forEach(IntConsumer action) {
        for (int word = 0; word < words; word++) {
            long seen = word(word);
            long bits = seen;
            while (bits != 0) {
                int fd = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
                action.accept(fd);
                bits &= bits - 1;
                long now = word(word);
                if (now != seen) {
                    seen = now;
                    bits = now & -2L << fd;
                }
            }
        }
    }

    /**
     * Returns the highest member. {@code select}'s first argument, one more than that, is computed by {@link Select}.
     *
     * @return the number; -1 if the set is empty
     */
    public int highest() {
        while (words > 0 && word(words - 1) == 0) {
            words--;
        }
        return words * Long.SIZE - 1 - (words == 0 ? 0 : Long.numberOfLeadingZeros(word(words - 1)));
    }

    /**
     * Returns the number of members.
     *
     * @return the count, 0 or more
     */
    public int count() {
        int count = 0;
        for (int word = 0; word < words; word++) {
            count += Long.bitCount(word(word));
        }
        return count;
    }

    /** Returns the bitmap for a wait on the numbers below nfds, enlarged if the capacity is smaller. */
    MemorySegment begin(int nfds) {
        int needed = wordsFor(nfds);
        MemorySegment bitmap = memory; // read once: the kernel writes into it, and another thread may enlarge the set
        return bytes(needed) > bitmap.byteSize() ? reserve(needed) : bitmap;
    }

    /**
     * Returns true if another set has the same members. The capacities may differ.
     *
     * @param other the object to compare with
     * @return true if it is a set of the same numbers
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof FdSet set && highest() == set.highest()
                && memory.asSlice(0, bytes(words)).mismatch(set.memory.asSlice(0, bytes(set.words))) < 0;
    }

    /**
     * Returns a hash code of the members, which changes with them.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        int hash = 0;
        for (int fd = next(0); fd >= 0; fd = next(fd + 1)) {
            hash = 31 * hash + fd;
        }
        return hash;
    }

    /**
     * Returns the members as text.
     *
     * @return such as {@code FdSet{3, 7}}
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("FdSet{");
        forEach(fd -> text.append(text.charAt(text.length() - 1) == '{' ? "" : ", ").append(fd));
        return text.append('}').toString();
    }

    private MemorySegment reserve(int newWords) {
        MemorySegment larger = Arena.ofAuto().allocate(bytes(newWords), Long.BYTES);
        if (words > 0) {
            MemorySegment.copy(memory, 0, larger, 0, bytes(words));
        }
        memory = larger;
        return larger;
    }

    private int wordOf(int fd) {
        return checked(fd) / Long.SIZE;
    }

    private int checked(int fd) {
        if (fd < 0 || fd >= capacity) {
            throw new IndexOutOfBoundsException("descriptor " + fd + " does not fit a set of " + capacity
                    + (fd < 0 ? "" : ": FdSet.allocate(n)"));
        }
        return fd;
    }

    private long word(int index) {
        return memory.get(JAVA_LONG, bytes(index));
    }

    private void put(int index, long bits) {
        memory.set(JAVA_LONG, bytes(index), bits);
    }

    private static int wordsFor(int bits) {
        return (bits - 1) / Long.SIZE + 1;
    }

    private static long bytes(int words) {
        return (long) words * Long.BYTES;
    }
}
