package io.github.epoll4j.jextract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Commands.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code generate.sh}: on a copy, with a script in jextract's place; and, where -Depoll4j.jextract=true asks for it, as
 * it stands.
 */
class GenerateScriptTest {
    private static final Path FOLDER = Path.of("../../jextract-config");
    private static final String GENERATED = "src/core/main/generated/io/github/epoll4j/internal/gen";

    /** Stands in for jextract: prints one file for each header; a line of shell makes its text of target and header. */
    private static final String FAKE = """
            #!/bin/sh
            while [ $# -gt 1 ]; do
              case $1 in
                --output) output=$2 ;;
                --target-package) package=$2 ;;
              esac
              shift
            done
            folder=$output
            while [ "$package" ]; do
              folder=$folder/${package%%%%.*}
              case $package in
                *.*) package=${package#*.} ;;
                *) package= ;;
              esac
            done
            target=${PWD##*/}
            header=${1##*/}
            header=${header%%.h}
            mkdir -p "$folder"
            text() { %s; }
            text > "$folder/${header}_h.java"
            """;
    /** Stands in for java, and so for Rebind.java: writes the audit and the metadata. */
    private static final String FAKE_JAVA = """
            #!/bin/sh
            echo "audit of $3 by ${4##*/}" > "$5"
            echo metadata > "$6"
            """;
    private static final String METADATA =
            "src/core/main/resources/META-INF/native-image/io.github.epoll4j/epoll4j/reachability-metadata.json";
    private static final String SAME = "echo \"$header\"";

    @TempDir
    private Path project;

    @BeforeEach
    void copy() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, project.resolve("jextract-config").resolve(FOLDER.relativize(file)));
            }
        }
    }

    @Test
    void shouldSayWhereToGetItWhenThereIsNoJextract() throws IOException, InterruptedException {
        Result result = generate("no-such-jextract");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.output()).isEqualTo("generate.sh: no 'no-such-jextract';"
                + " see jextract-config/README.md for where to get it\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--chekc", "--check --check"})
    void shouldShowTheUsageWhenAnOptionIsUnknown(String options) throws IOException, InterruptedException {
        Result result = generate("true", options.split(" "));

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.output()).isEqualTo("usage: generate.sh [--check]\n");
    }

    @Test
    @DisplayName("struct epoll_event may differ between the architectures")
    void shouldWriteWhenOnlyTheEventDiffers() throws IOException, InterruptedException {
        String jextract = fake("test $header != epoll_event || echo $target; " + SAME);
        Path stale = project.resolve("src/core/main/generated/stale");
        Files.createDirectories(stale);

        assertThat(generate(jextract)).isEqualTo(new Result(0, "generate.sh: wrote 14 files\n"));

        assertThat(stale).doesNotExist();
        assertThat(project.resolve(GENERATED + "/poll/poll_h.java")).hasContent("poll");
        assertThat(project.resolve(GENERATED + "/x86_64/epoll_event_h.java")).hasContent("x86_64\nepoll_event");
        assertThat(project.resolve(GENERATED + "/aarch64/epoll_event_h.java")).hasContent("aarch64\nepoll_event");
        assertThat(project.resolve("jextract-config/audit.c"))
                .hasContent("audit of io.github.epoll4j.internal.gen by rebind.txt");
        assertThat(project.resolve(METADATA)).hasContent("metadata");
        assertThat(generate(jextract, "--check"))
                .isEqualTo(new Result(0, "generate.sh: bindings, audit.c and metadata are up to date\n"));
    }

    @Test
    void shouldFailAndKeepWhatIsThereWhenAnythingElseDiffers() throws IOException, InterruptedException {
        generate(fake(SAME));

        Result result = generate(fake("test $header != poll || echo $target; " + SAME));

        assertThat(result.status()).isOne();
        assertThat(result.output()).contains("poll_h.java", "< x86_64", "> aarch64")
                .endsWith("generate.sh: the bindings of x86_64 and aarch64 differ beyond struct epoll_event\n");
        assertThat(project.resolve(GENERATED + "/poll/poll_h.java")).hasContent("poll");
    }

    @Test
    void shouldFailAndKeepWhatIsThereWhenTheCheckFindsADifference() throws IOException, InterruptedException {
        generate(fake(SAME));
        for (String file : List.of(GENERATED + "/poll/poll_h.java", "jextract-config/audit.c", METADATA)) {
            Path edited = project.resolve(file);
            String before = Files.readString(edited);
            Files.writeString(edited, "edited\n");

            Result result = generate(fake(SAME), "--check");

            assertThat(result.status()).isOne();
            assertThat(result.output()).contains("< edited")
                    .endsWith("generate.sh: what is committed is not what is generated today\n");
            assertThat(edited).hasContent("edited");
            Files.writeString(edited, before);
        }
    }

    @Test
    void shouldFailAndKeepWhatIsThereWhenJextractFails() throws IOException, InterruptedException {
        generate(fake(SAME));

        Result result = generate(fake("echo unknown header >&2; exit 9"));

        assertThat(result).isEqualTo(new Result(9, "unknown header\n"));
        assertThat(project.resolve(GENERATED + "/poll/poll_h.java")).hasContent("poll");
    }

    @Test
    void shouldBeCleanWhenShellcheckReadsIt() throws IOException, InterruptedException {
        Commands.assumePresent("shellcheck");

        assertThat(Commands.run(FOLDER, Map.of(), "shellcheck", "generate.sh")).isEqualTo(new Result(0, ""));
    }

    @Test
    @EnabledIfSystemProperty(named = "epoll4j.jextract", matches = "true",
            disabledReason = "takes half a minute; -Depoll4j.jextract=true asks for it, and so does mvn -N -Pjextract")
    void shouldFindTheBindingsUpToDateWhenJextractPrintsThem() throws IOException, InterruptedException {
        String jextract = System.getenv().getOrDefault("JEXTRACT", "jextract");
        assumeTrue(Commands.isPresent(jextract), "no " + jextract + "; JEXTRACT may name one");

        Result result = Commands.run(FOLDER, Map.of(), "./generate.sh", "--check");

        assertThat(result.output()).endsWith("generate.sh: bindings, audit.c and metadata are up to date\n");
        assertThat(result.status()).isZero();
    }

    /** Writes a jextract whose output is that of a line of shell, which knows $header and $target. */
    private String fake(String text) throws IOException {
        executable(project.resolve("jdk/bin/java"), FAKE_JAVA);
        return executable(project.resolve("jextract"), FAKE.formatted(text)).toString();
    }

    private static Path executable(Path script, String text) throws IOException {
        Files.createDirectories(script.getParent());
        Files.writeString(script, text);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    private Result generate(String jextract, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("jextract-config/generate.sh"));
        command.addAll(List.of(options));
        return Commands.run(project, Map.of("JEXTRACT", jextract, "JAVA_HOME", project.resolve("jdk").toString()),
                command.toArray(String[]::new));
    }
}
