package io.github.epoll4j.reactor.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The shape of frames: a header, which is a length, and then a body of that length.
 *
 * <p>A length of 1 or 2 bytes is unsigned. One of 4 or 8 bytes is signed, as in Java: with its highest bit set it is
 * negative, and refused. No array could hold such a frame anyway.
 *
 * <p>Thread-safety: immutable, for any thread.
 *
 * @param lengthBytes          the width of the length: 1, 2, 4 or 8 bytes
 * @param order                the byte order of the length; network protocols mostly have
 *                             {@link ByteOrder#BIG_ENDIAN}
 * @param lengthIncludesHeader whether the length counts its own bytes too, or only the body
 * @param maxBodyBytes         the longest body that is accepted or sent, in bytes; 0 for empty frames alone
 */
public record FrameFormat(int lengthBytes, ByteOrder order, boolean lengthIncludesHeader, int maxBodyBytes) {
    /**
     * Creates a format.
     *
     * @throws IllegalArgumentException if the width is none of the four, or the maximum is negative, or more than
     *                                  the length can express or an array can hold
     */
    public FrameFormat {
        Objects.requireNonNull(order, "order");
        if (lengthBytes != 1 && lengthBytes != 2 && lengthBytes != 4 && lengthBytes != 8) {
            throw new IllegalArgumentException("lengthBytes is none of 1, 2, 4, 8: " + lengthBytes);
        }
        int most = lengthBytes > 2
                ? Intake.MAX_BYTES - lengthBytes
                : (1 << 8 * lengthBytes) - 1 - (lengthIncludesHeader ? lengthBytes : 0);
        if (maxBodyBytes < 0 || maxBodyBytes > most) {
            throw new IllegalArgumentException("maxBodyBytes is not between 0 and " + most + ": " + maxBodyBytes);
        }
    }

    /** Returns the length in a header, which may be any number. */
    long readLength(ByteBuffer header, int index) {
        long length = 0;
        for (int i = 0; i < lengthBytes; i++) {
            int place = order == ByteOrder.BIG_ENDIAN ? i : lengthBytes - 1 - i;
            length = length << 8 | header.get(index + place) & 0xff;
        }
        return lengthBytes == 4 ? (int) length : length;
    }

    /** Puts the header of a body. */
    void writeLength(int bodyBytes, ByteBuffer target) {
        long length = lengthIncludesHeader ? (long) bodyBytes + lengthBytes : bodyBytes;
        for (int i = 0; i < lengthBytes; i++) {
            int place = order == ByteOrder.BIG_ENDIAN ? lengthBytes - 1 - i : i;
            target.put((byte) (length >>> 8 * place));
        }
    }
}
