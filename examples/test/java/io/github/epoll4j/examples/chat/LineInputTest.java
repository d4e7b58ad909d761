package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineInputTest {
    private static final String LONG = "a line has at most 1000 bytes; yours was dropped";

    @ParameterizedTest
    @DisplayName("the same comes of the input wherever it is cut")
    @CsvSource(quoteCharacter = '`', value = {
        "`one\ntwo\r\n\nthree` , `[one][two][three]`",
        "`a\u00ff\u00fb\u001fb\u00ff\u00fd\u0003\n` , `{251 31}{253 3}[ab]`",
        "`x\u00ff\u00fa\u001f\u0000\u00ff\u00ff\n\u00ff\u00f0y\n` , `[xy]`",
        "`\u00ff\u00f4\u00ff\u00ffok\n` , `[ok]`",
        "`bad\u00c3\ngood\n` , `<that line was not UTF-8, and was dropped>[good]`",
        "`esc\u001b[2J\ntab\there\n` , `<that line had control characters, and was dropped>[tab\there]`",
        "`a\rb\n` , `<that line had control characters, and was dropped>`"})
    void shouldNotDependOnTheCuts(String bytes, String expected) {
        byte[] all = bytes.getBytes(ISO_8859_1);
        for (int cut = 0; cut <= all.length; cut++) {
            assertThat(taken(all, cut)).as("cut at %d", cut).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("a telnet client that sends each key ends a line with CR NUL")
    void shouldEndALineWithCrNul() {
        assertThat(taken("one\r\0two\r\0\r\n\0\n".getBytes(ISO_8859_1), 4))
                .isEqualTo("[one][two]<that line had control characters, and was dropped>");
    }

    @Test
    void shouldTakeALineOfTheLimitAndRefuseALongerOne() {
        String most = "x".repeat(LineInput.MAX_LINE_BYTES);
        for (String ending : List.of("\n", "\r\n", "")) {
            assertThat(taken((most + ending).getBytes(ISO_8859_1), 1000)).isEqualTo("[" + most + "]");
            assertThat(taken((most + "x" + ending).getBytes(ISO_8859_1), 1000)).isEqualTo("<" + LONG + ">");
        }
        assertThat(taken((most + "\rx\nok\n").getBytes(ISO_8859_1), 1001)).isEqualTo("<" + LONG + ">[ok]");
    }

    @Test
    @DisplayName("what would turn the direction of text, or break the line, is no text")
    void shouldRefuseWhatDisturbsATerminal() {
        for (String text : List.of("\u202eevil", "a\u2066b", "a\u2028b", "a\u009bb")) {
            assertThat(taken((text + "\n").getBytes(UTF_8), 1)).startsWith("<that line had");
        }
    }

    private static String taken(byte[] bytes, int cut) {
        List<String> seen = new ArrayList<>();
        LineInput input = new LineInput(new LineInput.LineHandler() {
            @Override
            public void onLine(String text) {
                seen.add("[" + text + "]");
            }

            @Override
            public void onRefused(String why) {
                seen.add("<" + why + ">");
            }

            @Override
            public void onTelnetOption(int verb, int option) {
                seen.add("{" + verb + " " + option + "}");
            }
        });
        input.take(ByteBuffer.wrap(bytes, 0, cut));
        input.take(ByteBuffer.wrap(bytes, cut, bytes.length - cut));
        input.finish();
        return String.join("", seen);
    }
}
