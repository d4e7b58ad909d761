package io.github.epoll4j.reactor.codec;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.github.epoll4j.reactor.codec.CodecException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all decoders have in common. */
class DecoderTest {
    private static final FrameFormat FORMAT = new FrameFormat(1, BIG_ENDIAN, false, 8);

    private final List<String> messages = new ArrayList<>();

    /** A decoder, and the messages "a", "bcd" and "ef" as it reads them. */
    enum Shape {
        LINES(() -> LineDecoder.of(8), "a\nbcd\r\nef\n", 2, 7, 10),
        FRAMES(() -> FrameDecoder.of(FORMAT), "\1a\3bcd\2ef", 2, 6, 9),
        DELIMITED(() -> DelimiterDecoder.of(8, (byte) '-', (byte) '-'), "a--bcd--ef--", 3, 8, 12),
        WHOLE(() -> expecting(BytesDecoder.whole(8), 1), "abcdef", 1, 4, 6),
        PARTS(() -> expecting(BytesDecoder.parts(8), 1), "abcdef", 1, 4, 6);

        private final Supplier<Decoder<?>> factory;
        private final byte[] stream;
        private final int[] ends;

        Shape(Supplier<Decoder<?>> factory, String stream, int... ends) {
            this.factory = factory;
            this.stream = stream.getBytes(UTF_8);
            this.ends = ends;
        }

        ByteBuffer bytes(int from, int to) {
            return ByteBuffer.wrap(stream, from, to - from).slice();
        }
    }

    private static BytesDecoder expecting(BytesDecoder decoder, int count) {
        try {
            decoder.expect(count);
        } catch (CodecException e) {
            throw new AssertionError(e);
        }
        return decoder;
    }

    private static String text(Object message) {
        return message instanceof ByteBuffer bytes ? UTF_8.decode(bytes).toString() : (String) message;
    }

    /** Notes the message, and announces the next one where another decoder would. */
    private void note(Decoder<?> decoder, Object message) throws IOException {
        messages.add(text(message));
        if (decoder instanceof BytesDecoder bytes && !bytes.isInside() && messages.size() < 3) {
            bytes.expect(messages.size() == 1 ? 3 : 2);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("next() ends right behind its message and reads no later byte, and goes on with the rest")
    void shouldStopBehindAMessageWhenItIsReturned(Shape shape) throws IOException {
        Decoder<?> decoder = shape.factory.get();
        ByteBuffer data = shape.bytes(0, shape.stream.length);
        int start = 0;
        for (int end : shape.ends) {
            note(decoder, decoder.next(data));
            assertThat(data.position()).isEqualTo(end - start);
            data = shape.bytes(end, shape.stream.length);
            start = end;
        }
        assertThat(messages).containsExactly("a", "bcd", "ef");
        assertThat(decoder.next(data)).isNull();
        decoder.finish();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("one decoder stops after a message, another one reads on, and the first one takes over again")
    void shouldShareTheStreamWhenDecodersAlternate(Shape shape) throws IOException {
        Decoder<?> decoder = shape.factory.get();
        FrameDecoder other = FrameDecoder.of(FORMAT);
        ByteBuffer data = ByteBuffer.allocate(99);
        int start = 0;
        for (int end : shape.ends) {
            data.put(shape.bytes(start, end)).put(new byte[] {2, 'o', 'k'});
            start = end;
        }
        data.flip();
        for (int i = 0; i < 3; i++) {
            note(decoder, decoder.next(data));
            assertThat(text(other.next(data))).isEqualTo("ok");
        }
        assertThat(messages).containsExactly("a", "bcd", "ef");
        assertThat(data.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveTheRestWhenTheLimitIsReached(Shape shape) throws IOException {
        Decoder<?> decoder = shape.factory.get();
        ByteBuffer data = shape.bytes(0, shape.stream.length);
        assertThat(decoder.decode(data, 2, message -> note(decoder, message))).isEqualTo(2);
        assertThat(messages).containsExactly("a", "bcd");
        assertThat(data.position()).isEqualTo(shape.ends[1]);
        assertThat(decoder.decode(data, 2, message -> note(decoder, message))).isEqualTo(1);
        assertThat(messages).containsExactly("a", "bcd", "ef");
        assertThat(data.hasRemaining()).isFalse();
        assertThat(decoder.decode(data, message -> note(decoder, message))).isZero();

        assertThatIllegalArgumentException().isThrownBy(() -> decoder.decode(data, 0, message -> { }))
                .withMessage("limit is below 1: 0");
        assertThatIllegalArgumentException().isThrownBy(() -> decoder.decode(data, -1, message -> { }));
        assertThatNullPointerException().isThrownBy(() -> decoder.decode(data, null)).withMessage("handler");
    }

    @ParameterizedTest
    @EnumSource
    void shouldStayBehindTheMessageWhenTheHandlerThrows(Shape shape) throws IOException {
        Decoder<?> decoder = shape.factory.get();
        ByteBuffer data = shape.bytes(0, shape.stream.length);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> decoder.decode(data, message -> {
            note(decoder, message);
            throw new IOException("thrown by the handler");
        })).withMessage("thrown by the handler");
        assertThat(data.position()).isEqualTo(shape.ends[0]);
        assertThat(decoder.decode(data, message -> note(decoder, message))).isEqualTo(2);
        assertThat(messages).containsExactly("a", "bcd", "ef");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"WHOLE", "PARTS"})
    @DisplayName("a decoder is inside a message from its first byte to its last, wherever the stream is cut")
    void shouldBeInsideWhenPartOfAMessageWasRead(Shape shape) throws IOException {
        Decoder<?> decoder = shape.factory.get();
        List<Integer> outside = new ArrayList<>();
        assertThat(decoder.isInside()).isFalse();
        for (int end = 1; end <= shape.stream.length; end++) {
            decoder.decode(shape.bytes(end - 1, end), message -> assertThat(decoder.isInside()).isFalse());
            if (!decoder.isInside()) {
                outside.add(end);
            }
        }
        assertThat(outside).containsExactly(shape.ends[0], shape.ends[1], shape.ends[2]);
        decoder.decode(shape.bytes(0, shape.stream.length), 1, message -> { });
        assertThat(decoder.isInside()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldReportATruncatedMessageWhenTheStreamEndsInside(Shape shape) throws IOException {
        Decoder<?> decoder = shape.factory.get();
        decoder.decode(shape.bytes(0, shape.ends[1] - 1), message -> note(decoder, message));
        CodecException e = assertThatExceptionOfType(CodecException.class).isThrownBy(decoder::finish)
                .withMessageContaining(" 2 was cut off by the end of the stream").actual();
        assertThat(e.kind()).isEqualTo(Kind.TRUNCATED);
        assertThat(e.position()).isEqualTo(shape.ends[0]);
        assertThatIllegalStateException().isThrownBy(() -> decoder.next(shape.bytes(0, 1))).withCause(e);
        assertThatIllegalStateException().isThrownBy(decoder::finish).withCause(e);
        assertThat(messages.getFirst()).isEqualTo("a");
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseInputWhenTheStreamHasEnded(Shape shape) throws IOException {
        Decoder<?> decoder = shape.factory.get();
        decoder.decode(shape.bytes(0, shape.stream.length), message -> note(decoder, message));
        decoder.finish();
        assertThatIllegalStateException().isThrownBy(() -> decoder.next(shape.bytes(0, 1)))
                .withMessage("no more input after the end of the stream");
        assertThatIllegalStateException().isThrownBy(() -> decoder.next(shape.bytes(0, 0)));
        assertThatIllegalStateException().isThrownBy(decoder::finish);
    }
}
