package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong command lines; that the status becomes that of the process is shown where the programs are started. */
@Timeout(60)
class ExamplesTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "raw-echo --nonsense | Unknown option: '--nonsense'",
        "raw-echo --port 70000 | --port is not in 0..65535: 70000",
        "raw-echo --port seven | Invalid value for option '--port': 'seven' is not an int",
        "raw-echo --mechanism kqueue | Invalid value for option '--mechanism'",
        "raw-echo --trigger falling | Unknown trigger: falling",
        "raw-echo --no-drain | --no-drain goes with --trigger edge",
        "raw-echo --buffer 0 | --buffer must be above 0: 0",
        "echo --port 0 --workers -1 | --workers must be 0 or more: -1",
        "echo --port 0 --idle-timeout -1 | --idle-timeout must be 0 or more: -1.0",
        "echo --port 0 --max-connections -1 | --max-connections must be 0 or more: -1",
        "echo --port 0 --mechanism poll --trigger edge | --trigger edge needs --mechanism epoll",
        "echo --port 0 --trigger falling | Invalid value for option '--trigger'",
        "chat --mechanism poll --trigger edge | --trigger edge needs --mechanism epoll",
        "chat --loops 0 | --loops is not above 0: 0",
        "chat --max-connections -1 | --max-connections is negative: -1",
        "chat-client 127.0.0.1 70000 | the port is not in 1..65535: 70000"})
    @DisplayName("a wrong command line: a line that says what is wrong, the usage of that example, and status 2")
    void shouldShowUsageAndEndWith2WhenTheCommandLineIsWrong(String commandLine, String message) {
        String[] args = commandLine.split(" ");
        StringWriter err = new StringWriter();

        int status = Examples.commandLine(args).setErr(new PrintWriter(err)).execute(args);

        assertThat(status).isEqualTo(2);
        assertThat(err.toString()).startsWith(message).contains("Usage: examples/run " + args[0])
                .doesNotContain("\tat ");
    }
}
