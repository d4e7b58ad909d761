package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** examples/run in a small checkout, with programs in place of Maven and Java that print what they are. */
@Timeout(60)
class LauncherIT {
    private static final String MAVEN = """
            #!/bin/sh
            echo '[INFO] Building epoll4j reactor 0.1.0-SNAPSHOT   [3/4]'
            while [ -e "$ROOT/wait" ]; do sleep 0.05; done
            if [ -e "$ROOT/broken" ]; then echo '[INFO] trying'; echo '[ERROR] not today'; exit 1; fi
            echo "jar of $$" >"$ROOT/examples/target/examples.jar"
            """;
    private static final String JAVA = """
            #!/bin/sh
            { echo "$*" >>"$ROOT/java.log"; } 2>/dev/null
            case "$*" in
              *.Training*) for option; do case $option in *AOTCacheOutput=*) echo cache >"${option#*=}";; esac; done;;
              *)
                read kind rest <"$ROOT/examples/target/examples.jar"
                for name; do :; done
                echo "java runs $name, $kind";;
            esac
            """;
    private static final String RUNS = "java runs echo, jar";
    private static final String BUILDS = "building examples: the first time takes a minute or so";
    private static final String REBUILDS = "building examples: its sources have changed";
    private static final String TRAINS = "preparing faster starts: a few seconds, once after a build";
    private static final Pattern COMPILER_FLAG =
            Pattern.compile("-XX:\\S*(Tier|Compil)|-X(int|comp|batch)\\b|-client\\b");
    /** A method of the library, and the level that it was compiled at in the training. */
    private static final Pattern COMPILED_BY_C2 = Pattern.compile("\\bC io/github/epoll4j/[^#]*#\\d+L4 ");

    @TempDir
    private Path root;
    private final List<String> prefix = new ArrayList<>();

    @BeforeEach
    void createCheckout() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        for (String folder : List.of("bin", "jdk/bin", "examples/main", "src/core/main")) {
            Files.createDirectories(root.resolve(folder));
        }
        for (String file : List.of("pom.xml", "src/core/pom.xml", "examples/pom.xml", "examples/main/Echo.java")) {
            Files.createFile(root.resolve(file));
        }
        Files.writeString(root.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
        for (String script : List.of("run", "launch.sh")) {
            Files.copy(here.resolve(script), root.resolve("examples").resolve(script));
        }
        executable("bin/mvn", MAVEN);
        executable("jdk/bin/java", JAVA);
    }

    @AfterEach
    void allowToDelete() throws IOException {
        setPermissions("rwxr-xr-x");
    }

    @Test
    @DisplayName("the first start reports its build on standard error, a module a line, and the next one is silent")
    void shouldReportTheBuildOnStandardErrorWhenItIsTheFirst() throws Exception {
        Path wait = Files.createFile(root.resolve("wait"));
        Process process = start();
        BufferedReader err = process.errorReader(UTF_8);

        assertThat(err.readLine()).isEqualTo(BUILDS);
        assertThat(err.lines().filter(line -> line.contains("reactor")).findFirst()).hasValueSatisfying(line ->
                assertThat(line).matches("building examples: epoll4j reactor \\[3/4], \\d+ s"));
        Files.delete(wait);

        assertThat(err.lines().filter(line -> !line.startsWith("building"))).containsExactly(TRAINS);
        assertThat(process.inputReader(UTF_8).lines()).containsExactly(RUNS);
        assertThat(process.waitFor()).isZero();
        assertThat(run()).isEqualTo(new Programs.Result(0, RUNS + "\n", ""));
    }

    @Test
    @DisplayName("a terminal gets one line, with the module and the seconds so far, that is cleared at the end")
    void shouldShowALineThatChangesWhenStandardErrorIsATerminal() throws Exception {
        Path wait = Files.createFile(root.resolve("wait"));
        try (Dialogue terminal = terminal("xterm")) {
            terminal.awaitText(BUILDS + "\rbuilding examples: ");
            terminal.awaitText("\rbuilding examples: epoll4j reactor [3/4], ");
            terminal.awaitText(" s\u001b[K");
            Files.delete(wait);
            terminal.awaitText("\r\u001b[K" + TRAINS);
            terminal.awaitText("\r\u001b[K" + RUNS);
            assertThat(terminal.awaitEnd()).isZero();
        }
    }

    @Test
    @DisplayName("a terminal that cannot move its cursor gets plain lines")
    void shouldPrintLinesWhenTheTerminalIsDumb() throws Exception {
        try (Dialogue terminal = terminal("dumb")) {
            terminal.awaitText(BUILDS + "\r\n");
            terminal.awaitText(TRAINS + "\r\n" + RUNS);
            assertThat(terminal.awaitEnd()).isZero();
        }
    }

    @Test
    @DisplayName("the progress ends with the build even when every signal that can be ignored is")
    void shouldEndTheProgressWhenSignalsAreIgnored() throws Exception {
        String ignoring = "--ignore-signal=HUP,INT,QUIT,TERM";
        assumeTrue(Programs.succeeds("env", ignoring, "true"), "this env cannot ignore signals");
        prefix.addAll(List.of("env", ignoring));

        assertThat(run()).returns(0, Programs.Result::status).returns(RUNS + "\n", Programs.Result::out);
    }

