package io.github.epoll4j.bench.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.bench.Omissions;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each sub-command, as its line calls it. */
class ProgramCommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter error = new StringWriter();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void shouldWriteALineForEachStepWhenRun(Program program) throws IOException {
        List<String> line = new ArrayList<>(List.of(program.id(), "12"));
        if (program.kind() != Program.Kind.CONNECT) {
            line.addAll(List.of("5", "100"));
        }
        line.addAll(List.of("--steps=2", "--repeat=1", "--warmup=0", "--transport=tcp", "--out=" + folder));

        int status = execute(line.toArray(String[]::new));

        assertThat(error.toString()).isBlank();
        assertThat(status).isZero();
        assertThat(out.toString()).contains(program.id() + " 12");
        String lookup = program.lookup().id();
        assertThat(rows("programs")).hasSize(2).allSatisfy(row -> assertThat(row).startsWith(program.id() + ",java,"
                + program.mechanism().call() + "," + program.mechanism().trigger() + "," + lookup + ",tcp,"));
    }

    @Test
    void shouldSweepWhenRun() throws IOException {
        int status = execute("sweep", "triggers", "--quick", "--repeat=1", "--millis=1", "--connections=100",
                "--out=" + folder);

        assertThat(status).isIn(0, Omissions.EXIT_STATUS); // where there is no C compiler
        assertThat(rows("sweeps")).anyMatch(row -> row.startsWith("triggers,epoll,oneshot,java,100,1,"))
                .anyMatch(row -> row.startsWith("triggers,select,-,java,100,1,"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "poll_performance 0 10 10 | N is not positive: 0",
        "poll_performance 10 0 10 | ROUNDS is not positive: 0",
        "poll_performance 10 10 -1 | BYTES is not positive: -1",
        "poll_conn 10 --steps 0 | --steps is not positive: 0",
        "poll_performance_2 10 10 10 --lookup pointer | there is no --lookup pointer for poll: linear or index",
        "epoll_edge_performance_2 10 10 10 --lookup fast | --lookup fast for epoll: linear, index or pointer",
        "sweep everything | there is no sweep everything: connections, active, triggers or all",
        "sweep all --millis 0 | --millis is not positive: 0"})
    void shouldSayWhatIsWrongWhenArgumentsAre(String line, String message) {
        assertThat(execute(line.strip().split(" "))).isEqualTo(2);

        assertThat(error.toString()).contains(message.strip());
    }

    @ParameterizedTest
    @EnumSource
    void shouldExplainItselfWhenAskedForHelp(Program program) {
        assertThat(execute(program.id(), "--help")).isZero();

        assertThat(out.toString()).contains(program.mechanism().title()).contains("--with-c").contains("Exit status");
    }

    private int execute(String... line) {
        return Programs.commandLine().setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(error, true)).execute(line);
    }

    private List<String> rows(String name) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            Path file = files.filter(path -> path.endsWith(name + ".csv")).findFirst().orElseThrow();
            return Files.readAllLines(file).stream().skip(2).toList();
        }
    }
}
