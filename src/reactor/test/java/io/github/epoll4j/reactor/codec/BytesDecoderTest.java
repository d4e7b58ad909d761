package io.github.epoll4j.reactor.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.reactor.codec.CodecException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesDecoderTest {
    private final BytesDecoder whole = BytesDecoder.whole(8);
    private final BytesDecoder parts = BytesDecoder.parts(8);

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private static String next(BytesDecoder decoder, ByteBuffer data) throws IOException {
        ByteBuffer message = decoder.next(data);
        return message == null ? null : UTF_8.decode(message).toString();
    }

    @Test
    void shouldReturnABlockWholeWhenItArrivesInPieces() throws IOException {
        whole.expect(5);
        assertThat(next(whole, bytes("he"))).isNull();
        assertThat(next(whole, bytes(""))).isNull();
        ByteBuffer rest = bytes("llo!");
        assertThat(next(whole, rest)).isEqualTo("hello");
        assertThat(rest.remaining()).isEqualTo(1);
    }

    @Test
    void shouldReturnPartsAsTheyComeWhenABlockArrivesInPieces() throws IOException {
        parts.expect(5);
        assertThat(next(parts, bytes("he"))).isEqualTo("he");
        assertThat(next(parts, bytes(""))).isNull();
        assertThat(parts.isInside()).isTrue();
        ByteBuffer rest = bytes("llo!");
        assertThat(next(parts, rest)).isEqualTo("llo");
        assertThat(parts.isInside()).isFalse();
        assertThat(rest.remaining()).isEqualTo(1);
        parts.expect(2);
        assertThat(next(parts, bytes("ok"))).isEqualTo("ok");
    }

    @Test
    void shouldReadNothingWhenNoBlockIsExpected() throws IOException {
        for (BytesDecoder decoder : List.of(whole, parts)) {
            ByteBuffer data = bytes("abc");
            assertThat(decoder.next(data)).isNull();
            assertThat(data.position()).isZero();
            assertThat(decoder.isInside()).isFalse();
            decoder.expect(1);
            assertThat(decoder.isInside()).isTrue();
            assertThat(decoder.decode(data, block -> { })).isEqualTo(1);
            assertThat(decoder.next(data)).isNull();
            assertThat(data.position()).isEqualTo(1);
        }
    }

    @Test
    void shouldReturnAnEmptyBlockWhenItsLengthIsZero() throws IOException {
        for (BytesDecoder decoder : List.of(whole, parts)) {
            decoder.expect(0);
            assertThat(decoder.isInside()).isTrue();
            assertThat(next(decoder, bytes(""))).isEmpty();
            assertThat(decoder.isInside()).isFalse();
            assertThat(next(decoder, bytes(""))).isNull();
            decoder.expect(0);
            ByteBuffer data = bytes("a");
            assertThat(next(decoder, data)).isEmpty();
            assertThat(data.remaining()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseALengthThatThePeerMayNotSend() throws IOException {
        for (long count : new long[] {-1, Long.MIN_VALUE, 9, Integer.MAX_VALUE + 2L, Long.MAX_VALUE}) {
            for (BytesDecoder decoder : List.of(BytesDecoder.whole(8), BytesDecoder.parts(8))) {
                decoder.expect(8);
                decoder.decode(bytes("12345678"), block -> { });
                CodecException e = assertThatExceptionOfType(CodecException.class)
                        .isThrownBy(() -> decoder.expect(count))
                        .withMessage("block 2 has a length of " + count + " bytes, "
                                + (count < 0 ? "which is negative" : "more than the maximum of 8")
                                + " (byte 8 of the stream)").actual();
                assertThat(e.kind()).isEqualTo(count < 0 ? Kind.MALFORMED : Kind.TOO_LONG);
                assertThatIllegalStateException().isThrownBy(() -> decoder.next(bytes("a"))).withCause(e);
                assertThatIllegalStateException().isThrownBy(() -> decoder.expect(1)).withCause(e);
            }
        }
    }

    @Test
    void shouldRefuseABlockWhenTheOneBeforeIsNotComplete() throws IOException {
        for (BytesDecoder decoder : List.of(whole, parts)) {
            decoder.expect(2);
            assertThatIllegalStateException().isThrownBy(() -> decoder.expect(1))
                    .withMessage("the block before is not complete");
            decoder.next(bytes("a"));
            assertThatIllegalStateException().isThrownBy(() -> decoder.expect(1));
            assertThat(decoder.next(bytes("b"))).isNotNull();
        }
    }

    @Test
    void shouldRefuseAMaximumThatMakesNoSense() {
        for (int maximum : new int[] {Integer.MIN_VALUE, -1, 0}) {
            assertThatIllegalArgumentException().isThrownBy(() -> BytesDecoder.whole(maximum));
            assertThatIllegalArgumentException().isThrownBy(() -> BytesDecoder.parts(maximum));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> BytesDecoder.whole(Integer.MAX_VALUE - 7));
        assertThat(BytesDecoder.whole(Integer.MAX_VALUE - 8)).isNotNull();
    }

    @Test
    void shouldTakeABlockThatIsLongerThanAnyArrayInParts() throws IOException {
        long length = 5L << 30;
        BytesDecoder decoder = BytesDecoder.parts(Long.MAX_VALUE);
        decoder.expect(length);
        long received = 0;
        ByteBuffer data = ByteBuffer.allocateDirect(1 << 26);
        for (ByteBuffer part; (part = decoder.next(data.clear())) != null; ) {
            received += part.remaining();
        }
        assertThat(received).isEqualTo(length);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000})
    void shouldReadHeadsAndBodiesWhenTheyAlternateOnOneStream(int piece) throws IOException {
        DelimiterDecoder heads = DelimiterDecoder.of(64, "\r\n\r\n".getBytes(UTF_8));
        BytesDecoder bodies = BytesDecoder.parts(1000);
        List<String> messages = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        String stream = "POST /a\r\nContent-Length: 5\r\n\r\n\r\n\r\n.POST /b\r\nContent-Length: 0\r\n\r\n"
                + "POST /c\r\nContent-Length: 12\r\n\r\nhello, world";
        for (ByteBuffer data : Cuts.every(piece, stream.getBytes(UTF_8))) {
            while (true) {
                if (!bodies.isInside()) {
                    ByteBuffer head = heads.next(data);
                    if (head == null) {
                        break;
                    }
                    String text = UTF_8.decode(head).toString();
                    messages.add(text.substring(0, 7));
                    bodies.expect(Integer.parseInt(text, text.indexOf(": ") + 2, text.length(), 10));
                }
                String part = next(bodies, data);
                if (part == null) {
                    break;
                }
                body.append(part);
                if (!bodies.isInside()) {
                    messages.add(body.toString());
                    body.setLength(0);
                }
            }
        }
        assertThat(messages).containsExactly("POST /a", "\r\n\r\n.", "POST /b", "", "POST /c", "hello, world");
    }
}
