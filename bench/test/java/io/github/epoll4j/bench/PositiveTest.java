package io.github.epoll4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Command lines with numbers of which nothing comes. */
class PositiveTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "servers --seconds=0 | --seconds is not positive: 0.0",
        "servers --seconds=NaN | --seconds is not positive: NaN",
        "servers --rounds=0 | --rounds is not positive: 0",
        "workers --seconds=0 | --seconds is not positive: 0.0",
        "workers --rounds=0 | --rounds is not positive: 0",
        "startup --runs=0 | --runs is not positive: 0",
        "micro --rounds=0 | --rounds is not positive: 0",
        "micro --iterations=0 | --iterations is not positive: 0",
        "micro --millis=-1 | --millis is not positive: -1"})
    @DisplayName("a number that is not above 0 is refused before anything is measured")
    void shouldEndWithTwoWhenANumberIsNotPositive(String command, String words) {
        StringWriter error = new StringWriter();

        int status = Bench.commandLine().setErr(new PrintWriter(error)).execute(command.split(" "));

        assertThat(status).isEqualTo(2);
        assertThat(error.toString().lines().findFirst()).hasValue(words);
    }
}
