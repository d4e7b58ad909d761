package io.github.epoll4j.bench.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench/run} as a user starts it, for moments only. No number of so short a run is judged. */
class ProgramsIT {
    private static final int SECONDS_MEDIAN = 10;
    private static final int SWEEP_LANGUAGE = 3;

    @TempDir
    private Path folder;

    @BeforeEach
    void requireCompiler() throws IOException {
        assumeTrue(CProgram.build("programs").isPresent(), "there is no C compiler here");
    }

    @Test
    @DisplayName("a program of the sources in Java and in C, with a line for each step")
    void shouldMeasureAProgramWhenItIsNamed() throws IOException {
        List<String> lines = run("epoll_edge_performance_2", "40", "10", "1024", "--with-c", "--repeat=1",
                "--steps=4", "--warmup=0", "--out=" + folder);

        assertThat(lines).anyMatch(line -> line.startsWith("epoll_edge_performance_2 40 10 1024, unix, lookup linear"));
        List<String[]> rows = rows("programs");
        assertThat(rows).hasSize(8).extracting(row -> row[1]).containsOnly("java", "c");
        assertThat(rows)
                .allSatisfy(row -> assertThat(Double.parseDouble(row[SECONDS_MEDIAN])).as(row[1]).isPositive());
    }

    @Test
    @DisplayName("all sweeps in Java and in C")
    void shouldMeasureAllSweepsWhenAsked() throws IOException {
        run("sweep", "all", "--quick", "--repeat=1", "--millis=1", "--connections=100", "--out=" + folder);

        List<String[]> rows = rows("sweeps");
        assertThat(rows).extracting(row -> row[0]).contains("connections", "active", "triggers");
        assertThat(rows).extracting(row -> row[SWEEP_LANGUAGE]).contains("java", "c");
    }

    private static List<String> run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(CProgram.home().resolve("../run").toRealPath().toString()));
        command.addAll(List.of(arguments));
        return CProgram.run(command);
    }

    /** Returns the lines of a CSV file below the comment and the heading. */
    private List<String[]> rows(String name) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve(name + ".csv"))) {
            return lines.skip(2).map(line -> line.split(",")).toList();
        }
    }
}
