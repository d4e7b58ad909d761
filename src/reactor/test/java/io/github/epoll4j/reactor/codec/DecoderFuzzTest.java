package io.github.epoll4j.reactor.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.epoll4j.reactor.codec.CodecException.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Compares the decoders with plain readers of whole arrays, on random streams that are cut, stopped and resumed at
 * random.
 *
 * <p>{@code -Depoll4j.fuzz.seconds=300} is the time for all shapes together, one second and at least 500 streams of
 * each without it. A failure prints its seed; {@code -Depoll4j.fuzz.seed} begins with that one.
 */
class DecoderFuzzTest {
    private static final long SECONDS = Long.getLong("epoll4j.fuzz.seconds", 1);
    private static final long SEED = Long.getLong("epoll4j.fuzz.seed", System.nanoTime());

    private static final long LEAST_ROUNDS = 500;

    /** The kinds of streams. */
    enum Shape {
        LINES(DecoderFuzzTest::lines),
        FRAMES(DecoderFuzzTest::frames),
        DELIMITED(DecoderFuzzTest::delimited),
        LINES_AND_BLOCKS((random, stream) -> blocks(random, stream, true)),
        LINES_AND_PARTS((random, stream) -> blocks(random, stream, false));

        private final BiFunction<Random, ByteArrayOutputStream, Case> factory;

        Shape(BiFunction<Random, ByteArrayOutputStream, Case> factory) {
            this.factory = factory;
        }
    }

    /** A decoder, or several that alternate, whose messages are text. */
    private interface Subject {
        String next(ByteBuffer data) throws CodecException;

        int decode(ByteBuffer data, int limit, MessageHandler<String> handler) throws IOException;

        boolean isInside();

        void finish() throws CodecException;
    }

    /** A subject, and what it should find in the stream that has been written meanwhile. */
    private record Case(Subject subject, Expected expected) {
    }

    /** What a plain reader finds: messages with the offsets behind them, and a fault; position -1 is any. */
    private static final class Expected {
        private final List<String> messages = new ArrayList<>();
        private final List<Integer> ends = new ArrayList<>();
        private Kind fault;
        private long position;

        int end() {
            return ends.isEmpty() ? 0 : ends.getLast();
        }

        void add(byte[] message, int end) {
            messages.add(new String(message, ISO_8859_1));
            ends.add(end);
        }

        Expected fail(Kind kind, long offset) {
            fault = kind;
            position = offset;
            return this;
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("random streams, cut, stopped and resumed at random, give what a plain reader finds")
    void shouldAgreeWithAPlainReaderWhenStreamsAreRandom(Shape shape) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS) / Shape.values().length;
        long round = 0;
        do {
            long seed = SEED + round++;
            assertThatCode(() -> run(shape, new Random(seed))).as("-Depoll4j.fuzz.seed=%d", seed)
                    .doesNotThrowAnyException();
        } while (round < LEAST_ROUNDS || System.nanoTime() - deadline < 0);
    }

    private static void run(Shape shape, Random random) throws IOException {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        Case round = shape.factory.apply(random, written);
        Subject subject = round.subject;
        Expected expected = round.expected;
        List<String> messages = new ArrayList<>();
        CodecException fault = null;
        try {
            feed(random, written.toByteArray(), subject, expected, messages);
            subject.finish();
        } catch (CodecException e) {
            fault = e;
            requireRefused(subject);
        }
        requireEqual("messages", messages, expected.messages);
        requireEqual("kind of fault", fault == null ? null : fault.kind(), expected.fault);
        if (fault != null && expected.position >= 0) {
            requireEqual("position of the fault", fault.position(), expected.position);
        }
    }

    /** Requires that a decoder reads nothing after a fault. */
    private static void requireRefused(Subject subject) throws CodecException {
        try {
            subject.finish();
        } catch (IllegalStateException e) {
            return;
        }
        throw new AssertionError("more input after a fault");
    }

