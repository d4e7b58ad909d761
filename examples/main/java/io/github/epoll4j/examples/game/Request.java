package io.github.epoll4j.examples.game;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.examples.Printable;
import io.github.epoll4j.reactor.codec.FrameFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;

/** A client's packet. */
sealed interface Request {
    /** The frames of a client: a size that includes itself, then the type and the fields. */
    FrameFormat FORMAT = new FrameFormat(Short.BYTES, ByteOrder.LITTLE_ENDIAN, true,
            PacketType.SAY.size - Short.BYTES);

    /** The wish to play. */
    record Login(int player) implements Request {
    }

    /** A line of chat. */
    record Say(int player, String text) implements Request {
    }

    /** A step. */
    record Move(int player, float x, float y) implements Request {
    }

    /**
     * Decodes a packet.
     *
     * @param body the bytes behind the size, little-endian
     * @throws IOException if it is malformed, with a message for the log
     */
    static Request decode(ByteBuffer body) throws IOException {
        if (body.remaining() < Short.BYTES) {
            throw new IOException("a packet without a type");
        }
        int bodyBytes = body.remaining();
        PacketType type = PacketType.of(body.getShort(), bodyBytes);
        return switch (type) {
            case LOGIN -> new Login(body.getInt());
            case SAY -> new Say(body.getInt(), text(body));
            case MOVE -> move(body.getInt(), body.getFloat(), body.getFloat());
            default -> throw new IOException("a packet of type " + type.code + " comes from servers alone");
        };
    }

    private static Move move(int player, float x, float y) throws IOException {
        if (!Float.isFinite(x) || !Float.isFinite(y)) {
            throw new IOException("a position of " + x + ", " + y);
        }
        return new Move(player, x, y);
    }

    /** Returns the text up to the first zero, in characters that may be printed. */
    private static String text(ByteBuffer padded) throws IOException {
        int length = 0;
        while (length < padded.remaining() && padded.get(padded.position() + length) != 0) {
            length++;
        }
        try {
            String text = UTF_8.newDecoder().decode(padded.slice(padded.position(), length)).toString();
            return Printable.lines(text).replace('\n', ' ').strip();
        } catch (CharacterCodingException e) {
            throw new IOException("a text that is not UTF-8", e);
        }
    }
}
