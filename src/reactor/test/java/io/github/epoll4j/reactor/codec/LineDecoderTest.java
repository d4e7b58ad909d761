package io.github.epoll4j.reactor.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.reactor.codec.CodecException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.MalformedInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineDecoderTest {
    private final List<String> lines = new ArrayList<>();
    private final LineDecoder decoder = LineDecoder.of(8);

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }

    private void decode(String... pieces) throws IOException {
        for (String piece : pieces) {
            ByteBuffer data = bytes(piece);
            decoder.decode(data, lines::add);
            assertThat(data.remaining()).isZero();
        }
    }

    private CodecException fault(LineDecoder of, Iterable<ByteBuffer> pieces) {
        return assertThatExceptionOfType(CodecException.class).isThrownBy(() -> {
            for (ByteBuffer piece : pieces) {
                of.decode(piece, lines::add);
            }
            of.finish(lines::add);
        }).actual();
    }

    @Test
    void shouldGiveEachLineWhenSeveralAreInOneBuffer() throws IOException {
        decode("one\ntwo\r\n\n\r\nthree\n");
        assertThat(lines).containsExactly("one", "two", "", "", "three");
    }

    @Test
    void shouldWaitForTheRestWhenALineIsCut() throws IOException {
        decode("o", "", "n", "e");
        assertThat(lines).isEmpty();
        decode("\ntw");
        assertThat(lines).containsExactly("one");
        decode("o\n");
        assertThat(lines).containsExactly("one", "two");
    }

    @Test
    void shouldTakeOffBothWhenAnEndingIsCut() throws IOException {
        decode("one\r", "\n\r", "\ntwo\n");
        assertThat(lines).containsExactly("one", "", "two");
    }

    @Test
    void shouldKeepACarriageReturnWhenItStandsElsewhere() throws IOException {
        decode("a\rb\n\rc\r\r\n", "d\r", "e\n");
        assertThat(lines).containsExactly("a\rb", "\rc\r", "d\re");
    }

    @Test
    void shouldPutACharacterTogetherWhenItIsCut() throws IOException {
        byte[] stream = "\u00e4\u20ac\n\ud83d\ude00\n".getBytes(UTF_8);
        for (ByteBuffer piece : Cuts.every(1, stream)) {
            decoder.decode(piece, lines::add);
        }
        assertThat(lines).containsExactly("\u00e4\u20ac", "\ud83d\ude00");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"''|''", "'a\n'|a", "'a\nb'|a,b", "'a\nb\r'|a,b",
        "'\r'|' '", "'12345678\r'|12345678"})
    void shouldGiveTheLastLineWhenTheStreamEnds(String stream, String expected) throws IOException {
        decode(stream);
        decoder.finish(lines::add);
        assertThat(String.join(",", lines)).isEqualTo(expected.strip());
        assertThat(lines).hasSize(expected.isEmpty() ? 0 : expected.split(",").length);
        assertThatIllegalStateException().isThrownBy(() -> decoder.finish(lines::add));
        assertThatIllegalStateException().isThrownBy(() -> decode("more")).withMessageContaining("end of the stream");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 100})
    void shouldMeasureBytesWithoutTheEndingWhateverTheCuts(int piece) throws IOException {
        String legal = "1234567\n12345678\n12345678\r\n\u20ac\u20ac12\r\n";
        for (ByteBuffer data : Cuts.every(piece, legal.getBytes(UTF_8))) {
            decoder.decode(data, lines::add);
        }
        assertThat(lines).containsExactly("1234567", "12345678", "12345678", "\u20ac\u20ac12");

        for (String tooLong : List.of("123456789\n", "123456789\r\n", "\u20ac\u20ac123\n", "12345678\r1\n",
                "12345678\r\r\n", "123456789", "12345678\r\r")) {
            lines.clear();
            CodecException e = fault(LineDecoder.of(8), Cuts.every(piece, ("ok\r\n\n" + tooLong).getBytes(UTF_8)));
            assertThat(e).hasMessage("line 3 is longer than 8 bytes (byte 5 of the stream)");
            assertThat(e.kind()).isEqualTo(Kind.TOO_LONG);
            assertThat(e.position()).isEqualTo(5);
            assertThat(lines).containsExactly("ok", "");
        }
    }

    @Test
    void shouldRefuseALongLineBeforeItEnds() throws IOException {
        decode("1234", "5678", "\r");
        assertThatExceptionOfType(CodecException.class).isThrownBy(() -> decode("x"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 100})
    void shouldTellWhereWhenInputIsMalformed(int piece) {
        byte[] stream = "one\r\nab\u00ffcd\nthree\n".getBytes(ISO_8859_1);
        CodecException e = fault(decoder, Cuts.every(piece, stream));
        assertThat(e).hasMessage("line 2 is not UTF-8 (byte 7 of the stream)")
                .hasCauseInstanceOf(MalformedInputException.class);
        assertThat(e.position()).isEqualTo(7);
        assertThat(lines).containsExactly("one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u00c3\n", "\u00c0\u0080\n", "\u00ed\u00a0\u0080\n", "\u00f4\u0090\u0080\u0080\n",
        "\u0080\n", "\u00e2\u0082", "\u00e2\u0082\r\n\u00ac\n"})
    void shouldRefuseWhatIsNotUtf8(String malformed) {
        CodecException e = fault(decoder, List.of(ByteBuffer.wrap(malformed.getBytes(ISO_8859_1))));
        assertThat(e.kind()).isEqualTo(Kind.MALFORMED);
        assertThat(e.position()).isZero();
        assertThat(lines).isEmpty();
    }

    @Test
    void shouldRefuseALastLineWithoutAnEndingWhenNoHandlerTakesIt() throws IOException {
        decode("ok\n", "DELETE a");
        assertThat(decoder.isInside()).isTrue();
        CodecException e = assertThatExceptionOfType(CodecException.class).isThrownBy(decoder::finish)
                .withMessage("line 2 was cut off by the end of the stream (byte 3 of the stream)").actual();
        assertThat(e.kind()).isEqualTo(Kind.TRUNCATED);
        assertThat(lines).containsExactly("ok");
    }

    @Test
    void shouldRefuseFurtherInputAfterAFault() {
        CodecException e = fault(decoder, List.of(bytes("ok\n123456789\nnever\n")));
        assertThatIllegalStateException().isThrownBy(() -> decode("x\n")).withCause(e).withMessageContaining("line 2");
        assertThatIllegalStateException().isThrownBy(() -> decode(""));
        assertThatIllegalStateException().isThrownBy(() -> decoder.finish(lines::add)).withCause(e);
        assertThat(lines).containsExactly("ok");
    }

    @Test
    void shouldGoOnBehindTheLineWhenTheHandlerThrows() throws IOException {
        decode("fir");
        ByteBuffer data = bytes("st\nsecond\nthi");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> decoder.decode(data, line -> {
            throw new IOException(line);
        })).withMessage("first");
        decoder.decode(data, lines::add);
        decode("rd\n");
        assertThat(lines).containsExactly("second", "third");
    }

    @Test
    void shouldLeaveTheRestToTheHandlerWhenItTakesIt() throws IOException {
        ByteBuffer data = bytes("raw 3\r\na\nbnext\n");
        byte[] raw = new byte[3];
        decoder.decode(data, line -> {
            if (line.startsWith("raw ")) {
                data.get(raw);
            } else {
                lines.add(line);
            }
        });
        assertThat(raw).asString(UTF_8).isEqualTo("a\nb");
        assertThat(lines).containsExactly("next");
    }

    @Test
    void shouldRefuseAMaximumThatMakesNoSense() {
        for (int maximum : new int[] {Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE - 9, Integer.MAX_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> LineDecoder.of(maximum));
        }
        assertThat(LineDecoder.of(Integer.MAX_VALUE - 10)).isNotNull();
    }

    @Test
    void shouldGiveTheSameLinesWhereverTheStreamIsCut() throws IOException {
        Random random = new Random(20);
        for (int round = 0; round < 300; round++) {
            List<String> expected = new ArrayList<>();
            StringBuilder stream = new StringBuilder();
            for (int count = random.nextInt(40); count > 0; count--) {
                String line = line(random);
                expected.add(line);
                stream.append(line).append(random.nextBoolean() ? "\r\n" : "\n");
            }
            if (random.nextBoolean()) {
                stream.append("last");
                expected.add("last");
            }
            byte[] encoded = stream.toString().getBytes(UTF_8);
            assertThat(decoded(Cuts.every(1, encoded))).isEqualTo(expected);
            assertThat(decoded(Cuts.every(Integer.MAX_VALUE / 2, encoded))).isEqualTo(expected);
            for (int most : new int[] {2, 20, 400}) {
                assertThat(decoded(Cuts.random(random, most, encoded))).isEqualTo(expected);
            }
        }
    }

    /** Of up to 60 characters of one to four bytes, lone CRs among them but not at the end. */
    private static String line(Random random) {
        String[] alphabet = {"a", " ", "\r", "\u0000", "\u00e4", "\u20ac", "\ud83d\ude00"};
        StringBuilder line = new StringBuilder();
        for (int length = random.nextInt(60); length > 0; length--) {
            line.append(alphabet[random.nextInt(alphabet.length)]);
        }
        return line.isEmpty() ? "" : line.append('.').toString();
    }

    private static List<String> decoded(List<ByteBuffer> pieces) throws IOException {
        List<String> result = new ArrayList<>();
        LineDecoder whole = LineDecoder.of(241);
        for (ByteBuffer piece : pieces) {
            whole.decode(piece, result::add);
        }
        whole.finish(result::add);
        return result;
    }
}
