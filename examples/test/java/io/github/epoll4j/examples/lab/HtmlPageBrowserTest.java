package io.github.epoll4j.examples.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Commands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Has a browser lay the page out, and measures what one would see. */
@Timeout(150)
class HtmlPageBrowserTest {
    private static final String[] BROWSERS = {"chromium-headless-shell", "chromium", "chromium-browser",
            "google-chrome", "google-chrome-stable"};
    private static final Pattern REPORT = Pattern.compile("data-report=\"([^\"]*)\"");

    /** Names what sticks out: of the page, of a drawing, of its frame, of its column. */
    private static final String MEASURE = """
            <script>
            const wrong = [];
            const check = (fits, what, element) => {
              if (!fits) wrong.push(what + ' ' + element.textContent.trim().slice(0, 40));
            };
            const inside = (inner, outer) => inner.left >= outer.left - 0.5 && inner.right <= outer.right + 0.5
                && inner.top >= outer.top - 0.5 && inner.bottom <= outer.bottom + 0.5;
            document.querySelectorAll('details').forEach(element => element.open = true);
            check(document.documentElement.scrollWidth <= innerWidth, 'wider than the window:', document.body);
            let texts = 0;
            document.querySelectorAll('svg').forEach(svg => {
              const drawing = svg.getBoundingClientRect();
              const frames = [...svg.querySelectorAll('rect:not(.band)')].map(rect => rect.getBoundingClientRect());
              const labels = [...svg.querySelectorAll('text')].map(text => text.getBoundingClientRect());
              svg.querySelectorAll('text').forEach((text, index) => {
                texts++;
                const box = labels[index];
                check(box.width > 0 && inside(box, drawing), 'outside the drawing:', text);
                if (text.matches('.report, .answer, .differs')) {
                  const framed = frames.some(frame => box.left >= frame.left && box.right <= frame.right);
                  check(framed, 'out of its frame:', text);
                }
                labels.forEach((other, place) => check(place <= index || box.right <= other.left + 0.5
                    || other.right <= box.left + 0.5 || box.bottom <= other.top + 3 || other.bottom <= box.top + 3,
                    'over another text:', text));
              });
            });
            document.querySelectorAll('main p, h1, h2, li').forEach(text =>
                check(text.scrollWidth <= text.clientWidth + 1, 'wider than its place:', text));
            document.body.dataset.report = innerWidth + ' px, ' + texts + ' texts: ' + wrong.join('; ');
            </script>
            </body>""";

    @ParameterizedTest(name = "{0} pixels wide, {1}")
    @CsvSource({"1280, light", "390, dark"})
    void shouldFitWithoutErrorsWhenABrowserShowsIt(int width, String scheme, @TempDir Path folder) throws Exception {
        String browser = Commands.assumePresent(BROWSERS);
        String page = new HtmlPage(Kernel.running(), HtmlPageTest.PLAYS).toString();
        Path file = Files.writeString(folder.resolve("lab.html"), page.replace("</body>", MEASURE));

        Path dom = folder.resolve("dom.html");
        Path log = folder.resolve("log.txt");
        Process process = new ProcessBuilder(browser, "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-background-networking", "--no-first-run", "--user-data-dir=" + folder.resolve("profile"),
                "--blink-settings=preferredColorScheme=" + (scheme.equals("dark") ? 0 : 1),
                "--window-size=" + width + ",900", "--enable-logging=stderr", "--dump-dom", file.toUri().toString())
                .redirectOutput(dom.toFile()).redirectError(log.toFile()).start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("the browser ends").isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }

        Matcher report = REPORT.matcher(Files.readString(dom, UTF_8));
        assertThat(report.find()).as("the page was measured; %s", Files.readString(log, UTF_8)).isTrue();
        assertThat(report.group(1)).matches(width + " px, \\d{3,} texts: ");
        assertThat(Files.readAllLines(log, UTF_8)).noneMatch(line -> line.contains("CONSOLE"));
    }
}
