package io.github.epoll4j.examples.lab;

import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Help.Ansi;

/** Prints scenarios for a terminal: one line per step, with what was expected beside what happened. */
final class TextTimeline {
    private static final int BAR = 8;
    private static final int WIDTH = 96;

    private final PrintWriter out;
    private final Ansi ansi;
    private final boolean unicode;

    /** Prints with colours if {@code ansi} says so, and with letters that the charset has. */
    TextTimeline(PrintWriter out, Ansi ansi, Charset charset) {
        this.out = out;
        this.ansi = ansi;
        this.unicode = charset.newEncoder().canEncode("█▁✓✗·…");
    }

    void print(Play play) {
        Scenario scenario = play.scenario();
        line("");
        line(style("bold", scenario.id() + "  " + scenario.name() + "  ") + scenario.title());
        wrap(scenario.shows()).forEach(text -> line(style("faint", text)));
        if (!play.steps().isEmpty()) {
            line("");
            steps(play);
        }
        line(verdict(play));
    }

    private void steps(Play play) {
        List<String> signals = play.signals();
        int what = width(play, "step", Step::title);
        int expected = width(play, "expected", Step::expected);
        int happened = width(play, "happened", Step::happened);
        List<Long> peaks = peaks(play);
        if (!signals.isEmpty()) {
            line(style("faint", "     " + String.join(" | ", signals)));
        }
        String gap = " ".repeat(signals.size() * (BAR + 8));
        line(style("faint", "   # " + gap + pad("step", what) + pad("expected", expected) + "happened"));
        for (int i = 0; i < play.steps().size(); i++) {
            Step step = play.steps().get(i);
            StringBuilder text = new StringBuilder(String.format("%4d ", i + 1));
            for (int s = 0; s < signals.size(); s++) {
                text.append(bar(step.signals().get(s), peaks.get(s)));
            }
            text.append(step.action() ? style("bold", pad(step.title(), what)) : pad(step.title(), what));
            text.append(pad(step.expected(), expected));
            String told = pad(step.happened(), happened);
            if (step.checks().isEmpty()) {
                text.append(told);
            } else {
                text.append(step.matches() ? told : style("bold,red", told)).append(mark(step.matches()));
            }
            line(text.toString().stripTrailing());
        }
    }

    /** A column's width: that of its longest entry, and two spaces. */
    private int width(Play play, String heading, Function<Step, String> column) {
        return 2 + Math.max(heading.length(),
                play.steps().stream().mapToInt(step -> plain(column.apply(step)).length()).max().orElse(0));
    }

    private static List<Long> peaks(Play play) {
        List<Long> peaks = new ArrayList<>(Collections.nCopies(play.signals().size(), 1L));
        for (Step step : play.steps()) {
            for (int i = 0; i < peaks.size(); i++) {
                peaks.set(i, Math.max(peaks.get(i), step.signals().get(i)));
            }
        }
        return peaks;
    }

    /** A signal's value as a bar and a number; at least one block for what is not nothing. */
    private String bar(long value, long peak) {
        int blocks = (int) Math.ceilDiv(value * BAR, peak);
        String bar = (unicode ? "█" : "#").repeat(blocks);
        return style("cyan", pad(bar, BAR)) + pad(String.format("%6d", value), 8);
    }

    private String mark(boolean matches) {
        if (matches) {
            return style("green", unicode ? "✓" : "ok");
        }
        return style("bold,red", unicode ? "✗ differs" : "DIFFERS");
    }

    private String verdict(Play play) {
        return switch (play.outcome()) {
            case MATCHES -> style("green", "     as expected");
            case DIFFERS -> style("bold,red", "     differs in " + play.differing() + " of " + play.steps().size()
                    + " steps, on " + play.kernel());
            case SKIPPED -> style("yellow", "     skipped: " + play.skipped());
        };
    }

    private String style(String style, String text) {
        // reset, since what is said to end bold (21) underlines on some terminals
        return ansi.enabled() ? Ansi.Style.on(Ansi.Style.parse(style)) + text + Ansi.Style.reset.on() : text;
    }

    private String pad(String text, int width) {
        String plain = plain(text);
        return plain + " ".repeat(Math.max(0, width - plain.length()));
    }

    /** In letters that the terminal has. */
    private String plain(String text) {
        return unicode ? text : text.replace("…", "...").replace("µ", "u");
    }

    private void line(String text) {
        out.println(plain(text));
    }

    private static List<String> wrap(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() + word.length() >= WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "     " : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