    /** Compares without the cost of AssertJ, which would be most of the time. */
    private static void requireEqual(String what, Object actual, Object expected) {
        if (!Objects.equals(actual, expected)) {
            throw new AssertionError(what + ": expected " + expected + " but was " + actual);
        }
    }

    /** Decodes the stream in pieces, and keeps the bytes that the subject must not read, as a connection does. */
    private static void feed(Random random, byte[] stream, Subject subject, Expected expected, List<String> messages)
            throws IOException {
        int most = 1 + random.nextInt(40);
        int offset = 0;
        int arrived = 0;
        boolean isRead = true;
        while (arrived < stream.length || !isRead) {
            arrived += random.nextInt(Math.min(most, stream.length - arrived) + 1);
            ByteBuffer data = buffer(random, Arrays.copyOfRange(stream, offset, arrived));
            int base = offset - data.position();
            isRead = false;
            while (!isRead && random.nextInt(6) != 0) {
                isRead = step(random, data, subject, message -> {
                    messages.add(message);
                    requireEqual("message", message, messages.size() > expected.messages.size() ? null
                            : expected.messages.get(messages.size() - 1));
                    requireEqual("position", base + data.position(), expected.ends.get(messages.size() - 1));
                });
                offset = base + data.position();
                int end = messages.isEmpty() ? 0 : expected.ends.get(messages.size() - 1);
                requireEqual("offset", offset, isRead ? arrived : end);
                requireEqual("isInside", subject.isInside(), offset > end);
            }
        }
    }

    /** Lets the subject read in one of the ways; returns whether it has read everything. */
    private static boolean step(Random random, ByteBuffer data, Subject subject, MessageHandler<String> handler)
            throws IOException {
        int limit = 1 + random.nextInt(3);
        switch (random.nextInt(3)) {
            case 0 -> {
                String message = subject.next(data);
                if (message == null) {
                    return true;
                }
                handler.onMessage(message);
                return false;
            }
            case 1 -> {
                return subject.decode(data, limit, handler) < limit;
            }
            default -> {
                IOException thrown = new IOException("thrown by the handler");
                try {
                    subject.decode(data, Integer.MAX_VALUE, message -> {
                        handler.onMessage(message);
                        if (random.nextBoolean()) {
                            throw thrown;
                        }
                    });
                    return true;
                } catch (IOException e) {
                    if (e != thrown) {
                        throw e;
                    }
                    return false;
                }
            }
        }
    }

    /** Returns a buffer of some kind, with other bytes around its content. */
    private static ByteBuffer buffer(Random random, byte... content) {
        int before = random.nextInt(4);
        int size = before + content.length + random.nextInt(4);
        ByteBuffer buffer = random.nextInt(16) == 0 ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
        buffer.put(before, content).limit(before + content.length).position(before);
        return switch (random.nextInt(4)) {
            case 0 -> buffer.asReadOnlyBuffer();
            case 1 -> buffer.slice();
            case 2 -> buffer.order(ByteOrder.LITTLE_ENDIAN);
            default -> buffer;
        };
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(copy);
        return copy;
    }

    private static String text(Object message) {
        return new String(message instanceof ByteBuffer buffer ? bytes(buffer) : message.toString().getBytes(UTF_8),
                ISO_8859_1);
    }

    private static Subject subject(Decoder<?> decoder) {
        return new Subject() {
            @Override
            public String next(ByteBuffer data) throws CodecException {
                Object message = decoder.next(data);
                return message == null ? null : text(message);
            }

            @Override
            public int decode(ByteBuffer data, int limit, MessageHandler<String> handler) throws IOException {
                return decoder.decode(data, limit, message -> handler.onMessage(text(message)));
            }

            @Override
            public boolean isInside() {
                return decoder.isInside();
            }

            @Override
            public void finish() throws CodecException {
                decoder.finish();
            }
        };
    }

