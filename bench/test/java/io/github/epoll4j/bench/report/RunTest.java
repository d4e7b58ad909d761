package io.github.epoll4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.epoll4j.bench.Bench;
import io.github.epoll4j.bench.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The steps of {@code bench/run all}, their folder and their environment. */
class RunTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("each step is a command line that its command understands")
    void shouldUnderstandEachStepWhenItsCommandIsThere(boolean isQuick) {
        CommandLine bench = Bench.commandLine();
        List<RunStep> steps = RunStep.all(isQuick, 15).stream()
                .filter(step -> bench.getSubcommands().containsKey(step.command().getFirst())).toList();

        assertThat(steps).extracting(RunStep::group).contains("micro", "startup", "servers");
        assertThat(steps).allSatisfy(step -> assertThat(bench.parseArgs(step.command().toArray(String[]::new))
                .hasSubcommand()).isTrue());
    }

    @ParameterizedTest
    @CsvSource({"true,10", "false,210"})
    @DisplayName("a quick run takes 10 minutes at most, a full one 210, by the steps' own estimates")
    void shouldTakeNoLongerThanAllowedWhenEstimated(boolean isQuick, int minutes) {
        assertThat(RunStep.all(isQuick, 15).stream().mapToInt(RunStep::seconds).sum())
                .isLessThanOrEqualTo(60 * minutes);
    }

    @Test
    @DisplayName("lines of several steps go into one file under one heading; other columns are refused")
    void shouldJoinFilesWhenStepsWriteTheSameName() throws IOException {
        Report report = new Report(new PrintWriter(new StringWriter()));

        report.csv(folder, "programs", "a,b", List.of("1,2"));
        report.csv(folder, "programs", "a,b", List.of("3,4"));

        assertThat(folder.resolve("programs.csv")).content().matches("# .*\\na,b\\n1,2\\n3,4\\n");
        assertThatIOException().isThrownBy(() -> report.csv(folder, "programs", "a,c", List.of("5,6")))
                .withMessageContaining("other columns");
    }

    @Test
    void shouldRefuseAFolderWhenItHoldsResults() throws IOException {
        Files.writeString(folder.resolve("micro.csv"), "subject\n");

        StringWriter error = new StringWriter();

        int status = Bench.commandLine().setErr(new PrintWriter(error)).execute(
                "all", "--only", "micro", "--out", folder.toString());

        assertThat(status).isEqualTo(1);
        assertThat(error.toString()).contains("holds results already", "--out");
    }

    @Test
    void shouldSayItInOneLineWhenTheFolderCannotBeMade() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        StringWriter error = new StringWriter();

        int status = Bench.commandLine().setErr(new PrintWriter(error)).execute(
                "all", "--only", "micro", "--out", file.resolve("run").toString());

        assertThat(status).isEqualTo(1);
        assertThat(error.toString().lines()).singleElement().asString().contains("cannot make the folder", "--out");
    }

    @Test
    void shouldListTheStepsWhenOneIsUnknown() {
        StringWriter error = new StringWriter();

        assertThat(Bench.commandLine().setErr(new PrintWriter(error)).execute("all", "--only", "nothing")).isEqualTo(2);
        assertThat(error.toString()).contains("there is no step nothing: servers, startup");
    }

    @Test
    @DisplayName("in a full run every server has 15 processes under each load, or as many as are asked for")
    void shouldMeasureManyProcessesWhenTheRunIsFull() {
        assertThat(RunStep.all(false, 15)).filteredOn(step -> step.title().startsWith("echo servers")).hasSize(6)
                .allSatisfy(step -> assertThat(step.command()).contains("--processes=15")
                        .noneMatch(word -> word.startsWith("--warmup") || word.startsWith("--retries")));
        assertThat(RunStep.all(false, 4)).filteredOn(step -> step.title().startsWith("echo servers"))
                .allSatisfy(step -> assertThat(step.command()).contains("--processes=4"));
    }

    @ParameterizedTest
    @CsvSource({"AMD EPYC,2,epyc-2cpu", "AMD EPYC 7763 64-Core Processor,4,7763-4cpu",
        "Intel(R) Core(TM)2 Duo CPU E6850 @ 3.00GHz,2,e6850-2cpu", "aarch64,8,aarch64-8cpu", "@ 1 GHz,1,machine-1cpu"})
    void shouldNameTheMachineWhenItsProcessorIsKnown(String cpu, int cores, String name) {
        assertThat(Environment.machineName(cpu, cores)).isEqualTo(name);
    }

    @Test
    @DisplayName("the environment has what a reader needs, and comes back from its file")
    void shouldKeepTheEnvironmentWhenWritten() throws IOException {
        Map<String, Object> environment = Environment.ofMachine();
        Environment.end(environment, List.of(Map.of("command", "bench/run micro \"x\"", "exit_status", 0)));
        Environment.write(folder, environment);

        assertThat(environment).containsKeys("start", "end", "load_at_start", "load_at_end", "cpu", "cores", "kernel",
                "libc", "jdk", "nofile", "governor", "c_compiler", "steps");
        assertThat(environment.get("nofile").toString()).matches("(\\d+|unlimited) (\\d+|unlimited) files");
        assertThat(Environment.read(folder)).isEqualTo(environment);
    }
}
