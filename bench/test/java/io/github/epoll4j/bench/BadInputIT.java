package io.github.epoll4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs commands in children that lack something. Nothing is built before in their folder. */
class BadInputIT {
    private static final long MOST_SECONDS = 120;

    @TempDir
    private Path home;
    private String path = System.getenv("PATH");

    @BeforeEach
    void copySources() throws IOException {
        Path folder = Files.createDirectory(home.resolve("c"));
        try (Stream<Path> sources = Files.list(CProgram.home().resolve("c"))) {
            for (Path source : sources.toList()) {
                Files.copy(source, folder.resolve(source.getFileName()));
            }
        }
    }

    @Test
    @DisplayName("without a C compiler micro measures Java, says that the columns for C are empty, and ends with 3")
    void shouldMeasureJavaAloneWhenThereIsNoCompiler() throws Exception {
        path = "";

        Child child = run("micro", "--rounds=1", "--iterations=1", "--millis=1", "--out=" + home, "poll-change");

        assertThat(child.status()).isEqualTo(Omissions.EXIT_STATUS);
        assertThat(child.errors()).containsExactly("no C compiler (cc on the PATH, or what CC names): "
                + "the columns for C stay empty where bench/c/micro.c fills them");
        assertThat(row("micro")).startsWith("poll-change,1,,,,").doesNotEndWith(",");
    }

    @ParameterizedTest
    @ValueSource(strings = {"servers", "workers"})
    @DisplayName("without a C compiler there is no load, and one line says so")
    void shouldSayThatNothingIsMeasuredWhenThereIsNoLoad(String command) throws Exception {
        path = "";

        Child child = run(command);

        assertThat(child.status()).isEqualTo(Omissions.EXIT_STATUS);
        assertThat(child.errors()).singleElement().asString().contains("no C compiler").contains("nothing is measured");
    }

    @Test
    @DisplayName("without a C compiler startup starts the others")
    void shouldStartJavaAloneWhenThereIsNoCompiler() throws Exception {
        path = "";

        Child child = run("startup", "--plain", "--runs=1", "--out=" + home);

        assertThat(child.status()).isEqualTo(Omissions.EXIT_STATUS);
        assertThat(child.errors()).singleElement().asString().contains("no C compiler").contains("no line for C");
        assertThat(row("startup")).startsWith("JVM alone,");
    }

    @Test
    @DisplayName("a subject that takes too many descriptors is left out, with the limit; the rest is measured")
    void shouldLeaveSubjectsOutWhenDescriptorsAreTooFew() throws Exception {
        path = "";

        Child child = runLimited(300, "micro", "--rounds=1", "--iterations=1", "--millis=1", "--out=" + home,
                "poll-change", "poll-1000");

        assertThat(child.status()).isEqualTo(Omissions.EXIT_STATUS);
        assertThat(child.errors()).anyMatch(line -> line.startsWith(
                "poll-1000 is left out: it takes 1100 descriptors, and the hard limit is 300; raise it (ulimit -Hn"));
        assertThat(row("micro")).startsWith("poll-change,1,");
    }

    @Test
    @DisplayName("loads of too many connections are left out, with the limit; the rest is measured")
    void shouldLeaveLoadsOutWhenDescriptorsAreTooFew() throws Exception {
        assumeTrue(CProgram.find("cc").isPresent(), "there is no C compiler here");

        Child child = runLimited(300, "servers", "--processes=1", "--loads=64x64B,10000x1K", "--servers=c-level",
                "--seconds=0.05", "--warmup=0", "--idle=10000", "--retries=0", "--rate=100", "--out=" + home);

        assertThat(child.status()).isEqualTo(Omissions.EXIT_STATUS);
        assertThat(child.errors())
                .anyMatch(line -> line.startsWith("10000x1K is left out: it takes 10100 descriptors, and the hard "
                        + "limit is 300; raise it (ulimit -Hn"))
                .anyMatch(line -> line.startsWith("the memory of 10000 connections is left out: "));
        assertThat(row("servers")).startsWith("64x64B,c-level,1,");
    }

    @Test
    @DisplayName("a compiler that fails is said in a line, with what it printed")
    void shouldSayWhatTheCompilerSaysWhenItFails() throws Exception {
        Files.writeString(home.resolve("c/load.c"), "#error not today\n");
        assumeTrue(CProgram.find("cc").isPresent(), "there is no C compiler here");

        Child child = run("workers");

        assertThat(child.status()).isEqualTo(Omissions.EXIT_STATUS);
        assertThat(child.errors()).singleElement().asString().startsWith("the C compiler fails: ")
                .contains("not today");
    }

    private Child runLimited(int descriptors, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "/bin/sh", "-c", "ulimit -n " + descriptors + "; exec \"$@\"", "sh"));
        command.addAll(command(arguments));
        return run(command);
    }

    private Child run(String... arguments) throws IOException, InterruptedException {
        return run(command(arguments));
    }

    private List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Djmh.ignoreLock=true",
                "-Dbench.home=" + home, "-cp", System.getProperty("java.class.path"), Bench.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private Child run(List<String> command) throws IOException, InterruptedException {
        Path errors = home.resolve("errors");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(errors.toFile()).redirectOutput(home.resolve("output").toFile());
        builder.environment().put("PATH", path);
        builder.environment().remove("CC");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Child(process.exitValue(), Files.readAllLines(errors));
    }

    /** Reads the first line of the file that a command wrote, below the line on the machine and the heading. */
    private String row(String name) throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            String end = name + "\\.csv";
            Path file = files.filter(each -> each.getFileName().toString().matches(end)).findFirst().orElseThrow();
            return Files.readAllLines(file).get(2);
        }
    }

    /** What became of a child. */
    private record Child(int status, List<String> errors) {
    }
}
