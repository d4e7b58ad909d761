package io.github.epoll4j.bench.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.bench.programs.SweepPoint.Sweep;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SweepCyclesTest {
    private static final int CONNECTIONS = 40;
    private static final int CYCLES = 20;

    @ParameterizedTest
    @EnumSource
    @DisplayName("S14-2: one ready connection is one wait and one event; one-shot is armed again once for each event")
    void shouldWaitOnceACycleWhenOneIsReady(Mechanism mechanism) throws IOException {
        Counts counts = measure(mechanism, 1);

        assertThat(counts.waits()).isEqualTo(CYCLES);
        assertThat(counts.events()).isEqualTo(CYCLES);
        assertThat(counts.ctlCalls()).isEqualTo(ctlCalls(mechanism, CYCLES));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S14-3: all ready connections are served by one wait")
    void shouldReportAllAtOnceWhenAllAreReady(Mechanism mechanism) throws IOException {
        Counts counts = measure(mechanism, CONNECTIONS);

        assertThat(counts.waits()).isEqualTo(CYCLES);
        assertThat(counts.events()).isEqualTo(CYCLES * CONNECTIONS);
        assertThat(counts.ctlCalls()).isEqualTo(ctlCalls(mechanism, CYCLES * CONNECTIONS));
    }

    @Test
    @DisplayName("S14-7: select is measured with as many connections as an fd_set holds, if they are opened first")
    void shouldReachHighCountsWhenSelectHasTheLowDescriptors() throws IOException {
        int most = Limits.fit(Mechanism.SELECT, false, 900).connections();

        try (SweepCycles cycles = new SweepCycles()) {
            Sample sample = cycles.measure(new SweepPoint(Sweep.CONNECTIONS, Mechanism.SELECT, most, 1, CYCLES));

            assertThat(most).isGreaterThan(700);
            assertThat(sample.counts().events()).isEqualTo(CYCLES);
        }
    }

    @Test
    void shouldGiveEachPointInBothLanguagesWhenSweeping() throws IOException {
        SweepMeasurement measurement = new SweepMeasurement(
                EnumSet.allOf(Sweep.class), new SweepMeasurement.Scale(1, 1, 100, true));

        List<SweepResult> results = measurement.measure(step -> { });

        assertThat(results).extracting(result -> result.point().sweep()).contains(Sweep.values());
        assertThat(results).extracting(result -> result.point().mechanism()).contains(Mechanism.values());
        assertThat(results).filteredOn(result -> result.language() == Language.JAVA)
                .hasSize(measurement.steps());
        assertThat(results).filteredOn(result -> result.language() == Language.C)
                .hasSize(measurement.notes().contains(ProgramMeasurement.NO_COMPILER) ? 0 : measurement.steps());
        assertThat(results).allSatisfy(result -> {
            assertThat(result.nanos().median()).isPositive();
            assertThat(result.csvLine().split(",")).hasSameSizeAs(SweepResult.csvHeader().split(","));
        });
    }

    private static long ctlCalls(Mechanism mechanism, long events) {
        return switch (mechanism) {
            case SELECT, POLL -> 0;
            case EPOLL_LEVEL, EPOLL_EDGE -> CONNECTIONS;
            case EPOLL_ONESHOT -> CONNECTIONS + events;
        };
    }

    private static Counts measure(Mechanism mechanism, int active) throws IOException {
        try (SweepCycles cycles = new SweepCycles()) {
            return cycles.measure(new SweepPoint(Sweep.ACTIVE, mechanism, CONNECTIONS, active, CYCLES)).counts();
        }
    }
}
