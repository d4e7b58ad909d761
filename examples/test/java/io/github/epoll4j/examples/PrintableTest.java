package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {
    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x07, 0x0d, 0x1b, 0x7f, 0x85, 0x9b, 0x9f,
            0x2028, 0x2029, 0x202a, 0x202e, 0x2066, 0x2069})
    @DisplayName("a control character of either set, a separator of lines or an override of direction becomes a space")
    void shouldBeASpaceWhenATerminalWouldDoMoreThanShowIt(int codePoint) {
        assertThat(Printable.lines("a\n" + Character.toString(codePoint) + "b")).isEqualTo("a\n b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "\ttab", "\u00fc \u20ac \ud83d\ude00",
            "\u05e9\u05dc\u05d5\u05dd", "\u0646\u200c\u0645"})
    @DisplayName("text of every script stays as it is")
    void shouldStayWhenItIsText(String text) {
        assertThat(Printable.lines(text + "\n" + text)).isEqualTo(text + "\n" + text);
    }
}
