package io.github.epoll4j.bench.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Omissions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in processes that lack something: one line says what and the way out, and the rest goes on. */
class ShortageTest {
    @TempDir
    private Path folder;

    @Test
    @DisplayName("too few descriptors: as many connections as fit")
    void shouldRunWithWhatFitsWhenDescriptorsAreTooFew() throws IOException, InterruptedException {
        Ended ended = run(CProgram.home().toAbsolutePath(), "ulimit -n 200; ", "", "poll_performance", "1000", "5",
                "100", "--steps=1", "--repeat=1", "--warmup=0", "--out=" + folder);

        assertThat(ended.status).isEqualTo(Omissions.EXIT_STATUS);
        assertThat(ended.lines).filteredOn(line -> line.contains("ulimit")).singleElement().asString()
                .matches("poll_performance: ulimit -n allows 200 descriptors, and 1000 connections take 2000: "
                        + "\\d+ connections instead \\(ulimit -n 2\\d\\d\\d before the start allows all\\)");
        assertThat(row()).startsWith("poll_performance,java,poll,-,-,unix,");
        assertThat(Integer.parseInt(row().split(",")[6])).isBetween(20, 99);
    }

    @Test
    @DisplayName("no memory for a single buffer: nothing is measured")
    void shouldSayTheLimitWhenNothingFits() throws IOException, InterruptedException {
        Ended ended = run(CProgram.home().toAbsolutePath(), "", "-XX:MaxDirectMemorySize=1k",
                "epoll_level_performance_2", "1000", "5", "100", "--per-connection");

        assertThat(ended.status).isEqualTo(ProgramCommand.NOTHING);
        assertThat(ended.lines).singleElement().asString().contains("1000 buffers of 100 bytes")
                .contains("JAVA_TOOL_OPTIONS=-XX:MaxDirectMemorySize=");
    }

    @Test
    @DisplayName("no C compiler: Java alone")
    void shouldMeasureJavaAloneWhenThereIsNoCompiler() throws IOException, InterruptedException {
        Path sources = Files.createDirectories(folder.resolve("home/c"));
        Files.copy(CProgram.home().resolve("c/programs.c"), sources.resolve("programs.c"));

        Ended ended = run(sources.getParent(), "unset CC; PATH=/nowhere; ", "", "poll_conn", "10", "--steps=1",
                "--repeat=1", "--warmup=0", "--with-c", "--out=" + folder);

        assertThat(ended.status).isEqualTo(Omissions.EXIT_STATUS);
        assertThat(ended.lines).filteredOn(ProgramMeasurement.NO_COMPILER::equals).hasSize(1);
        assertThat(row()).startsWith("poll_conn,java,");
    }

    private Ended run(Path home, String before, String flags, String... arguments)
            throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", before + "exec \"$@\"", "sh", java,
                "--enable-native-access=ALL-UNNAMED", "-Dbench.home=" + home));
        command.addAll(flags.isEmpty() ? List.of() : List.of(flags.split(" ")));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Programs.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (Stream<String> output = process.inputReader().lines()) {
            List<String> lines = output.filter(line -> !line.isBlank()).toList();
            return new Ended(process.waitFor(), lines);
        }
    }

    private String row() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            Path file = files.filter(path -> path.endsWith("programs.csv")).findFirst().orElseThrow();
            return Files.readAllLines(file).getLast();
        }
    }

    /** What a process left. */
    private record Ended(int status, List<String> lines) {
    }
}
