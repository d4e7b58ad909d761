package io.github.epoll4j.jextract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Commands.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The committed bindings against the C headers of glibc on x86-64 and aarch64, and of musl. Where the environment has
 * EPOLL4J_REQUIRE_TOOLS=true, a missing compiler is a failure.
 */
class AuditTest {
    private static final Path FOLDER = Path.of("../../jextract-config");
    private static final Path AUDIT = FOLDER.resolve("audit.c");
    private static final Pattern FAILED = Pattern.compile("static assertion failed: \"([^\"]+)\"");
    private static final Pattern ASSERTED = Pattern.compile("_Static_assert\\(.*?, (\"[^;]+\")\\);");

    @ParameterizedTest
    @ValueSource(strings = {"gcc", "aarch64-linux-gnu-gcc", "musl-gcc"})
    void shouldHoldWhenCompiledWithTheHeadersOf(String compiler) throws IOException, InterruptedException {
        Result result = compile(compiler, "audit.c");

        assertThat(result.output()).isEmpty();
        assertThat(result.status()).isZero();
    }

    @ParameterizedTest
    @DisplayName("every assertion can fail, and names what is wrong")
    @ValueSource(strings = {"gcc", "aarch64-linux-gnu-gcc", "musl-gcc"})
    void shouldFailInEveryLineWhenFalsified(String compiler) throws IOException, InterruptedException {
        Set<String> asserted = names(ASSERTED, compile(compiler, "-E", "-P", "audit.c").output());
        Set<String> failed = names(FAILED, compile(compiler, "-DOFF_BY=1", "audit.c").output());

        asserted.removeIf(name -> name.startsWith("child_info: ")); // asserted by the header itself
        assertThat(asserted).hasSizeGreaterThan(500)
                .contains("EPOLLIN", "offset of struct epoll_event.data", "prototype of epoll_wait");
        assertThat(failed).isEqualTo(asserted);
    }

    @ParameterizedTest
    @DisplayName("the layout of the other architecture is refused")
    @ValueSource(strings = {"gcc", "aarch64-linux-gnu-gcc"})
    void shouldNameTheFieldWhenTheArchitectureIsAnother(String compiler) throws IOException, InterruptedException {
        String exchanged = Files.readString(AUDIT)
                .replace("#ifdef __x86_64__", "#ifdef ?")
                .replace("#ifdef __aarch64__", "#ifdef __x86_64__")
                .replace("#ifdef ?", "#ifdef __aarch64__");
        Path file = Files.writeString(Files.createTempFile("audit", ".c"), exchanged);
        try {
            Result result = compile(compiler, "-I.", file.toString());

            assertThat(result.status()).isNotZero();
            assertThat(names(FAILED, result.output())).containsExactlyInAnyOrder(
                    "size of struct epoll_event", "offset of struct epoll_event.data");
        } finally {
            Files.delete(file);
        }
    }

    private static Result compile(String compiler, String... arguments) throws IOException, InterruptedException {
        Commands.assumePresent(compiler);
        String[] command = Stream.concat(
                Stream.of(compiler, "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"),
                Stream.of(arguments)).toArray(String[]::new);
        return Commands.run(FOLDER, Map.of(), command);
    }

    /** Collects what a message names; C joins the literals that it is made of. */
    private static Set<String> names(Pattern pattern, String output) {
        return pattern.matcher(output).results()
                .map(result -> result.group(1).replace("\" \"", "").replace("\"", ""))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
