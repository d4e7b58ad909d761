package io.github.epoll4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.Bench;
import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Progress;
import io.github.epoll4j.bench.Survivors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a step when its command is ended from outside. */
class StepRunIT {
    private static final long PATIENCE_SECONDS = 60;
    private static final int LIMIT_SECONDS = 6;
    private static final long PAUSE_NANOS = 5_000_000;

    @TempDir(cleanup = CleanupMode.ALWAYS)
    private Path folder;

    @Test
    @DisplayName("SIGTERM ends the command, its step, and the step's server and load")
    void shouldEndTheStepsProcessesWhenTerminated() throws Exception {
        assumeTrue(CProgram.build("load").isPresent(), "there is no C compiler here");
        Process command = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Dbench.home=" + CProgram.home().toAbsolutePath(), "-cp",
                System.getProperty("java.class.path"), Bench.class.getName(), "all", "--quick", "--only=workers",
                "--out=" + folder).redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile()).start();
        try {
            List<ProcessHandle> started = command.descendants().toList();
            long start = System.nanoTime();
            while (started.stream().noneMatch(StepRunIT::isServer)) {
                assertThat(System.nanoTime() - start).as("ns until there is a server")
                        .isLessThan(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
                LockSupport.parkNanos(PAUSE_NANOS);
                started = command.descendants().toList();
            }

            command.destroy();

            assertThat(command.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("the command ends").isTrue();
            assertThat(Environment.read(folder)).as("what is known by then").containsKeys("start", "cpu", "steps");
            assertThat(started).hasSizeGreaterThanOrEqualTo(2);
            for (ProcessHandle process : started) {
                Survivors.requireEnd(process);
            }
        } finally {
            command.descendants().forEach(ProcessHandle::destroyForcibly);
            command.destroyForcibly();
        }
    }

    @Test
    @DisplayName("a step that takes too long is ended, with what it had started, and that is said")
    void shouldEndTheStepWhenItTakesTooLong() throws Exception {
        assumeTrue(CProgram.build("load").isPresent(), "there is no C compiler here");
        RunStep step = new RunStep("workers", "workers", List.of("workers", "--seconds=60", "--warmup=60"), 1);
        CompletableFuture<StepRun> ended = CompletableFuture.supplyAsync(() -> run(step));
        Set<ProcessHandle> started = new HashSet<>(); // on a busy machine the step alone, else its server and load too
        while (!ended.isDone()) {
            ProcessHandle.current().descendants().forEach(started::add);
            LockSupport.parkNanos(PAUSE_NANOS);
        }

        StepRun run = ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

        assertThat(run.hasFailed()).isTrue();
        assertThat(run.errors()).anyMatch(line -> line.startsWith("ended after " + LIMIT_SECONDS + " s"));
        assertThat(run.seconds()).isBetween((long) LIMIT_SECONDS, PATIENCE_SECONDS);
        assertThat(started).as("what was started").isNotEmpty();
        for (ProcessHandle process : started) {
            Survivors.requireEnd(process);
        }
    }

    private StepRun run(RunStep step) {
        try {
            return StepRun.of(step, folder, folder.resolve("tables"), new Progress(new PrintWriter(System.err), 1),
                    LIMIT_SECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isServer(ProcessHandle process) {
        return process.info().commandLine().filter(line -> line.contains("workers-cpu-")).isPresent();
    }
}
