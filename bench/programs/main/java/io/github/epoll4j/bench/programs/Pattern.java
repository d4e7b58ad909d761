package io.github.epoll4j.bench.programs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What is sent: byte p of a message is {@code bytes[(its start + p) % PERIOD]}. */
final class Pattern {
    /** How many bytes lie one after the other from any start. */
    static final int CHUNK = 256 << 10;

    /** A prime, so that a byte out of its place differs. */
    private static final int PERIOD = 65_521;
    private static final MemorySegment BYTES = fill();

    private Pattern() {
    }

    private static MemorySegment fill() {
        MemorySegment bytes = Arena.ofAuto().allocate(PERIOD + CHUNK);
        for (int i = 0; i < PERIOD + CHUNK; i++) {
            int place = i % PERIOD;
            bytes.set(ValueLayout.JAVA_BYTE, i, (byte) (place ^ place >> Byte.SIZE));
        }
        return bytes;
    }

    static MemorySegment bytes() {
        return BYTES;
    }

    /** Gives the start of a message, another one for each. */
    static long start(int slot, long number) {
        return (31L * slot + 7 * number) % PERIOD;
    }

    static long place(long start, long position) {
        return (start + position) % PERIOD;
    }

    /** Compares bytes that came with those that were sent. */
    static void check(int slot, MemorySegment buffer, long length, long start, long position) throws IOException {
        long place = place(start, position);
        long wrong = MemorySegment.mismatch(buffer, 0, length, BYTES, place, place + length);
        if (wrong >= 0) {
            throw new IOException("connection " + slot + ", byte " + (position + wrong) + ": expected "
                    + BYTES.get(ValueLayout.JAVA_BYTE, place + wrong) + ", got "
                    + buffer.get(ValueLayout.JAVA_BYTE, wrong));
        }
    }
}
