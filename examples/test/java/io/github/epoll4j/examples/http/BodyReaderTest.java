package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyReaderTest {
    private static final int MAX_BYTES = 1000;

    private static BodyReader reader(boolean isChunked, long length) throws HttpException {
        return new BodyReader(new Request("POST", "/", false, true, isChunked, length, false, null, null, null, null,
                null), MAX_BYTES);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    private static String content(BodyReader reader) {
        return ISO_8859_1.decode(reader.content()).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
        "b\r\nhello world\r\n0\r\n\r\n",
        "00B;name=\"a b\";x\r\nhello world\r\n000;y\r\nTrailer: a\r\nContent-Length: 3\r\n\r\n"})
    @DisplayName("chunks that are cut anywhere: the content, without extensions and trailers, and no byte behind them")
    void shouldReadChunksWhenTheyAreCutAnywhere(String text) throws HttpException {
        for (int cut = 0; cut < text.length(); cut++) {
            BodyReader reader = reader(true, 0);
            ByteBuffer data = bytes(text + "GET");
            int end = data.limit();
            assertThat(reader.read(data.limit(cut))).isFalse();
            assertThat(reader.read(data.limit(end))).isTrue();
            assertThat(content(reader)).isEqualTo("hello world");
            assertThat(data.remaining()).isEqualTo(3);
        }
    }

    @Test
    void shouldReadALengthWhenTheBytesAreCutAnywhere() throws HttpException {
        for (int cut = 0; cut < 5; cut++) {
            BodyReader reader = reader(false, 5);
            ByteBuffer data = bytes("helloGET");
            assertThat(reader.read(data.limit(cut))).isFalse();
            assertThat(reader.read(data.limit(8))).isTrue();
            assertThat(content(reader)).isEqualTo("hello");
            assertThat(data.remaining()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\r\n", "x\r\n", "-5\r\n", "+5\r\n", "0x5\r\n", " 5\r\n", "5 \r\n", "5 ;x\r\n", "5,\r\n", "5\n\r\n",
        "5\rx\r\n", "5;a\nb\r\n", "5;a\u0000\r\n", "0000000000000005\r\n", "ffffffffffffffff\r\n", "5\r\nhello!\r\n",
        "5\r\nhell\r\no\r\n", "5\r\nhello0\r\n\r\n"})
    void shouldRefuseChunksWhenTheyAreMalformed(String text) throws HttpException {
        BodyReader reader = reader(true, 0);
        assertThatThrownBy(() -> reader.read(bytes(text))).isInstanceOfSatisfying(HttpException.class,
                e -> assertThat(e.status()).isEqualTo(Status.BAD_REQUEST));
    }

    @Test
    void shouldRefuseALineWhenItIsTooLong() throws HttpException {
        BodyReader reader = reader(true, 0);
        assertThatThrownBy(() -> reader.read(bytes("5;" + "x".repeat(9000)))).isInstanceOf(HttpException.class);
    }

    @Test
    @DisplayName("a body of the most bytes is read, one of a byte more is refused as soon as that is known")
    void shouldRefuseTheBodyWhenItIsTooLong() throws HttpException {
        BodyReader longest = reader(true, 0);
        assertThat(longest.read(bytes("3e0\r\n" + "x".repeat(992) + "\r\n8\r\n12345678\r\n0\r\n\r\n"))).isTrue();
        assertThat(content(longest)).hasSize(MAX_BYTES);
        BodyReader longer = reader(true, 0);
        assertThatThrownBy(() -> longer.read(bytes("3e0\r\n" + "x".repeat(992) + "\r\n9\r\n")))
                .isInstanceOfSatisfying(HttpException.class,
                        e -> assertThat(e.status()).isEqualTo(Status.CONTENT_TOO_LARGE));
        assertThatThrownBy(() -> reader(false, MAX_BYTES + 1)).isInstanceOf(HttpException.class);
    }

    @Test
    void shouldRefuseTrailersWhenThereAreTooMany() throws HttpException {
        BodyReader reader = reader(true, 0);
        assertThatThrownBy(() -> reader.read(bytes("0\r\n" + "X: y\r\n".repeat(101)))).isInstanceOfSatisfying(
                HttpException.class, e -> assertThat(e.status()).isEqualTo(Status.HEAD_TOO_LARGE));
    }
}
