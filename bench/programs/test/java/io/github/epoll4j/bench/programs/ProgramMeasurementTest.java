package io.github.epoll4j.bench.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProgramMeasurementTest {
    private static final int MOST_BYTES = Integer.MAX_VALUE;

    @ParameterizedTest
    @EnumSource
    @DisplayName("S14-1: C and Java do the same work, as their counts tell")
    void shouldCountTheSameInBothLanguagesWhenMeasuredBeside(Program program) throws IOException {
        assumeTrue(CProgram.build("programs").isPresent(), "there is no C compiler here");
        List<String> steps = new ArrayList<>();
        ProgramMeasurement measurement =
                new ProgramMeasurement(ProgramSetting.of(program, 20, 10, 1024), 2, true, 0);

        List<ProgramResult> results = measurement.measure(steps::add);

        assertThat(measurement.notes()).isEmpty();
        assertThat(steps).hasSize(measurement.steps()).first().asString().startsWith(program.id());
        List<ProgramResult> inJava = of(Language.JAVA, results);
        List<ProgramResult> inC = of(Language.C, results);
        assertThat(inJava).hasSize(10).extracting(ProgramResult::connections).startsWith(2, 4).endsWith(20);
        assertThat(inC).extracting(ProgramResult::connections)
                .isEqualTo(inJava.stream().map(ProgramResult::connections).toList());
        for (int i = 0; i < inJava.size(); i++) {
            Counts java = inJava.get(i).counts();
            Counts c = inC.get(i).counts();
            assertThat(List.of(c.ctlCalls(), c.comparisons())).isEqualTo(List.of(java.ctlCalls(), java.comparisons()));
            assertThat(c.events()).isBetween(1L, 20L);
        }
        assertThat(results).allSatisfy(result ->
                assertThat(result.csvLine().split(",")).hasSameSizeAs(ProgramResult.csvHeader().split(",")));
    }

    @Test
    @DisplayName("S14-7: select says why it stops, and runs with what fits")
    void shouldRunWithWhatFitsWhenSelectGetsTooMany() throws IOException {
        ProgramSetting setting = new ProgramSetting(Program.SELECT_PERFORMANCE, 3000, 5, 100, Lookup.NONE,
                Transport.UNIX, false, 0, 1);
        ProgramMeasurement measurement = new ProgramMeasurement(setting, 1, false, 0);

        List<ProgramResult> results = measurement.measure(step -> { });

        assertThat(results).hasSize(1);
        assertThat(results.getFirst().connections()).isBetween(100, 1023);
        assertThat(measurement.notes()).singleElement().asString()
                .contains("select stops at descriptor 1023").contains("instead of 3000");
    }

    @Test
    @DisplayName("a size that cannot fit into memory is said in one line")
    void shouldSayHowManyBuffersFitWhenMemoryIsTooSmall() {
        Limits.Fit fit = Limits.fitMemory(100_000, MOST_BYTES);

        assertThat(fit.connections()).isLessThan(100_000);
        assertThat(fit.reason()).contains("100000 buffers of " + MOST_BYTES + " bytes").contains("MB are free for them")
                .doesNotContain("\n");
        assertThat(Limits.fitMemory(10, 1024)).isEqualTo(new Limits.Fit(10, null));
    }

    @Test
    void shouldAskSystemFilesAsAWholeWhenTheyAnswerOnce() {
        assertThat(Limits.queueLength(64)).isEqualTo(64);
    }

    private static List<ProgramResult> of(Language language, List<ProgramResult> results) {
        return results.stream().filter(result -> result.language() == language).toList();
    }
}