    private static Case lines(Random random, ByteArrayOutputStream stream) {
        int most = 1 + random.nextInt(20);
        String[] alphabet = {"\n", "\r", "\r\n", "a", "b", "\u00e4", "\u20ac", "\ud83d\ude00"};
        for (int count = random.nextInt(80); count > 0; count--) {
            if (random.nextInt(100) == 0) {
                stream.write(0x80 + random.nextInt(0x80));
            } else {
                stream.writeBytes(alphabet[random.nextInt(alphabet.length)].getBytes(UTF_8));
            }
        }
        return new Case(subject(LineDecoder.of(most)), readLines(stream.toByteArray(), most));
    }

    private static Expected readLines(byte[] stream, int most) {
        Expected expected = new Expected();
        while (expected.end() < stream.length) {
            int start = expected.end();
            int end = start;
            while (end < stream.length && stream[end] != '\n') {
                end++;
            }
            byte[] line = Arrays.copyOfRange(stream, start, end > start && stream[end - 1] == '\r' ? end - 1 : end);
            int valid = validUtf8(line);
            if (line.length > most) {
                return expected.fail(Kind.TOO_LONG, start);
            } else if (end == stream.length) {
                return expected.fail(Kind.TRUNCATED, start);
            } else if (valid < line.length) {
                return expected.fail(Kind.MALFORMED, start + valid);
            }
            expected.add(line, end + 1);
        }
        return expected;
    }

    /** Returns the number of bytes before the first one that is not part of a character. */
    private static int validUtf8(byte[] text) {
        int valid = 0;
        for (int size = 1; size <= 4 && valid + size <= text.length; size++) {
            byte[] part = Arrays.copyOfRange(text, valid, valid + size);
            if (Arrays.equals(new String(part, UTF_8).getBytes(UTF_8), part)) {
                valid += size;
                size = 0;
            }
        }
        return valid;
    }

    private static Case frames(Random random, ByteArrayOutputStream stream) {
        FrameFormat format = new FrameFormat(1 << random.nextInt(4),
                random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN, random.nextBoolean(),
                random.nextInt(50));
        for (int count = random.nextInt(20); count > 0; count--) {
            byte[] body = new byte[random.nextInt(format.maxBodyBytes() + 1)];
            random.nextBytes(body);
            int choice = random.nextInt(40);
            if (choice == 0) {
                stream.writeBytes(body);
            } else if (choice == 1) {
                byte[] header = new byte[format.lengthBytes()];
                header[format.order() == ByteOrder.BIG_ENDIAN ? header.length - 1 : 0] = (byte) random.nextInt(10);
                stream.writeBytes(header);
            } else {
                stream.writeBytes(FrameEncoder.of(format).encode(ByteBuffer.wrap(body)).array());
            }
        }
        return new Case(subject(FrameDecoder.of(format)), readFrames(stream.toByteArray(), format));
    }

    private static Expected readFrames(byte[] stream, FrameFormat format) {
        Expected expected = new Expected();
        int width = format.lengthBytes();
        while (expected.end() < stream.length) {
            int start = expected.end();
            if (stream.length - start < width) {
                return expected.fail(Kind.TRUNCATED, start);
            }
            byte[] header = new byte[width];
            for (int i = 0; i < width; i++) {
                header[format.order() == ByteOrder.BIG_ENDIAN ? i : width - 1 - i] = stream[start + i];
            }
            BigInteger length = width > 2 ? new BigInteger(header) : new BigInteger(1, header);
            BigInteger body = format.lengthIncludesHeader() ? length.subtract(BigInteger.valueOf(width)) : length;
            if (body.signum() < 0) {
                return expected.fail(Kind.MALFORMED, start);
            } else if (body.compareTo(BigInteger.valueOf(format.maxBodyBytes())) > 0) {
                return expected.fail(Kind.TOO_LONG, start);
            }
            int end = start + width + body.intValue();
            if (end > stream.length) {
                return expected.fail(Kind.TRUNCATED, start);
            }
            expected.add(Arrays.copyOfRange(stream, start + width, end), end);
        }
        return expected;
    }

