package io.github.epoll4j.reactor.codec;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.reactor.codec.CodecException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
    private static final FrameFormat SHORT = new FrameFormat(2, BIG_ENDIAN, false, 300);

    private final List<String> frames = new ArrayList<>();

    private static ByteBuffer hex(String digits) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(digits));
    }

    private void take(ByteBuffer body) {
        byte[] copy = new byte[body.remaining()];
        body.get(copy);
        frames.add(HexFormat.of().formatHex(copy));
    }

    private void decode(FrameDecoder decoder, String... pieces) throws IOException {
        for (String piece : pieces) {
            ByteBuffer data = hex(piece);
            decoder.decode(data, this::take);
            assertThat(data.remaining()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, BIG_ENDIAN, false, 02", "1, BIG_ENDIAN, true, 03",
        "2, BIG_ENDIAN, false, 0002", "2, BIG_ENDIAN, true, 0004",
        "4, BIG_ENDIAN, false, 00000002", "4, BIG_ENDIAN, true, 00000006",
        "8, BIG_ENDIAN, false, 0000000000000002", "8, BIG_ENDIAN, true, 000000000000000a",
        "1, LITTLE_ENDIAN, false, 02", "1, LITTLE_ENDIAN, true, 03",
        "2, LITTLE_ENDIAN, false, 0200", "2, LITTLE_ENDIAN, true, 0400",
        "4, LITTLE_ENDIAN, false, 02000000", "4, LITTLE_ENDIAN, true, 06000000",
        "8, LITTLE_ENDIAN, false, 0200000000000000", "8, LITTLE_ENDIAN, true, 0a00000000000000"})
    @DisplayName("S12-7: width, byte order, and whether the length counts its own bytes")
    void shouldReadAndWriteTheLengthAsTheFormatSays(int width, String order, boolean isIncluded, String header)
            throws IOException {
        FrameFormat format = new FrameFormat(width, "BIG_ENDIAN".equals(order) ? BIG_ENDIAN : LITTLE_ENDIAN, isIncluded,
                2);
        decode(FrameDecoder.of(format), header + "abcd", header + "ef01" + header + "2345");
        assertThat(frames).containsExactly("abcd", "ef01", "2345");
        assertThat(FrameEncoder.of(format).encode(hex("abcd"))).isEqualTo(hex(header + "abcd"));
    }

    @Test
    @DisplayName("S10-5, S12-7: shortage: header split, body split, two frames in one read, an empty body")
    void shouldWaitForTheRestWhenHeaderOrBodyIsCut() throws IOException {
        FrameDecoder decoder = FrameDecoder.of(SHORT);
        decode(decoder, "00", "", "03", "aa", "bb");
        assertThat(frames).isEmpty();
        decode(decoder, "cc0001dd00");
        assertThat(frames).containsExactly("aabbcc", "dd");
        decode(decoder, "01ee", "0000", "00", "00", "000000");
        assertThat(frames).containsExactly("aabbcc", "dd", "ee", "", "", "");
        decode(decoder, "00");
        decoder.finish();
    }

    @Test
    void shouldGiveAViewWithoutCopyingWhenTheFrameLiesWhole() throws IOException {
        ByteBuffer data = ByteBuffer.allocateDirect(8).put(hex("000301020300")).flip();
        FrameDecoder.of(SHORT).decode(data, body -> {
            assertThat(body.isDirect()).isTrue();
            assertThat(body.capacity()).isEqualTo(3);
            assertThat(body.order()).isEqualTo(BIG_ENDIAN);
            data.put(3, (byte) 9);
            take(body);
        });
        assertThat(frames).containsExactly("010903");
    }

    @Test
    void shouldGiveTheBodyAloneInTheOrderOfTheFormat() throws IOException {
        List<ByteOrder> orders = new ArrayList<>();
        FrameDecoder decoder = FrameDecoder.of(new FrameFormat(1, LITTLE_ENDIAN, false, 4));
        for (String piece : List.of("0401000000", "0402", "000000")) {
            decoder.decode(hex(piece).asReadOnlyBuffer(), body -> {
                assertThat(body.position()).isZero();
                assertThat(body.capacity()).isEqualTo(4);
                orders.add(body.order());
                frames.add("" + body.getInt());
            });
        }
        assertThat(frames).containsExactly("1", "2");
        assertThat(orders).containsOnly(LITTLE_ENDIAN);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "1|false|05|a length of 5 bytes, more than the maximum of 4",
        "1|true|06|a length of 6 bytes, more than the maximum of 5",
        "1|false|ff|a length of 255 bytes, more than the maximum of 4",
        "1|true|00|a length of 0 bytes, but its header alone has 1",
        "2|true|0001|a length of 1 bytes, but its header alone has 2",
        "2|false|ffff|a length of 65535 bytes, more than the maximum of 4",
        "4|true|00000003|a length of 3 bytes, but its header alone has 4",
        "4|false|ffffffff|a length of -1 bytes, which is negative",
        "4|true|80000000|a length of -2147483648 bytes, which is negative",
        "4|false|7fffffff|a length of 2147483647 bytes, more than the maximum of 4",
        "8|true|0000000000000007|a length of 7 bytes, but its header alone has 8",
        "8|true|000000000000000d|a length of 13 bytes, more than the maximum of 12",
        "8|false|0000000100000001|a length of 4294967297 bytes, more than the maximum of 4",
        "8|true|8000000000000000|a length of -9223372036854775808 bytes, which is negative",
        "8|false|7fffffffffffffff|a length of 9223372036854775807 bytes, more than the maximum of 4"})
    @DisplayName("S10-5, S12-7: corruption: a length that is negative, too long, or shorter than itself")
    void shouldRefuseALengthThatCannotBe(int width, boolean isIncluded, String header, String message) {
        FrameFormat format = new FrameFormat(width, BIG_ENDIAN, isIncluded, 4);
        ByteBuffer good = FrameEncoder.of(format).encode(hex("aabb"));
        byte[] stream = ByteBuffer.allocate(2 * width + 2).put(good).put(hex(header)).array();
        for (int piece : new int[] {1, 3, width, 100}) {
            frames.clear();
            FrameDecoder decoder = FrameDecoder.of(format);
            CodecException e = assertThatExceptionOfType(CodecException.class).isThrownBy(() -> {
                for (ByteBuffer data : Cuts.every(piece, stream)) {
                    decoder.decode(data, this::take);
                }
            }).actual();
            assertThat(e).hasMessage("frame 2 has " + message + " (byte " + (width + 2) + " of the stream)");
            assertThat(e.kind()).isEqualTo(message.contains("maximum") ? Kind.TOO_LONG : Kind.MALFORMED);
            assertThat(e.position()).isEqualTo(width + 2);
            assertThat(frames).containsExactly("aabb");
            assertThatIllegalStateException().isThrownBy(() -> decode(decoder, "00")).withCause(e);
            assertThatIllegalStateException().isThrownBy(() -> decode(decoder, ""));
            assertThatIllegalStateException().isThrownBy(decoder::finish);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTakeABodyOfTheMaximumAndOneBelow(boolean isIncluded) throws IOException {
        String add = isIncluded ? "6" : "4";
        String below = isIncluded ? "5" : "3";
        decode(FrameDecoder.of(new FrameFormat(2, BIG_ENDIAN, isIncluded, 4)), "000" + add + "01020304",
                "000" + below + "010203", "00", "0" + add + "0102", "0304", isIncluded ? "0002" : "0000");
        assertThat(frames).containsExactly("01020304", "010203", "01020304", "");
    }

    @Test
    void shouldReportAFrameThatIsCutOffByTheEnd() throws IOException {
        FrameDecoder decoder = FrameDecoder.of(SHORT);
        decode(decoder, "0001aa0003bb");
        assertThatExceptionOfType(CodecException.class).isThrownBy(decoder::finish)
                .withMessage("frame 2 was cut off by the end of the stream (byte 3 of the stream)");
        assertThatIllegalStateException().isThrownBy(decoder::finish);

        FrameDecoder whole = FrameDecoder.of(SHORT);
        decode(whole, "0001aa");
        whole.finish();
        assertThatIllegalStateException().isThrownBy(() -> decode(whole, "00"));
        assertThatIllegalStateException().isThrownBy(whole::finish);
    }

    @Test
    void shouldGoOnBehindTheFrameWhenTheHandlerThrows() throws IOException {
        FrameDecoder decoder = FrameDecoder.of(SHORT);
        for (String first : List.of("0001aa", "01aa")) {
            ByteBuffer data = hex(first + "0001bb00");
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> decoder.decode(data, body -> {
                throw new IOException("thrown by the handler");
            })).withMessage("thrown by the handler");
            decoder.decode(data, this::take);
        }
        decode(decoder, "01cc");
        assertThat(frames).containsExactly("bb", "bb", "cc");
    }

    @Test
    void shouldNotReserveWhatAPeerOnlyAnnounces() throws IOException {
        FrameFormat huge = new FrameFormat(4, BIG_ENDIAN, false, Integer.MAX_VALUE - 12);
        List<FrameDecoder> decoders = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            decoders.add(FrameDecoder.of(huge));
            decode(decoders.get(i), "7ffffff3", "aa");
        }
        assertThat(frames).isEmpty();
        for (FrameDecoder decoder : decoders) {
            assertThatExceptionOfType(CodecException.class).isThrownBy(decoder::finish)
                    .withMessageContaining("frame 1 was cut off");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, true", "4, false", "8, true"})
    @DisplayName("S12-7: the same frames wherever the stream is cut")
    void shouldGiveTheSameFramesWhereverTheStreamIsCut(int width, boolean isIncluded) throws IOException {
        Random random = new Random(width);
        FrameFormat format = new FrameFormat(width, random.nextBoolean() ? BIG_ENDIAN : LITTLE_ENDIAN, isIncluded, 250);
        for (int round = 0; round < 100; round++) {
            List<String> expected = new ArrayList<>();
            ByteBuffer stream = ByteBuffer.allocate(40 * 258);
            for (int count = random.nextInt(41); count > 0; count--) {
                byte[] body = new byte[random.nextInt(4) == 0 ? random.nextInt(251) : random.nextInt(4)];
                random.nextBytes(body);
                expected.add(HexFormat.of().formatHex(body));
                FrameEncoder.of(format).encode(ByteBuffer.wrap(body), stream);
            }
            byte[] encoded = new byte[stream.flip().remaining()];
            stream.get(encoded);
            assertDecoded(format, expected, Cuts.every(1, encoded));
            assertDecoded(format, expected, Cuts.every(Integer.MAX_VALUE / 2, encoded));
            for (int most : new int[] {2, 20, 1000}) {
                assertDecoded(format, expected, Cuts.random(random, most, encoded));
            }
        }
    }

    private void assertDecoded(FrameFormat format, List<String> expected, List<ByteBuffer> pieces) throws IOException {
        frames.clear();
        FrameDecoder decoder = FrameDecoder.of(format);
        for (ByteBuffer piece : pieces) {
            decoder.decode(piece, this::take);
        }
        decoder.finish();
        assertThat(frames).isEqualTo(expected);
    }
}
