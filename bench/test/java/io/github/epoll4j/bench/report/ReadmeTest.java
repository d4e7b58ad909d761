package io.github.epoll4j.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What README says of the costs is what the run that it links to has measured. */
class ReadmeTest {
    private static String readme;
    private static Results results;

    @BeforeAll
    static void read() throws IOException {
        Path bench = CProgram.home().toAbsolutePath().normalize();
        readme = Files.readString(bench.resolveSibling("README.md"));
        Matcher run = Pattern.compile("\\(bench/(results/[\\w-]+)/REPORT\\.md\\)").matcher(readme);
        assertThat(run.find()).as("a link to a run").isTrue();
        results = Results.read(bench.resolve(run.group(1)));
    }

    /** The lines of a table that stands between two comments, below its head. */
    private static Stream<String> table(String name) {
        int begin = readme.indexOf("<!-- " + name + " -->");
        int end = readme.indexOf("<!-- /" + name + " -->");
        return begin < 0 || end < 0 ? Stream.empty()
                : readme.substring(begin, end).lines().filter(line -> line.startsWith("|")).skip(2);
    }

    @Test
    @DisplayName("the table of promises has each, with what was measured, which misses none by more than a tenth")
    void shouldStandInTheReadmeWhenItIsPromised() throws IOException {
        StringWriter out = new StringWriter();

        assertThat(table("promises")).containsExactlyElementsOf(
                Promise.all().stream().map(promise -> promise.readmeLine(results)).toList());
        assertThat(CheckCommand.judge(Promise.all(), results, new PrintWriter(out))).as(out.toString()).isZero();
    }

    @Test
    @DisplayName("the table of servers has what was measured of each that it names")
    void shouldSayWhatWasMeasuredOfTheServers() {
        assertThat(table("servers")).hasSizeGreaterThanOrEqualTo(6).allSatisfy(line -> {
            Matcher server = Pattern.compile("`([\\w-]+)`").matcher(line);
            assertThat(server.find()).isTrue();
            String id = server.group(1);
            Stream<String> ratios = Stream.of("64x64B", "64x16K", "1000x1K", "10000x1K", "10000idle+64")
                    .map(load -> number("%.2f", "servers", "cpu_ratio_median", "load", load, "server", id));
            Stream<String> footprint = Stream.of("heap_bytes_median", "first_echo_ms_median",
                            "archived_first_echo_ms_median")
                    .map(column -> number("%.0f", "servers-footprint", column, "server", id));

            assertThat(Stream.of(line.split("\\|")).skip(2).map(String::strip))
                    .containsExactlyElementsOf(Stream.concat(ratios, footprint).toList());
        });
    }

    private static String number(String format, String table, String column, String... where) {
        return String.format(Locale.ROOT, format, results.find(table, where).getFirst().value(column));
    }
}
