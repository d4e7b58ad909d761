package io.github.epoll4j.examples.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

@Timeout(60)
class LabCommandTest {
    private static final List<Scenario> SCENARIOS = List.of(Played.BROKEN, Played.RIGHT, Played.NEW,
            Played.WITHOUT_CALL, Played.SURPRISED);

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Kernel kernel, String... args) {
        return new CommandLine(new LabCommand(SCENARIOS, kernel))
                .setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true)).execute(args);
    }

    @Test
    void shouldSayWhereItDiffersAndEndWith1WhenTheExpectationIsWrong() {
        assertThat(run(new Kernel("9.8.7", "x86_64"), "broken")).isOne();

        assertThat(out.toString()).startsWith("Linux 9.8.7 x86_64")
                .containsPattern("level <&>: '\".* +silent +IN .*(differs|DIFFERS)")
                .containsPattern("nothing is refused +EPERM +done .*(differs|DIFFERS)")
                .contains("differs in 2 of 3 steps, on Linux 9.8.7 x86_64");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldEndWith0WhenAllIsAsExpected() {
        assertThat(run(Kernel.running(), "right")).isZero();

        assertThat(out.toString()).contains("C901  right  A right one", "It is right.", "as expected")
                .containsPattern("1 \\S+ +3  write 3 bytes +3 +3 ").containsPattern("2 \\S+ +3    level +IN +IN ")
                .doesNotContain("scenarios:");
    }

    @Test
    void shouldPlayAllAndEndWith1WhenOneOfThemDiffers() {
        assertThat(run(Kernel.running(), "all")).isOne();

        assertThat(out.toString()).contains("5 scenarios: 2 as expected, 2 differ, 1 skipped");
    }

    @Test
    void shouldListWhatThereIsAndEndWith2WhenAScenarioIsUnknown() {
        assertThat(run(Kernel.running(), "right", "C9")).isEqualTo(2);

        assertThat(out.toString()).as("nothing is played").isEmpty();
        assertThat(err.toString()).startsWith("no scenario C9; there are:")
                .contains("broken", "C900", "A wrong expectation", "right", "C901 C77", "surprised");
    }

    @Test
    void shouldListWhenItIsAskedToOrNothingIsNamed() {
        assertThat(run(Kernel.running(), "--list")).isZero();
        String list = out.toString();
        out.getBuffer().setLength(0);
        assertThat(run(Kernel.running())).isZero();

        assertThat(list).isEqualTo(out.toString()).contains("right         C901 C77  A right one").hasLineCount(5);
    }

    @Test
    void shouldPlayOnceWhatIsNamedByNameAndById() {
        assertThat(run(Kernel.running(), "c77", "RIGHT", "C901")).isZero();

        assertThat(out.toString()).containsOnlyOnce("A right one");
    }

    @Test
    void shouldTellTheVersionThatBroughtACallWhenTheKernelIsOlder() {
        assertThat(run(Played.OLD, "new")).isZero();
        assertThat(out.toString())
                .contains("skipped: epoll_pwait2 came with Linux 5.11; this is 4.4.0-21-generic")
                .doesNotContain("write 3 bytes");
        out.getBuffer().setLength(0);

        assertThat(run(new Kernel("5.11.0", "x86_64"), "new")).isZero();
        assertThat(out.toString()).contains("write 3 bytes", "as expected");
    }

    @Test
    void shouldSkipWhenTheKernelSaysThatItLacksACall() {
        assertThat(run(new Kernel("6.1", "x86_64"), "without-call")).isZero();

        assertThat(out.toString()).contains(
                "skipped: the kernel lacks epoll_pwait2, which came with Linux 5.11; this is 6.1");
    }

    @Test
    void shouldDifferWhenTheKernelRefusesWhatIsTakenForGranted() {
        assertThat(run(Kernel.running(), "surprised")).isOne();

        assertThat(out.toString()).containsPattern("read the disk +no error +read\\(fd=3\\): EIO");
    }

    @Test
    void shouldWriteThePageAndSaySoWhenAFileIsNamed(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("lab.html");

        assertThat(run(Kernel.running(), "broken", "--html", file.toString())).isOne();

        assertThat(out.toString()).contains("written: " + file);
        assertThat(Files.readString(file)).startsWith("<!DOCTYPE html>").contains("A wrong expectation");
    }

    @Test
    void shouldUseColoursAndLettersAsTheTerminalHasThem() {
        String plain = print(Ansi.OFF, UTF_8);
        assertThat(plain).contains("█", "✗ differs", "✓").doesNotContain("\u001b");

        assertThat(print(Ansi.ON, UTF_8)).contains("\u001b[31m").isNotEqualTo(plain);
        assertThat(print(Ansi.OFF, US_ASCII)).matches("[ -~\n]+").contains("###", "DIFFERS");
    }

    @Test
    @DisplayName("a kernel has what came with an older version")
    void shouldCompareVersionsByTheirNumbers() {
        assertThat(new Kernel("5.11.0-rc1", "")).matches(kernel -> kernel.has(KernelCall.EPOLL_PWAIT2));
        assertThat(new Kernel("10.2", "")).matches(kernel -> kernel.has(KernelCall.EPOLL_PWAIT2));
        assertThat(new Kernel("5.4.210", "")).matches(kernel -> !kernel.has(KernelCall.EPOLL_PWAIT2));
        assertThat(new Kernel("4.19", "")).matches(kernel -> kernel.has(KernelCall.EPOLLEXCLUSIVE));
        assertThat(new Kernel("unknown", "")).matches(kernel -> kernel.has(KernelCall.EPOLLEXCLUSIVE));
    }

    private static String print(Ansi ansi, Charset charset) {
        StringWriter text = new StringWriter();
        PrintWriter writer = new PrintWriter(text);
        new TextTimeline(writer, ansi, charset).print(Lab.play(Played.BROKEN, Kernel.running()));
        return text.toString().replace("\u0001", "");
    }
}
