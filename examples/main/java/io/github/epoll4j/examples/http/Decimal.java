package io.github.epoll4j.examples.http;

import java.nio.ByteBuffer;

/** Numbers as text, without an object for each. */
final class Decimal {
    private Decimal() {
    }

    /** Puts the digits of a number that is not negative. */
    static void put(ByteBuffer buffer, long number) {
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        int end = buffer.position() + digits;
        long rest = number;
        for (int i = end - 1; i >= end - digits; i--) {
            buffer.put(i, (byte) ('0' + rest % 10));
            rest /= 10;
        }
        buffer.position(end);
    }
}
