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
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DelimiterDecoderTest {
    private final List<String> messages = new ArrayList<>();

    private static DelimiterDecoder decoder(int maxBytes, String delimiter) {
        return DelimiterDecoder.of(maxBytes, delimiter.getBytes(UTF_8));
    }

    private void decode(DelimiterDecoder decoder, int piece, String stream) throws IOException {
        for (ByteBuffer data : Cuts.every(piece, stream.getBytes(UTF_8))) {
            decoder.decode(data, message -> messages.add(UTF_8.decode(message).toString()));
            assertThat(data.hasRemaining()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-, -a--bc-d, |a||bc, true", "--, -a--bc----d-, -a|bc|, true", "aab, aaabxaabaabaa, a|x|, true",
        "abab, abaabababab-abab, aba||-, false", "abcabd, abcabcabdxabcabcabcabdab, abc|xabcabc, true",
        "aaa, aaaaaaabaaaa, ||ab, true"})
    void shouldEndAMessageAtTheDelimiterWhereverTheStreamIsCut(String delimiter, String stream, String expected,
            boolean isInside) throws IOException {
        for (int piece : new int[] {1, 2, 3, 5, 100}) {
            messages.clear();
            DelimiterDecoder decoder = decoder(100, delimiter);
            decode(decoder, piece, stream);
            assertThat(messages).isEqualTo(Arrays.asList(expected.split("\\|", -1)));
            assertThat(decoder.isInside()).isEqualTo(isInside);
        }
    }

    @Test
    void shouldReadHeadsAndZeroTerminatedBytesWhenThoseAreTheDelimiters() throws IOException {
        decode(decoder(100, "\r\n\r\n"), 3, "GET / HTTP/1.1\r\nHost: a\r\n\r\n\r\r\n\r\n");
        decode(decoder(100, "\0"), 2, "abc\0\0d\0");
        assertThat(messages).containsExactly("GET / HTTP/1.1\r\nHost: a", "\r", "abc", "", "d");
    }

    @Test
    void shouldReturnAViewWithoutCopyingWhenTheMessageLiesWhole() throws IOException {
        ByteBuffer data = ByteBuffer.allocateDirect(8).put("xabc--".getBytes(UTF_8)).flip().position(1);
        ByteBuffer message = decoder(3, "--").next(data);
        assertThat(message.isDirect()).isTrue();
        assertThat(message.position()).isZero();
        assertThat(message.capacity()).isEqualTo(3);
        data.put(2, (byte) 'B');
        assertThat(UTF_8.decode(message).toString()).isEqualTo("aBc");
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "9", "100"})
    void shouldMeasureBytesWithoutTheDelimiterWhateverTheCuts(int piece) throws IOException {
        decode(decoder(4, "--"), piece, "1234--1-34------1234-");
        assertThat(messages).containsExactly("1234", "1-34", "", "");
        for (String tooLong : List.of("12345", "12345--", "1234-5", "1234-5--")) {
            messages.clear();
            DelimiterDecoder decoder = decoder(4, "--");
            CodecException e = assertThatExceptionOfType(CodecException.class)
                    .isThrownBy(() -> decode(decoder, piece, "ok--" + tooLong))
                    .withMessage("message 2 is longer than 4 bytes (byte 4 of the stream)").actual();
            assertThat(e.kind()).isEqualTo(Kind.TOO_LONG);
            assertThat(e.position()).isEqualTo(4);
            assertThat(messages).containsExactly("ok");
            assertThat(decoder.isInside()).isFalse();
            assertThatIllegalStateException().isThrownBy(() -> decode(decoder, 1, "x")).withCause(e);
        }
    }

    @Test
    void shouldRefuseADelimiterOrAMaximumThatMakesNoSense() {
        assertThatIllegalArgumentException().isThrownBy(() -> DelimiterDecoder.of(1))
                .withMessage("delimiter is empty");
        for (int maximum : new int[] {Integer.MIN_VALUE, -1, 0, Integer.MAX_VALUE - 9, Integer.MAX_VALUE}) {
            assertThatIllegalArgumentException().isThrownBy(() -> decoder(maximum, "--"));
        }
        assertThat(decoder(Integer.MAX_VALUE - 10, "--")).isNotNull();
    }

    @Test
    void shouldKeepItsDelimiterWhenTheArrayChanges() throws IOException {
        byte[] delimiter = {'-'};
        DelimiterDecoder decoder = DelimiterDecoder.of(9, delimiter);
        delimiter[0] = '+';
        decode(decoder, 9, "a+b-");
        assertThat(messages).containsExactly("a+b");
    }
}
