package io.github.epoll4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CProgramTest {
    @ParameterizedTest
    @ValueSource(strings = {"echo", "load", "micro", "micro_io", "startup"})
    void shouldCompileWithoutWarningsWhenAllAreOn(String name) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")), "there is no C compiler here");
        Path source = CProgram.home().resolve("c").resolve(name + ".c");

        List<String> command = List.of(
                "/usr/bin/cc", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-fsyntax-only", source.toString());

        assertThat(CProgram.run(command)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"echo, ''", "micro, await-0 0 1", "micro_io, pipe-64 0 1", "startup, ''"})
    @DisplayName("a program that is refused a call ends with 2 and says in one line which")
    void shouldEndWithTwoWhenACallFails(String name, String arguments) throws IOException {
        Optional<CProgram> program = CProgram.build(name);
        assumeTrue(program.isPresent(), "there is no C compiler here");
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 4; exec \"$@\"", "sh")); // one more
        command.addAll(program.get().command(arguments.isEmpty() ? new String[0] : arguments.split(" ")));

        assertThatIOException().isThrownBy(() -> CProgram.run(command))
                .withMessageMatching("(?s).* ended with 2:\n(listening .*\n)?" + name
                        + ": [a-z0-9_]+: Too many open files");
    }
}
