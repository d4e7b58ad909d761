package io.github.epoll4j.bench.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The statements about select, poll and epoll that only a program of the textbooks or a sweep shows. */
class ProgramStatementsTest {
    private static final Path FOLDER = Path.of("../../src/core/test/resources/io/github/epoll4j/contract");

    /** Returns each command once. */
    static List<String> commands() throws IOException {
        try (Stream<String> statements = Files.lines(FOLDER.resolve("statements.txt"));
                Stream<String> systems = Files.lines(FOLDER.resolve("systems.txt"))) {
            return Stream.concat(statements, systems)
                    .filter(line -> !line.startsWith("#") && line.contains(" | run "))
                    .map(line -> line.substring(line.lastIndexOf(" | run ") + " | run ".length()))
                    .flatMap(shownBy -> Stream.of(shownBy.split(", ")))
                    .filter(command -> command.matches("sweep.*|.*_(conn|performance|performance_2)"))
                    .distinct()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    @DisplayName("each program that a statement points to is a command")
    void shouldExplainItselfWhenAStatementPointsToIt(String command) {
        StringWriter output = new StringWriter();

        int status = Programs.commandLine().setOut(new PrintWriter(output)).setErr(new PrintWriter(output))
                .execute((command + " --help").split(" "));

        assertThat(status).as(output.toString()).isZero();
        assertThat(output.toString()).contains("Usage: bench/run " + command.split(" ")[0]);
    }

    @Test
    void shouldCompileWithoutWarningsWhenAllAreOn() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")), "there is no C compiler here");
        Path source = CProgram.home().resolve("c/programs.c");

        assertThat(CProgram.run(List.of("/usr/bin/cc", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread",
                "-fsyntax-only", source.toString()))).isEmpty();
    }
}
