package io.github.epoll4j.select;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.github.epoll4j.internal.sys.Platform;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * A set of descriptor numbers as {@code select} takes it: an off-heap bitmap, one bit for each number.
 *
 * <p>Its bounds are checked: a number outside the capacity is an exception, where C's FD_SET writes outside the bitmap.
 *
 * <p>Not thread-safe. Ownership: a value, like a {@link java.util.BitSet}; its memory (128 bytes for 1024 numbers) is
 * the garbage collector's, and there is nothing to close.
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
     * Allocates an empty set for higher numbers than C's type can hold; the kernel has no such limit.
     *
     * @param capacity how many numbers it covers, 1 or more: from 0 to {@code capacity - 1}
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
     * Tells which numbers fit.
     *
     * @return the capacity: numbers from 0 to one below it
     */
    public int capacity() {
        return capacity;
    }

    /**
     * {@code FD_SET}: puts a number into the set. Whether it is an open descriptor shows when the set is waited for.
     *
     * @param fd a number from 0 to one below the capacity
     * @throws IndexOutOfBoundsException if it is outside; allocate a larger set
     */
    public void set(int fd) {
        int word = wordOf(fd);
        put(word, word(word) | 1L << fd);
        words = Math.max(words, word + 1);
    }

    /**
     * {@code FD_CLR}: takes a number out of the set.
     *
     * @param fd a number from 0 to one below the capacity
     * @throws IndexOutOfBoundsException if it is outside
     */
    public void clear(int fd) {
        int word = wordOf(fd);
        put(word, word(word) & ~(1L << fd));
    }

    /**
     * {@code FD_ISSET}: asks whether a number is in the set; after a wait, whether the descriptor is ready.
     *
     * @param fd a number from 0 to one below the capacity
     * @return true if it is
     * @throws IndexOutOfBoundsException if it is outside
     */
    public boolean isSet(int fd) {
        return (word(wordOf(fd)) & 1L << fd) != 0;
    }

    /** {@code FD_ZERO}: empties the set. */
    public void zero() {
        while (words > 0) {
            words--;
            put(words, 0);
        }
    }

    /**
     * Copies the set, since a wait overwrites what it is given.
     *
     * @return a new set of the same capacity with the same numbers
     */
    public FdSet copy() {
        FdSet copy = new FdSet(capacity);
        copy.copyFrom(this);
        return copy;
    }

    /**
     * Makes this set equal to another, without allocating.
     *
     * @param other a set whose numbers all fit into this one
     * @throws IndexOutOfBoundsException if one does not; this set is unchanged then
     */
    public void copyFrom(FdSet other) {
        int highest = other.highest();
        if (highest >= 0) {
            Objects.checkIndex(highest, capacity);
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
     * Finds the next member, in order to iterate without creating objects.
     *
     * @param from the number to begin with, 0 or more
     * @return the lowest member that is not below it; -1 if there is none
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
            return from; // as in a full set, where to guess it is faster than to work it out
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
     * Visits the members in ascending order, a word of the bitmap at a time.
     *
     * @param action what to do with each number; it may change the set, and what it changes ahead of that number counts
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
     * Finds the highest member. One more is {@code select}'s first argument, which {@link Select} works out itself.
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
     * Counts the members.
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

    /** The bitmap for a wait on the numbers below nfds, however small this set's own capacity is. */
    MemorySegment begin(int nfds) {
        int needed = wordsFor(nfds);
        if (bytes(needed) > memory.byteSize()) {
            reserve(needed);
        }
        return memory;
    }

    /**
     * Compares the members; the capacities may differ.
     *
     * @param other what to compare with
     * @return true if it is a set of the same numbers
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof FdSet set && highest() == set.highest()
                && memory.asSlice(0, bytes(words)).mismatch(set.memory.asSlice(0, bytes(set.words))) < 0;
    }

    /**
     * Gives a hash of the members, which changes with them.
     *
     * @return the hash
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
     * Spells the set for a log.
     *
     * @return such as {@code FdSet{3, 7}}
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("FdSet{");
        forEach(fd -> text.append(text.charAt(text.length() - 1) == '{' ? "" : ", ").append(fd));
        return text.append('}').toString();
    }

    private void reserve(int newWords) {
        MemorySegment larger = Arena.ofAuto().allocate(bytes(newWords), Long.BYTES);
        if (words > 0) {
            MemorySegment.copy(memory, 0, larger, 0, bytes(words));
        }
        memory = larger;
    }

    private int wordOf(int fd) {
        return Objects.checkIndex(fd, capacity) / Long.SIZE;
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