    private static Case delimited(Random random, ByteArrayOutputStream stream) {
        int most = 1 + random.nextInt(60);
        byte[] delimiter = letters(random, 1 + random.nextInt(5));
        stream.writeBytes(letters(random, random.nextInt(200)));
        return new Case(subject(DelimiterDecoder.of(most, delimiter)),
                readDelimited(new String(stream.toByteArray(), ISO_8859_1), new String(delimiter, ISO_8859_1), most));
    }

    private static byte[] letters(Random random, int count) {
        byte[] letters = new byte[count];
        for (int i = 0; i < count; i++) {
            letters[i] = (byte) (random.nextInt(3) == 0 ? 'b' : 'a');
        }
        return letters;
    }

    private static Expected readDelimited(String stream, String delimiter, int most) {
        Expected expected = new Expected();
        while (expected.end() < stream.length()) {
            int start = expected.end();
            int end = stream.indexOf(delimiter, start);
            if (end < 0) {
                end = stream.length();
                for (int begun = 1; begun < delimiter.length() && begun <= stream.length() - start; begun++) {
                    if (stream.endsWith(delimiter.substring(0, begun))) {
                        end = stream.length() - begun;
                    }
                }
                return expected.fail(end - start > most ? Kind.TOO_LONG : Kind.TRUNCATED, start);
            } else if (end - start > most) {
                return expected.fail(Kind.TOO_LONG, start);
            }
            expected.add(stream.substring(start, end).getBytes(ISO_8859_1), end + delimiter.length());
        }
        return expected;
    }

    /** Writes and expects lines with a number, each before a block of as many bytes. */
    private static Case blocks(Random random, ByteArrayOutputStream stream, boolean isWhole) {
        Expected expected = new Expected();
        for (int count = random.nextInt(20); count > 0 && expected.fault == null; count--) {
            int length = random.nextInt(30) == 0 ? random.nextInt(-3, 100) : random.nextInt(30);
            stream.writeBytes((length + (random.nextBoolean() ? "\n" : "\r\n")).getBytes(UTF_8));
            byte[] block = new byte[Math.max(0, length)];
            random.nextBytes(block);
            int missing = random.nextInt(100) == 0 ? random.nextInt(block.length + 1) : 0;
            stream.write(block, 0, block.length - missing);
            if (length < 0 || length > 30) {
                expected.fail(length < 0 ? Kind.MALFORMED : Kind.TOO_LONG, -1);
            } else if (missing > 0) {
                expected.fail(Kind.TRUNCATED, -1);
            } else {
                expected.add(block, stream.size());
            }
        }
        return new Case(new Blocks(isWhole ? BytesDecoder.whole(30) : BytesDecoder.parts(30)), expected);
    }

    /** Lines and blocks on one stream; a message is a block. */
    private static final class Blocks implements Subject {
        private final LineDecoder lines = LineDecoder.of(10);
        private final BytesDecoder blocks;
        private final StringBuilder block = new StringBuilder();

        Blocks(BytesDecoder blocks) {
            this.blocks = blocks;
        }

        @Override
        public String next(ByteBuffer data) throws CodecException {
            if (!blocks.isInside()) {
                String line = lines.next(data);
                if (line == null) {
                    return null;
                }
                blocks.expect(Integer.parseInt(line));
            }
            ByteBuffer part = blocks.next(data);
            if (part == null) {
                return null;
            }
            block.append(text(part));
            if (blocks.isInside()) {
                return next(data);
            }
            String whole = block.toString();
            block.setLength(0);
            return whole;
        }

        @Override
        public int decode(ByteBuffer data, int limit, MessageHandler<String> handler) throws IOException {
            int count = 0;
            for (String message; count < limit && (message = next(data)) != null; count++) {
                handler.onMessage(message);
            }
            return count;
        }

        @Override
        public boolean isInside() {
            return lines.isInside() || blocks.isInside();
        }

        @Override
        public void finish() throws CodecException {
            lines.finish();
            blocks.finish();
        }
    }
}
