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
        "servers --processes=0 | --processes is not positive: 0",
        "all --processes=0 | --processes is not positive: 0",
        "workers --seconds=0 | --seconds is not positive: 0.0",
        "workers --rounds=0 | --rounds is not positive: 0",
        "startup --runs=0 | --runs is not positive: 0",
        "micro --rounds=0 | --rounds is not positive: 0",
        "micro --iterations=0 | --iterations is not positive: 0",
        "micro --millis=-1 | --millis is not positive: -1",
        "servers --seconds=Infinity | --seconds is too large: Infinity",
        "servers --processes=2000000000 | --processes is too large: 2000000000",
        "servers --warmup=-1 | --warmup is not 0 or more: -1.0",
        "servers --rate=NaN | --rate is not 0 or more: NaN",
        "servers --idle=-1 | --idle is not 0 or more: -1",
        "servers --starts=-1 | --starts is not 0 or more: -1",
        "servers --retries=-1 | --retries is not 0 or more: -1",
        "workers --warmup=NaN | --warmup is not 0 or more: NaN",
        "workers --workers=1,0 | --workers is not positive: 0"})
    @DisplayName("a number out of range is refused before anything is measured, in a line and one that names the help")
    void shouldEndWithTwoWhenANumberIsOutOfRange(String command, String words) {
        StringWriter error = new StringWriter();

        int status = Bench.commandLine().setErr(new PrintWriter(error)).execute(command.split(" "));

        assertThat(status).isEqualTo(2);
        assertThat(error.toString().lines()).containsExactly(
                words, "bench/run " + command.split(" ")[0] + " --help lists the options");
    }
}
