package io.github.epoll4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which numbers stand at a logarithmic axis. */
class ChartTest {
    @ParameterizedTest
    @CsvSource({"90, 12000, '100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0'",
        "700, 400000, '1000.0, 10000.0, 100000.0'", "3, 6.5, '3.0, 4.0, 5.0, 6.0'",
        "1030, 1170, '1040.0, 1060.0, 1080.0, 1100.0, 1120.0, 1140.0, 1160.0'", "610, 940, '700.0, 800.0, 900.0'"})
    @DisplayName("there are three labels at least, at round numbers, whatever the range")
    void shouldHaveSeveralLabelsWhenTheRangeIsNarrow(double low, double high, String labels) {
        assertThat(Chart.LogarithmicAxis.labelled(low, high)).hasToString("[" + labels + "]");
    }
}
