package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.Bench;
import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How one step went: in a JVM of its own, so that the heap and the compiled code of one do not reach the next.
 *
 * @param step    the step
 * @param status  its exit status; 0 for all measured, 3 for something left out
 * @param errors  what it said on standard error
 * @param seconds how long it took
 */
record StepRun(RunStep step, int status, List<String> errors, long seconds) {
    private static final int ENDED = 124;
    private static final int PATIENCE = 2;
    private static final int GRACE_SECONDS = 90;

    /** Runs a step, its tables go to a file; it is ended if it takes much longer than it should. */
    static StepRun of(RunStep step, Path out, Path tables, Progress progress) throws IOException {
        return of(step, out, tables, progress, GRACE_SECONDS + PATIENCE * step.seconds());
    }

    /** Runs a step, for so many seconds at most. */
    static StepRun of(RunStep step, Path out, Path tables, Progress progress, int limit) throws IOException {
        Path errors = Files.createTempFile("bench", ".err");
        List<String> command = new ArrayList<>(
                step.isOfPrograms() ? List.of(CProgram.home().resolve("run").toString()) : java());
        command.addAll(step.command());
        command.add("--out=" + out);
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null")
                .toFile())).redirectOutput(ProcessBuilder.Redirect.appendTo(tables.toFile()))
                .redirectError(errors.toFile()).start();
        Thread hook = new Thread(() -> end(process));
        List<String> said = new ArrayList<>();
        int status = ENDED;
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            while (status == ENDED && seconds(start) < limit) {
                if (process.waitFor(1, TimeUnit.SECONDS)) {
                    status = process.exitValue();
                    break;
                }
                progress.tick();
            }
            if (process.isAlive()) {
                said.add("ended after " + limit + " s, since it should take about " + step.seconds() + " s");
            }
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            throw new IOException(String.join(" ", step.command()) + ": ended by a signal", e); // so does this JVM
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            end(process);
        }
        try (Stream<String> lines = Files.lines(errors)) {
            String home = CProgram.home().toAbsolutePath().normalize().toString();
            lines.filter(line -> !line.isBlank()).forEach(line -> said.add(line.replace(home, "bench")));
        }
        Files.delete(errors);
        return new StepRun(step, status, said, seconds(start));
    }

    /** Ends a step, and what it had started by then. */
    private static void end(Process process) {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    private static long seconds(long start) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
    }

    private static List<String> java() {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Djmh.ignoreLock=true",
                "-Dbench.home=" + CProgram.home(), "-cp", System.getProperty("java.class.path"), Bench.class.getName());
    }

    boolean isComplete() {
        return status == 0;
    }

    boolean hasFailed() {
        return status != 0 && status != Omissions.EXIT_STATUS;
    }

    /** Gives what the environment's file has of it. */
    Map<String, Object> entry() {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("command", "bench/run " + String.join(" ", step.command()));
        entry.put("exit_status", status);
        entry.put("seconds", seconds);
        if (!errors.isEmpty()) {
            entry.put("said", errors);
        }
        return entry;
    }
}
