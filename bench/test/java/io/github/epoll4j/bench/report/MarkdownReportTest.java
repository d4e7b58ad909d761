package io.github.epoll4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.offset;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
class MarkdownReportTest {
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
        Files.writeString(folder.resolve(MarkdownReport.NOTES), "Why it is so.\n");
        text = Files.readString(MarkdownReport.write(folder));
        results = Results.read(folder);
        charts = Stream.concat(SweepCharts.of(results).stream(), ServerCharts.of(results).stream()).toList();
    }

    @Test
    @DisplayName("there is a chart of each kind, as SVG that an XML parser reads, and as PNG of its size")
    void shouldWriteReadableChartsWhenThereAreNumbers() throws Exception {
        assertThat(charts).extracting(Chart::name).contains("connections", "active", "triggers", "programs-connect",
                "programs-exchange-100x1024", "programs-exchange-2-100x102400", "lookup", "workers", "micro",
                "servers-cpu", "servers-throughput", "servers-latency-64x64b", "servers-latency-10000idle-64", "heap",
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
    @DisplayName("what somebody has written of a run stands in its report, and is marked as that")
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
    @DisplayName("The claims of the sources stand in the report with their verdicts")
    void shouldStateEachVerdictWhenWritten() {
        assertThat(Claims.of(results)).hasSize(15).allSatisfy(claim -> assertThat(text.lines())
                .filteredOn(line -> line.startsWith("| " + claim.id() + " | ")).singleElement().asString()
                .contains("**" + claim.verdict().kind().words() + "**"));
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
        assertThat(text.lines()).filteredOn(line -> line.contains("sent by a timetable")).singleElement().asString()
                .startsWith("- Latencies of the echo servers are")
                .contains("runs for half a second, or for as long as is recorded if that is less, before the first ");
        assertThat(text.lines()).filteredOn(line -> line.contains("closed loop")).hasSize(3)
                .anyMatch(line -> line.startsWith("- The workers' times are response times in a closed loop"))
                .anyMatch(line -> line.startsWith("![Throughput and response time (closed loop)"));
    }

    private static int cells(String line) {
        return line.replace("\\|", "").length() - line.replace("\\|", "").replace("|", "").length();
    }

    @Test
    @DisplayName("targets that are missed say by how much")
    void shouldSayByHowMuchWhenATargetIsMissed() {
        assertThat(text).contains("| call await-0 | 1.10 × C | 1.19 × C | least times of 5 rounds | "
                        + "**missed** by 0.09 × C (8 %) |")
                .contains("| processor time per message, reactor-level, 64x64B | 1.05 × C | 1.20 × C (1.19–1.25) | "
                        + "median of 5 rounds | **missed** by 0.15 × C (14 %) |")
                .contains("| allocated per message, reactor-level, 64x64B | 1.00 B | 0.20 B | "
                        + "median of 5 rounds | met |")
                .contains("| first echo after exec, reactor-level | 220 ms | 240 ms (238–250) | median of 4 starts | "
                        + "**missed** by 20 ms (9 %) |")
                .contains("| first echo after exec with AOT cache and C1, reactor-level | 220 ms | "
                        + "90 ms (89–94) | median of 4 starts | met |")
                .contains("| live heap of an idle connection, reactor-level | 256 B | 288 B (285–300) | "
                        + "median of 3 runs | ");
    }

    @Test
    @DisplayName("what compilers and others have used of the processor is said of the worst round")
    void shouldSayWhatDisturbedWhenWritten() {
        assertThat(text).contains("(in the worst round 2.1 % of it, of raw-edge under 64x64B). Each round")
                .contains("- In 2 of 9 rounds of servers",
                        "used more than 5 % of a processor", "the worst was round 1 of raw-edge under 64x64B, 7 %");
    }

    @Test
    @DisplayName("a server's processor time by a peer's is the median of the rounds, though their medians say another")
    void shouldCompareServersInEachRoundWhenThereAreRounds() {
        List<Row> servers = List.of(
                new Row(Map.of("load", "64x64B", "server", "c-level", "cpu_ns_median", "100", "per_s_median", "1")),
                new Row(Map.of("load", "64x64B", "server", "raw-level", "cpu_ns_median", "300", "per_s_median", "1")));
        List<Row> rounds = Stream.of("c-level,1,100", "c-level,2,300", "raw-level,1,120", "raw-level,2,300")
                .map(line -> line.split(",")).map(cells -> new Row(Map.of("load", "64x64B", "server", cells[0],
                        "round", cells[1], "server_cpu_ns", cells[2], "messages", "1", "nanos", "1"))).toList();

        assertThat(Loss.of(new Results(Map.of("servers", servers, "servers-rounds", rounds)))).singleElement()
                .satisfies(loss -> assertThat(loss.ratio()).isCloseTo(1.1, offset(1e-9)))
                .returns("ns", Loss::unit).returns(true, Loss::isClear);
    }

    @Test
    @DisplayName("a latency is no loss where a server has hardly more than the timetable asks for")
    void shouldNotCompareLatenciesWhenOneDoesNotKeepUp() {
        assertThat(losses(79)).extracting(Loss::what).containsExactly("raw-level, 64x64B, p99");
        assertThat(losses(81)).isEmpty();
    }

    private static List<Loss> losses(int rate) {
        return Loss.of(new Results(Map.of("servers", Stream.of("c-level,10", "raw-level,19")
                .map(line -> line.split(",")).map(cells -> new Row(Map.of("load", "64x64B", "server", cells[0],
                        "per_s_median", "100", "rate", "" + rate, "p99_us", cells[1]))).toList())));
    }

    @Test
    @DisplayName("losses of one ratio are in the same order in every JVM")
    void shouldListByPercentileWhenRatiosAreEqual() {
        assertThat(Loss.of(new Results(Map.of("servers", Stream.of("c-level,10", "raw-level,19")
                .map(line -> line.split(",")).map(cells -> new Row(Map.of("load", "64x64B", "server", cells[0],
                        "per_s_median", "100", "rate", "50", "p50_us", cells[1], "p99_us", cells[1],
                        "p999_us", cells[1]))).toList())))).extracting(Loss::what)
                .containsExactly("raw-level, 64x64B, p50", "raw-level, 64x64B, p99", "raw-level, 64x64B, p99.9");
    }

    @Test
    @DisplayName("a run that was quick, or interrupted, is said to be so at the top")
    void shouldSayThatItIsNotAFullRunWhenItIsNot(@TempDir Path other) throws IOException {
        new MadeUpResults(50, 5, 0.9, 1.2).write(other);
        Environment.write(other, Map.of("quick", true, "planned", 3, "steps", List.of(Map.of("command", "x"))));

        assertThat(Files.readString(MarkdownReport.write(other))).contains("\n**A quick run, with fewer and shorter "
                + "rounds than a full one, which was interrupted: 1 of 3 measurements.**\n");
        assertThat(text).doesNotContain("interrupted");
    }

    @Test
    @DisplayName("a heap that shrinks while connections are opened meets no target")
    void shouldNotBeMetWhenAMeasurementIsLostInNoise() {
        Target shrunk = new Target("live heap", 256, -12, "B", "", -12, -12);

        assertThat(shrunk.isMet()).isFalse();
        assertThat(shrunk.verdict()).contains("not measurable");
    }

    @Test
    @DisplayName("every loss is listed, the worst first, and no win")
    void shouldListLossesWhenRatiosAreAboveOne() {
        assertThat(Loss.of(results)).extracting(Loss::ratio).isSortedAccordingTo((one, other) ->
                Double.compare(other, one)).allSatisfy(ratio -> assertThat(ratio).isGreaterThan(1));
        assertThat(Loss.of(results)).extracting(loss -> loss.what() + " " + loss.against()).contains(
                "call await-0, least time C", "reactor-level, 64x64B, throughput c-level",
                "reactor-level, 64x64B, p99 c-level", "reactor-level, first echo c-level",
                "call await-0, least time selector-0");
    }

    @Test
    @DisplayName("every server on epoll4j is compared, and the first echo from a cache with those of peers; in C "
            + "there is no cache")
    void shouldCompareEachServerWhenItIsOnEpoll4j() {
        assertThat(Loss.of(results)).extracting(loss -> loss.what() + " " + loss.against()).contains(
                "reactor-poll, 64x64B, processor time per message c-level",
                "reactor-select, 64x64B, processor time per message c-level",
                "raw-edge, 64x64B, processor time per message c-level",
                "raw-oneshot, 64x64B, processor time per message c-level",
                "reactor-level, first echo with AOT cache and C1 nio",
                "reactor-level, first echo with AOT cache and C1 c-level",
                "raw-oneshot, first echo with AOT cache and C1 nio",
                "reactor-level, memory of an idle connection, heap and outside c-level");
        assertThat(Peers.OURS).allMatch(server -> server.startsWith("r"));
        assertThat(Loss.of(results)).extracting(Loss::against).contains("nio");
    }

    @Test
    void shouldListNothingWhenEpoll4jIsFaster(@TempDir Path other) throws IOException {
        new MadeUpResults(50, 5, 0.9, 0.9).write(other);

        assertThat(Loss.of(Results.read(other))).extracting(Loss::what)
                .allMatch(what -> what.contains("first") || what.contains("memory"));
    }

    @Test
    void shouldRefuseWhenThereIsNothingToReport(@TempDir Path empty) {
        assertThatIOException().isThrownBy(() -> MarkdownReport.write(empty)).withMessageContaining("no CSV file");
    }

    @Test
    void shouldNameTheFileWhenALineIsCutOff(@TempDir Path torn) throws IOException {
        Files.write(torn.resolve("micro.csv"), List.of("subject,rounds", "await-0"));

        assertThatIOException().isThrownBy(() -> MarkdownReport.write(torn)).withMessageContaining("micro.csv");
    }
}
