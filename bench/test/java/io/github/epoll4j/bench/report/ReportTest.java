package io.github.epoll4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/** The report of made-up files. */
class ReportTest {
    @TempDir
    private static Path folder;
    private static Results results;
    private static List<Chart> charts;
    private static String text;

    @BeforeAll
    static void write() throws IOException {
        new MadeUpResults(50, 5, 0.9, 1.2).write(folder);
        Environment.write(folder, Map.of("cpu", "Made Up 1", "steps", List.of(
                Map.of("command", "bench/run micro", "seconds", 1, "exit_status", 3, "said", List.of("no C | here")))));
        Files.writeString(folder.resolve(ReportCommand.NOTES), "Why it is so.\n");
        text = Files.readString(ReportCommand.write(folder));
        results = Results.read(folder);
        charts = Charts.of(results);
    }

    @Test
    @DisplayName("there is a chart of each kind, as SVG that an XML parser reads, and as PNG of its size")
    void shouldWriteReadableChartsWhenThereAreNumbers() throws Exception {
        assertThat(charts).extracting(Chart::name).contains("connections", "active", "triggers", "programs-connect",
                "programs-exchange-100x1024", "programs-exchange-2-100x102400", "lookup", "workers", "micro",
                "servers-cpu", "servers-throughput",
                "servers-seconds-64x64b", "servers-latency-64x64b", "servers-latency-10000idle-64", "heap",
                "first-echo", "startup").doesNotHaveDuplicates();
        for (Chart chart : charts) {
            Element svg = svg(folder.resolve(chart.name() + ".svg"));
            assertThat(svg.getTagName()).isEqualTo("svg");
            assertThat(Double.parseDouble(svg.getAttribute("width"))).isEqualTo(chart.width());
            BufferedImage png = ImageIO.read(folder.resolve(chart.name() + ".png").toFile());
            assertThat(png.getWidth()).as(chart.name()).isEqualTo(Chart.SCALE * chart.width());
            assertThat(png.getHeight()).as(chart.name()).isEqualTo(Chart.SCALE * chart.height());
        }
    }

    @Test
    @DisplayName("notes written by hand are part of the report, and marked as such")
    void shouldHaveTheNotesWhenThereAreSome() {
        assertThat(text).contains("## Notes on this run\n\nWritten by hand: [notes.md](notes.md).\n\nWhy it is so.\n");
    }

    @Test
    @DisplayName("charts of several series have a legend that names them, those of one have none")
    void shouldHaveALegendWhenThereAreSeveralSeries() {
        assertThat(charts).filteredOn(chart -> chart.chart().getLegend() == null).extracting(Chart::name)
                .containsExactlyInAnyOrder("micro", "heap", "startup");
    }

    private static Element svg(Path file) throws ParserConfigurationException, SAXException, IOException {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        return factory.newDocumentBuilder().parse(file.toFile()).getDocumentElement();
    }

    @Test
    @DisplayName("each link leads to a file, and each chart and CSV file has one")
    void shouldLinkToFilesThatAreThereWhenWritten() throws IOException {
        List<String> links = Pattern.compile("\\]\\(([^)]+)\\)").matcher(text).results()
                .map(match -> match.group(1)).toList();

        assertThat(links).allSatisfy(link -> assertThat(folder.resolve(link)).exists());
        assertThat(links).containsAll(charts.stream().map(chart -> chart.name() + ".png").toList())
                .containsAll(Results.files(folder).stream().map(file -> file.getFileName().toString()).toList());
    }

    @Test
    @DisplayName("each line of a table has as many cells as its heading, whatever a step said")
    void shouldKeepTheTablesWholeWhenACellHasABar() {
        String[] lines = text.split("\n");
        for (int i = 1; i < lines.length; i++) {
            if (lines[i].startsWith("|") && lines[i - 1].startsWith("|")) {
                assertThat(cells(lines[i])).as(lines[i]).isEqualTo(cells(lines[i - 1]));
            }
        }
        assertThat(text).contains("no C \\| here").contains("Made Up 1");
    }

    @Test
    @DisplayName("latencies by a timetable are said of the servers alone; the workers' times are of a closed loop")
    void shouldTellResponseTimesFromLatenciesWhenWritten() {
        assertThat(text).containsOnlyOnce("- Latencies of the echo servers are those of messages sent by a timetable")
                .containsOnlyOnce("- The workers' times are response times in a closed loop")
                .containsOnlyOnce("![Throughput and response time (closed loop)");
    }

    @Test
    @DisplayName("what is promised stands beside what was measured, and how often others have disturbed it is counted")
    void shouldHaveThePromisesWhenTheyWereMeasured() {
        assertThat(text).contains("| await with nothing ready | at most 1.10 × C | 1.19 × C, least times of 5 rounds |")
                .contains("| live heap of an idle connection | at most 256 B | 288 B, median of 3 runs |")
                .doesNotContain("| modify |")
                .contains("- In 2 of 9 rounds of servers", "the worst was round 1 of raw-edge under 64x64B, 7 %, "
                        + "after 3 repetitions");
    }

    private static int cells(String line) {
        return line.replace("\\|", "").length() - line.replace("\\|", "").replace("|", "").length();
    }

    @Test
    @DisplayName("a run that was quick, or interrupted, is said to be so at the top")
    void shouldSayThatItIsNotAFullRunWhenItIsNot(@TempDir Path other) throws IOException {
        Files.write(other.resolve("micro.csv"), List.of("subject,rounds", "await-0,1"));
        Environment.write(other, Map.of("quick", true, "planned", 3, "steps", List.of(Map.of("command", "x"))));

        assertThat(Files.readString(ReportCommand.write(other))).contains("\n**A quick run, with fewer and shorter "
                + "rounds than a full one, which was interrupted: 1 of 3 measurements.**\n");
        assertThat(text).doesNotContain("interrupted");
    }

    @Test
    void shouldRefuseWhenThereIsNothingToReport(@TempDir Path empty) {
        assertThatIOException().isThrownBy(() -> ReportCommand.write(empty)).withMessageContaining("no CSV file");
    }

    @Test
    void shouldNameTheFileWhenALineIsCutOff(@TempDir Path torn) throws IOException {
        Files.write(torn.resolve("micro.csv"), List.of("subject,rounds", "await-0"));

        assertThatIOException().isThrownBy(() -> ReportCommand.write(torn)).withMessageContaining("micro.csv");
    }
}
