package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.Bench;
import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command, with the servers in C, for moments. */
class ServersCommandTest {
    @TempDir
    private Path folder;
    private final StringWriter output = new StringWriter();

    @BeforeEach
    void requireCompiler() throws IOException {
        assumeTrue(CProgram.build("load").isPresent(), "there is no C compiler here");
    }

    @Test
    @DisplayName("the first server's latencies are those of all its rounds, at a rate that is not 0 in the first one")
    void shouldMeasureLatenciesOfAllRoundsWhenNoRateIsGiven() throws IOException {
        run("--servers=c-level", "--processes=2");

        List<String> columns = rows("servers").getFirst();
        List<String> server = rows("servers").get(1);
        assertThat(Double.parseDouble(server.get(columns.indexOf("rate")))).isPositive();
        List<List<String>> rounds = rows("servers-rounds");
        int latencies = rounds.getFirst().indexOf("latencies");
        assertThat(rounds.stream().skip(1)).hasSize(2)
                .allSatisfy(round -> assertThat(Integer.parseInt(round.get(latencies))).isPositive());
        assertThat(output.toString()).containsPattern("under way; latencies at [1-9]\\d* messages/s");
    }

    @Test
    @DisplayName("the level-triggered server in C is the first, wherever the command line has it, abridged or not")
    void shouldBeginWithTheYardstickWhenItIsNamedLast() throws IOException {
        run("--servers=c-edge,c-l", "--processes=1", "--rate=0");

        assertThat(rows("servers")).extracting(row -> row.get(1)).containsExactly("server", "c-level", "c-edge");
        int ratio = rows("servers").getFirst().indexOf("cpu_ratio_median");
        assertThat(Double.parseDouble(rows("servers").getLast().get(ratio))).isPositive();
    }

    @Test
    @DisplayName("the time that it takes is printed before the results, at a guess")
    void shouldSayHowLongItTakesWhenItBegins() throws IOException {
        run("--servers=c-level,c-edge", "--processes=3", "--rate=0");

        assertThat(output.toString()).startsWith("2 servers, 1 loads, 3 processes of each: about 1 minutes");
    }

    @Test
    @DisplayName("the messages of each second are written")
    void shouldCountEachSecondWhenTheLoadIsLonger() throws IOException {
        run(1.1, "--servers=c-level", "--processes=1", "--rate=0");

        List<List<String>> seconds = rows("servers-seconds");
        int median = seconds.getFirst().indexOf("per_s_median");
        assertThat(seconds.get(1).subList(0, 3)).containsExactly("64x64B", "c-level", "1");
        assertThat(Double.parseDouble(seconds.get(1).get(median))).isPositive();
    }

    @Test
    @DisplayName("a server that answers every 64 bytes is left out of all loads but the pipelined one")
    void shouldBeIncludedWhenRequestsArePipelined() {
        assertThat(EchoLoad.values()).filteredOn(load -> load.includes(Contestant.REACTOR_ANSWERS))
                .containsExactly(EchoLoad.PIPELINED);
        assertThat(EchoLoad.values()).allMatch(load -> load.includes(Contestant.REACTOR_LEVEL));
    }

    private void run(String... options) {
        run(0, options);
    }

    private void run(double warmup, String... options) {
        List<String> arguments = new ArrayList<>(List.of("servers", "--loads=64x64", "--seconds=0.2",
                "--warmup=" + warmup, "--retries=0", "--out=" + folder));
        arguments.addAll(List.of(options));
        PrintWriter writer = new PrintWriter(output);

        int status = Bench.commandLine().setOut(writer).setErr(writer).execute(arguments.toArray(String[]::new));

        assertThat(status).as(output.toString()).isZero();
    }

    /** Reads the cells of a file, the names of the columns first. */
    private List<List<String>> rows(String name) throws IOException {
        return Files.readAllLines(folder.resolve(name + ".csv")).stream().filter(line -> !line.startsWith("#"))
                .map(line -> Arrays.asList(line.split(",", -1))).toList();
    }
}
