package io.github.epoll4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CProgramTest {
    @ParameterizedTest
    @ValueSource(strings = {"echo", "load", "micro", "micro_io", "programs", "startup"})
    void shouldCompileWithoutWarningsWhenAllAreOn(String name) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/cc")), "there is no C compiler here");
        Path source = CProgram.home().resolve("c").resolve(name + ".c");

        List<String> command = List.of(
                "/usr/bin/cc", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-fsyntax-only", source.toString());

        assertThat(CProgram.run(command)).isEmpty();
    }
}
