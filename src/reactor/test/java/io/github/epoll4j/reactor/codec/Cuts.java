package io.github.epoll4j.reactor.codec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The same stream in other pieces: what a decoder must not notice. */
final class Cuts {
    private Cuts() {
    }

    /** Pieces of that many bytes; the last one may be shorter. */
    static List<ByteBuffer> every(int count, byte... stream) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int at = 0; at < stream.length; at += count) {
            pieces.add(ByteBuffer.wrap(stream, at, Math.min(count, stream.length - at)));
        }
        return pieces;
    }

    /** Pieces of 0 to that many bytes: direct, read only, in the midst of an array, or slices. */
    static List<ByteBuffer> random(RandomGenerator random, int most, byte... stream) {
        List<ByteBuffer> pieces = new ArrayList<>();
        int at = 0;
        while (at < stream.length) {
            int count = Math.min(random.nextInt(most + 1), stream.length - at);
            ByteBuffer piece = ByteBuffer.wrap(stream, at, count);
            pieces.add(switch (random.nextInt(4)) {
                case 0 -> ByteBuffer.allocateDirect(count).put(piece).flip();
                case 1 -> piece.asReadOnlyBuffer();
                case 2 -> piece.slice();
                default -> piece;
            });
            at += count;
        }
        return pieces;
    }
}
