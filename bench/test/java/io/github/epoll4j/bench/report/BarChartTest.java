package io.github.epoll4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.bench.Stat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files that a chart becomes. */
class BarChartTest {
    @TempDir
    private Path folder;

    @Test
    @DisplayName("a chart that is written again is the same to the byte, whatever order a map of marks has in a JVM")
    void shouldWriteTheSameBytesWhenMarksComeInAnotherOrder() throws IOException {
        SequencedMap<Double, String> marks = new LinkedHashMap<>();
        marks.put(1.0, "C");
        marks.put(1.05, "1.05");
        write("one", marks);
        Path svg = folder.resolve("one.svg");
        Path png = folder.resolve("one.png");
        byte[] drawn = Files.readAllBytes(svg);
        byte[] painted = Files.readAllBytes(png);
        assertThat(svg).content().contains(">C<").contains(">1.05<");

        write("one", marks.reversed());

        assertThat(svg).hasBinaryContent(drawn);
        assertThat(png).hasBinaryContent(painted);
    }

    private void write(String name, Map<Double, String> marks) throws IOException {
        BarChart bars = new BarChart();
        bars.add("64x64B", "nio", new Stat(1.07, 1.04, 1.12)).add("64x16K", "nio", new Stat(1.01, 0.98, 1.03))
                .add("64x64B", "raw-level", new Stat(1.05, 1.02, 1.06));
        new Chart("Servers", name, ChartStyle.chart("Processor time", bars.plot("ratio to C", marks)), Chart.WIDTH,
                bars.height()).write(folder);
    }
}