    @Test
    @DisplayName("the training and each start use every compiler, and the training has the flags of a start")
    void shouldLimitNoCompilerWhenItTrainsAndStarts() throws Exception {
        run();

        List<String> calls = Files.readAllLines(root.resolve("java.log"));
        assertThat(calls).hasSize(2).noneMatch(COMPILER_FLAG.asPredicate());
        String java = root.resolve("jdk/bin/java") + " ";
        String trained = calls.getFirst().substring(calls.getFirst().indexOf(java) + java.length());
        assertThat(trained).contains(" -XX:AOTCacheOutput=");
        assertThat(trained.replaceFirst("AOTCacheOutput=(\\S+\\.aot)\\.\\d+", "AOTCache=$1") + " echo")
                .isEqualTo(calls.getLast());
    }

    @Test
    @DisplayName("the cache of this checkout has profiles of methods that the second compiler has compiled under load")
    void shouldKeepProfilesOfTheHotPathWhenItTrains() throws Exception {
        ProcessBuilder builder = Programs.builder(List.of(Programs.LAUNCHER, "echo", "--help"));
        builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:+UnlockDiagnosticVMOptions -XX:+AOTPrintTrainingInfo");

        Programs.Result result = Programs.await(builder.start(), "examples/run");

        assertThat(result.status()).isZero();
        assertThat(result.out().lines().filter(COMPILED_BY_C2.asPredicate()).findAny())
                .as("a method that the second compiler has compiled").isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pom.xml", "src/core/pom.xml", "src/core/main", "examples/main/Echo.java"})
    @DisplayName("a source that is newer than the jar has it built again")
    void shouldBuildAgainWhenASourceIsNewer(String source) throws Exception {
        run();
        makeNewer(source);

        assertThat(run()).returns(0, Programs.Result::status).returns(RUNS + "\n", Programs.Result::out)
                .extracting(Programs.Result::err).asString().startsWith(REBUILDS + "\n").endsWith(TRAINS + "\n");
    }

    @Test
    @DisplayName("a build that was interrupted is done again, whatever the time of its jar")
    void shouldBuildAgainWhenABuildWasInterrupted() throws Exception {
        run();
        Files.createFile(root.resolve("examples/target/.build.begin"));

        assertThat(run().err()).startsWith(REBUILDS);
        assertThat(run().err()).isEmpty();
    }

    @Test
    @DisplayName("a build that fails: Maven's errors, where the rest is, and status 1; the next start tries again")
    void shouldShowTheErrorsWhenTheBuildFails() throws Exception {
        Path broken = Files.createFile(root.resolve("broken"));

        Programs.Result result = run();

        assertThat(result.status()).isOne();
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines().filter(line -> !line.startsWith("building"))).containsExactly(
                "[ERROR] not today",
                "cannot build examples; all of Maven's output is in " + root.toRealPath()
                        + "/examples/target/build.log");
        Files.delete(broken);
        assertThat(run().out()).isEqualTo(RUNS + "\n");
    }

    @Test
    @DisplayName("a built checkout runs without write permission")
    void shouldRunWhenABuiltCheckoutCannotBeWrittenTo() throws Exception {
        run();
        makeReadOnly();

        assertThat(run()).isEqualTo(new Programs.Result(0, RUNS + "\n", ""));
    }

    @Test
    @DisplayName("without write permission and without a cache it runs, and says nothing of the cache")
    void shouldRunWhenTheCacheCannotBeWritten() throws Exception {
        run();
        try (Stream<Path> files = Files.list(root.resolve("examples/target"))) {
            for (Path cache : files.filter(file -> file.toString().endsWith(".aot")).toList()) {
                Files.delete(cache);
            }
        }
        makeReadOnly();

        assertThat(run()).isEqualTo(new Programs.Result(0, RUNS + "\n", ""));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("without write permission a checkout that is not built, or stale, ends with one line and status 1")
    void shouldSayInOneLineWhenAStaleCheckoutCannotBeWrittenTo(boolean isBuilt) throws Exception {
        if (isBuilt) {
            run();
            makeNewer("pom.xml");
        }
        makeReadOnly();

        assertThat(run()).isEqualTo(new Programs.Result(1, "", "examples is not built, or older than its sources, and "
                + root.toRealPath() + "/examples/target cannot be written to\n"));
    }

    private void executable(String name, String script) throws IOException {
        Files.writeString(root.resolve(name), script);
        Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void makeNewer(String source) throws IOException {
        FileTime built = Files.getLastModifiedTime(root.resolve("examples/target/examples.jar"));
        Files.setLastModifiedTime(root.resolve(source), FileTime.fromMillis(built.toMillis() + 2000));
    }

    /** Takes the write permission from every folder and file, and from root the power to write all the same. */
    private void makeReadOnly() throws IOException {
        if (System.getProperty("user.name").equals("root")) {
            prefix.addAll(List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all"));
            assumeTrue(Programs.succeeds("setpriv", "--inh-caps=-all", "--bounding-set=-all", "true"),
                    "root may write everywhere, and there is no setpriv to change that");
        }
        setPermissions("r-xr-xr-x");
    }

    private void setPermissions(String permissions) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
            }
        }
    }

    private Dialogue terminal(String type) throws IOException {
        String command = "env TERM=" + type + " PATH=" + root.resolve("bin") + ":$PATH JAVA_HOME=" + root.resolve("jdk")
                + " ROOT=" + root + " " + root.resolve("examples/run") + " echo";
        return Dialogue.with("script", "-qec", command, "/dev/null");
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("sh", root.resolve("examples/run").toString(), "echo"));
        ProcessBuilder builder = Programs.builder(command);
        builder.environment().putAll(Map.of("JAVA_HOME", root.resolve("jdk").toString(), "ROOT",
                root.toString(), "PATH", root.resolve("bin") + ":" + System.getenv("PATH")));
        return builder.start();
    }

    private Programs.Result run() throws Exception {
        return Programs.await(start(), "examples/run");
    }
}
