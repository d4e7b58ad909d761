package io.github.epoll4j.examples.devices;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.jr.ob.JSON;
import io.github.epoll4j.reactor.codec.FrameDecoder;
import io.github.epoll4j.reactor.codec.FrameEncoder;
import io.github.epoll4j.reactor.codec.FrameFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * A message, in the form that the package page describes.
 *
 * @param type   the kind
 * @param status the outcome in an answer; OK in a request
 * @param id     the number of the request
 * @param body   the values of the JSON object
 */
record Message(Type type, Status status, long id, Map<String, Object> body) {
    /** The bytes in front of the body. */
    static final int HEAD_BYTES = 12;
    /** The longest message. */
    static final int MAX_BYTES = 16 << 10;

    private static final byte VERSION = 1;
    private static final FrameFormat FORMAT = new FrameFormat(4, ByteOrder.BIG_ENDIAN, false, MAX_BYTES);
    private static final FrameEncoder ENCODER = FrameEncoder.of(FORMAT);
    private static final JSON STRICT = JSON.std.with(JSON.Feature.FAIL_ON_DUPLICATE_MAP_KEYS);

    /** What a message is about. */
    enum Type { LOGIN, HEARTBEAT, NOTICE }

    /** What has become of a request. */
    enum Status { OK, DENIED, NOT_LOGGED_IN, REPLACED }

    /** Returns a request. */
    static Message request(Type type, long id, Map<String, Object> body) {
        return new Message(type, Status.OK, id, body);
    }

    /** Returns an answer to this message. */
    Message answer(Status outcome, Map<String, Object> values) {
        return new Message(type, outcome, id, values);
    }

    /** Returns a decoder of the messages of a stream. */
    static FrameDecoder decoder() {
        return FrameDecoder.of(FORMAT);
    }

    /**
     * Reads a message that fills a buffer.
     *
     * @throws MessageException if it is none
     */
    static Message read(ByteBuffer data) throws MessageException {
        require(data.remaining() >= HEAD_BYTES, "a message of " + data.remaining() + " bytes has no head");
        int code = data.getShort() - 1;
        require(code >= 0 && code < Type.values().length, "there is no type " + (code + 1));
        byte version = data.get();
        require(version == VERSION, "there is no version " + version);
        int outcome = data.get();
        require(outcome >= 0 && outcome < Status.values().length, "there is no status " + outcome);
        long id = data.getLong();
        byte[] json = new byte[data.remaining()];
        data.get(json);
        Map<String, Object> values = json.length == 0 ? Map.of() : parse(json);
        return new Message(Type.values()[code], Status.values()[outcome], id, values);
    }

    private static Map<String, Object> parse(byte[] json) throws MessageException {
        try (JsonParser parser = STRICT.createParser(json)) {
            require(parser.nextToken() != null && parser.currentToken().isStructStart()
                    && !parser.isExpectedStartArrayToken(), "the body is no JSON object");
            Map<String, Object> values = STRICT.mapFrom(parser);
            require(parser.nextToken() == null, "there is something behind the body");
            return values;
        } catch (MessageException e) {
            throw e;
        } catch (IOException e) { // its message has several lines, and a part of the text
            throw new MessageException("the body is no JSON object");
        }
    }

    private static void require(boolean isRight, String fault) throws MessageException {
        if (!isRight) {
            throw new MessageException(fault);
        }
    }

    /**
     * Returns a value that is text.
     *
     * @throws MessageException if it is missing, or of another kind
     */
    String text(String name) throws MessageException {
        if (body.get(name) instanceof String text) {
            return text;
        }
        throw new MessageException(name + " is no text");
    }

    /**
     * Returns a value that is a whole number, which has a successor.
     *
     * @throws MessageException if it is missing, or of another kind
     */
    long number(String name) throws MessageException {
        Object value = body.get(name);
        if (value instanceof Integer || value instanceof Long && (long) value < Long.MAX_VALUE) {
            return ((Number) value).longValue();
        }
        throw new MessageException(name + " is no whole number");
    }

    /** Returns the message as a datagram. */
    ByteBuffer datagram() {
        byte[] json;
        try {
            json = STRICT.asBytes(body);
        } catch (IOException e) {
            throw new IllegalStateException(e); // these values can be written
        }
        return ByteBuffer.allocate(HEAD_BYTES + json.length).putShort((short) (type.ordinal() + 1)).put(VERSION)
                .put((byte) status.ordinal()).putLong(id).put(json).flip();
    }

    /** Returns the message with its length in front, for a stream. */
    ByteBuffer frame() {
        return ENCODER.encode(datagram());
    }
}
