package io.github.epoll4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.bench.Bench;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code bench/run all} and {@code bench/run check} with measurements of moments. */
class AllIT {
    @TempDir
    private Path folder;

    @Test
    @DisplayName("a step that fails spoils nothing: those before and after it are kept, and the report is written")
    void shouldKeepTheOthersWhenAStepFails() throws IOException {
        StringWriter said = new StringWriter();
        CommandLine bench = Bench.commandLine().setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
        AllCommand all = bench.getSubcommands().get("all").getCommand();
        List<String> micro = List.of("micro", "--rounds=1", "--iterations=1", "--millis=1");
        List<RunStep> steps = List.of(step(micro, "poll-change"), step(micro, "no-such-subject"),
                new RunStep("none", "no command", List.of("no-such-command"), 1), step(micro, "set-clear-64"));

        int status = all.run(steps, folder);

        assertThat(status).isEqualTo(1);
        assertThat(Results.read(folder).table("micro")).extracting(row -> row.text("subject"))
                .containsExactly("poll-change", "set-clear-64");
        assertThat(((List<?>) Environment.read(folder).get("steps")).stream()
                .map(step -> "" + ((Map<?, ?>) step).get("exit_status"))).containsExactly("0", "2", "2", "0");
        assertThat(folder.resolve("REPORT.md")).content().contains("no-such-subject");
        assertThat(said.toString()).contains("1 of 4: poll-change, ", "4 of 4: set-clear-64, ");
        assertThat(folder.resolve("output.txt")).content().contains("change of an entry")
                .doesNotContain(folder.toString());
        assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("."));
    }

    private static RunStep step(List<String> command, String subject) {
        List<String> all = new ArrayList<>(command);
        all.add(subject);
        return new RunStep("micro", subject, all, 5);
    }

    @Test
    @DisplayName("the command measures, prints that beside what was promised, and fails when that is missed")
    void shouldMeasureAndFailWhenAPromiseIsMissed(@TempDir Path home) throws IOException {
        Files.write(home.resolve("promises.csv"), List.of("promise,table,where,column,by,bound,unit",
                "kept,micro,subject=poll-change,java_min_ns,,at most 1000000,ns",
                "missed,micro,subject=poll-change,java_min_ns,,at most 0.000001,ns"));
        String before = System.setProperty("bench.home", home.toString());
        StringWriter said = new StringWriter();
        try {
            int status = Bench.commandLine().setOut(new PrintWriter(said)).setErr(new PrintWriter(said))
                    .execute("check", "--rounds=1");

            assertThat(status).as(said.toString()).isEqualTo(1);
        } finally {
            if (before == null) {
                System.clearProperty("bench.home");
            } else {
                System.setProperty("bench.home", before);
            }
        }
        assertThat(said.toString().lines()).anyMatch(line -> line.matches("kept +at most .* measured .*\\d ns +least "
                + "times of 1 round +kept")).anyMatch(line -> line.matches("missed .* measured .* MISSED"));
    }
}
