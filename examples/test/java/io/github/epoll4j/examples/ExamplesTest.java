package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
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
        "raw-echo --port -1 | --port is not in 0..65535: -1",
        "raw-echo --host= | --host is empty",
        "first-program --host= | --host is empty",
        "vecho --host= | --host is empty",
        "vecho --idle-timeout -1 | --idle-timeout is not in 0..1000000000: -1.0",
        "multitail | there is nothing to follow: --fifo, --file or --command",
        "multitail --fifo x --limit -1 | --limit is not in 0..1000000000: -1.0",
        "style-busy --host= | --host is empty",
        "style-tick --port 65536 | --port is not in 0..65535: 65536",
        "raw-echo --port 0 --buffer 0 | --buffer is not in 1..67108864: 0",
        "raw-echo --port 0 --buffer 2147483647 | --buffer is not in 1..67108864: 2147483647",
        "echo --port 0 --workers -1 | --workers is not in 0..10000: -1",
        "echo --port 0 --workers 2000000000 | --workers is not in 0..10000: 2000000000",
        "echo --port 0 --loops 0 | --loops is not in 1..1024: 0",
        "echo --port 0 --loops 2000000000 | --loops is not in 1..1024: 2000000000",
        "echo --port 0 --idle-timeout -1 | --idle-timeout is not in 0..1000000000: -1.0",
        "echo --port 0 --idle-timeout -1e-9 | --idle-timeout is not in 0..1000000000: -1.0E-9",
        "echo --port 0 --idle-timeout 1e300 | --idle-timeout is not in 0..1000000000: 1.0E300",
        "echo --port 0 --idle-timeout Infinity | --idle-timeout is not in 0..1000000000: Infinity",
        "echo --port 0 --idle-timeout NaN | --idle-timeout is not in 0..1000000000: NaN",
        "echo --port 0 --max-connections -1 | --max-connections is not 0 or more: -1",
        "echo --host= | --host is empty",
        "echo --port 0 --mechanism poll --trigger edge | --trigger edge needs --mechanism epoll",
        "echo --port 0 --trigger falling | Invalid value for option '--trigger'",
        "chat --mechanism poll --trigger edge | --trigger edge needs --mechanism epoll",
        "chat --loops 0 | --loops is not in 1..1024: 0",
        "chat --max-connections -1 | --max-connections is not 0 or more: -1",
        "chat --host= | --host is empty",
        "chat-client --port 70000 | --port is not in 1..65535: 70000",
        "chat-client --port 0 | --port is not in 1..65535: 0",
        "chat-client --host= | --host is empty",
        "proxy --port 0 | Missing required option: '--to=HOST:PORT'",
        "proxy --to localhost | --to is not HOST:PORT: localhost",
        "proxy --to :80 | --to is not HOST:PORT: :80",
        "proxy --to ::1:80 | --to is not HOST:PORT: ::1:80",
        "proxy --to localhost:0 | --to's port is not in 1..65535: 0",
        "proxy --to [::1]:70000 | --to's port is not in 1..65535: 70000",
        "proxy --to localhost:80 --loops 0 | --loops is not in 1..1024: 0",
        "proxy --to localhost:80 --host= | --host is empty",
        "game --players 0 | --players is not in 1..10000: 0",
        "game --tick 0 | --tick is not in 1..60000: 0",
        "game --save -1 | --save is not in 0..1000000000: -1.0",
        "game --web 65536 | --web is not in 0..65535: 65536",
        "game --host= | --host is empty",
        "game-client --sessions 0 | --sessions is not in 1..100000: 0",
        "game-client --seconds 0 | --seconds is not above 0: 0.0",
        "game-client --port 0 | --port is not in 1..65535: 0",
        "http --root /nonexistent | --root is not a folder: /nonexistent",
        "http --max-body -1 | --max-body is not in 0..1073741824: -1",
        "http --request-timeout -1 | --request-timeout is not in 0..1000000000: -1.0",
        "http --takeover= | --takeover: the path is empty",
        "http --port 0 --log /dev/null --idle-timeout -1 | --idle-timeout is not in 0..1000000000: -1.0",
        "echo-client --host= | --host is empty",
        "echo-client --port 0 | --port is not in 1..65535: 0",
        "stress --host= | --host is empty",
        "stress --connections 0 | --connections is not in 1..1000000: 0",
        "stress --ramp -1 | --ramp is not in 0..1000000: -1",
        "stress --size 0 | --size is not in 1..67108864: 0",
        "stress --size 64 --in-flight 1048577 | --in-flight is not in 1..1048576: 1048577",
        "stress --in-flight -1 | --in-flight is not in 1..1048576: -1",
        "stress --seconds 0 | --seconds is not above 0: 0.0",
        "stress --seconds 1e300 | --seconds is not in 0..1000000000: 1.0E300",
        "stress --period 0 | --period is not above 0: 0.0",
        "stress --period 1e300 | --period is not in 0..1000000000: 1.0E300",
        "stress --period 1 --ping-pong | --period goes with neither --ping-pong nor --in-flight",
        "stress --period 1 --in-flight 1 | --period goes with neither --ping-pong nor --in-flight",
        "stress --loops 0 | --loops is not in 1..1024: 0",
        "reverse --ring 0 | --ring is not in 1..1048576: 0",
        "reverse --host= | --host is empty",
        "soak --minutes -1 | --minutes is not in 0..16666666: -1.0",
        "soak --minutes NaN | --minutes is not in 0..16666666: NaN",
        "soak --minutes 1e300 | --minutes is not in 0..16666666: 1.0E300"})
    @DisplayName("a wrong command line: a line that says what is wrong, one that names the help, and status 2")
    void shouldSayWhatIsWrongAndEndWith2WhenTheCommandLineIsWrong(String commandLine, String message) {
        String[] args = commandLine.split(" ");
        StringWriter err = new StringWriter();

        int status = Examples.commandLine(args).setErr(new PrintWriter(err)).execute(args);

        assertThat(status).isEqualTo(2);
        assertThat(err.toString().lines()).hasSize(2)
                .first().asString().startsWith(message);
        assertThat(err.toString()).endsWith("examples/run %s --help lists the options\n".formatted(args[0]));
    }

    @Test
    @DisplayName("without a name it lists the examples in groups, each in one line with a sentence")
    void shouldListTheExamplesInGroupsWhenNoneIsNamed() {
        StringWriter out = new StringWriter();
        Examples.commandLine(new String[0]).usage(new PrintWriter(out, true));

        List<String> lines = out.toString().lines().dropWhile(line -> !line.equals("First steps:")).toList();
        assertThat(lines).contains("First steps:", "Servers:", "Clients:", "Lab:")
                .allSatisfy(line -> assertThat(line.length()).isLessThan(130));
        List<String> names = lines.stream().filter(line -> line.startsWith("  ")).map(line -> line.split(" +", 3)[1])
                .toList();
        assertThat(names).containsExactlyElementsOf(
                Examples.commandLine(new String[0]).getSubcommands().keySet());
        assertThat(lines.get(1)).isEqualTo("  first-program   Prints what TCP clients send: the first program that one "
                + "writes with epoll");
    }
}
