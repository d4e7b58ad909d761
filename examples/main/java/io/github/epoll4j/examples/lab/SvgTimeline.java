package io.github.epoll4j.examples.lab;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Draws a scenario as an oscilloscope would: a track for each signal, and one for each that was asked. */
final class SvgTimeline {
    /** How much of the breadth of bold text a label takes. */
    private static final double LABEL = 0.86;
    private static final double LINE = 15;
    private static final double SIGNAL = 74;
    private static final double ROW = 38;

    private final Play play;
    private final List<Moment> moments;
    private final Set<String> rows = new LinkedHashSet<>();
    private final List<List<String>> labels = new ArrayList<>();
    /** Where each column begins, and the last one ends. */
    private final double[] x;
    private final double top;
    private final double height;
    private final Markup svg = new Markup();

    SvgTimeline(Play play) {
        this.play = play;
        moments = Moment.of(play);
        moments.forEach(moment -> rows.addAll(moment.checks().keySet()));
        x = new double[moments.size() + 1];
        x[0] = gutter();
        double tallest = 0;
        for (int i = 0; i < moments.size(); i++) {
            double width = width(moments.get(i));
            labels.add(wrap(moments.get(i).label(), width - 8));
            tallest = Math.max(tallest, labels.get(i).size() * LINE);
            x[i + 1] = x[i] + width;
        }
        top = 34 + tallest + 10;
        height = top + play.signals().size() * SIGNAL + rows.size() * ROW + 8;
    }

    /** The room that a text takes in bold, in the widest of the usual fonts. */
    private static double breadth(String text) {
        return text.chars().mapToDouble(letter -> letter == '|' || letter == ' ' || letter == '.' ? 5
                : Character.isUpperCase(letter) || letter == 'm' || letter == 'w' ? 10.6 : 8.6).sum();
    }

    private double gutter() {
        double width = 70;
        for (String name : rows) {
            width = Math.max(width, breadth(name) + 16);
        }
        for (String name : play.signals()) {
            width = Math.max(width, 0.6 * breadth(name) + 16);
        }
        return width;
    }

    /** As wide as its longest word and its widest report; the label may take several lines. */
    private static double width(Moment moment) {
        double width = 46;
        for (String line : wrap(moment.label(), 76)) {
            width = Math.max(width, LABEL * breadth(line) + 10);
        }
        for (Check check : moment.checks().values()) {
            if (!check.matches()) {
                width = Math.max(width, breadth("✗ " + check.happened()) + 22);
                width = Math.max(width, LABEL * breadth("instead of " + check.expected()) + 8);
            } else if (!check.isSilent()) {
                width = Math.max(width, breadth(check.happened()) + 22);
            }
        }
        return width;
    }

    /** Lines of a label, each with as many words as have room. */
    private static List<String> wrap(String text, double room) {
        List<String> lines = new ArrayList<>();
        String line = "";
        for (String word : text.split(" ")) {
            if (!line.isEmpty() && LABEL * breadth(line + " " + word) > room) {
                lines.add(line);
                line = "";
            }
            line += (line.isEmpty() ? "" : " ") + word;
        }
        lines.add(line);
        return lines;
    }

    Markup draw() {
        String id = play.scenario().name();
        double width = x[moments.size()] + 8;
        svg.add("<svg role=\"img\" aria-labelledby=\"{}-title {}-desc\" viewBox=\"0 0 {} {}\" "
                + "style=\"width: {}px; min-width: {}px\" xmlns=\"http://www.w3.org/2000/svg\">",
                id, id, width, height, Math.rint(1.2 * width), Math.rint(0.85 * width));
        svg.add("<title id=\"{}-title\">Timeline: {}</title>", id, play.scenario().title());
        svg.add("<desc id=\"{}-desc\">{}</desc>", id, describe());
        for (int i = 0; i < moments.size(); i++) {
            head(i);
        }
        double y = top;
        for (int i = 0; i < play.signals().size(); i++) {
            signal(i, y);
            y += SIGNAL;
        }
        for (String row : rows) {
            row(row, y);
            y += ROW;
        }
        return svg.add("</svg>");
    }

    private String describe() {
        return moments.size() + " moments from left to right. Tracks: " + String.join(", ", play.signals())
                + (play.signals().isEmpty() ? "" : ", ") + String.join(", ", rows) + ". The table below has the same.";
    }

    private void head(int column) {
        double middle = (x[column] + x[column + 1]) / 2;
        if (column % 2 == 0) {
            svg.add("<rect class=\"band\" x=\"{}\" y=\"0\" width=\"{}\" height=\"{}\"/>", x[column],
                    x[column + 1] - x[column], height);
        }
        svg.add("<text class=\"number\" x=\"{}\" y=\"18\">{}</text>", middle, moments.get(column).number());
        List<String> lines = labels.get(column);
        for (int i = 0; i < lines.size(); i++) {
            svg.add("<text class=\"label\" x=\"{}\" y=\"{}\">{}</text>", middle, 38 + i * LINE, lines.get(i));
        }
    }

    private void signal(int index, double y) {
        double base = y + SIGNAL - 12;
        long peak = Math.max(1, moments.stream().mapToLong(moment -> moment.signals().get(index)).max().orElse(1));
        List<String> name = wrap(play.signals().get(index), LABEL * (x[0] - 12));
        for (int i = 0; i < name.size(); i++) {
            svg.add("<text class=\"track\" x=\"{}\" y=\"{}\">{}</text>", x[0] - 10,
                    base - (name.size() - i - 1) * LINE, name.get(i));
        }
        StringBuilder line = new StringBuilder();
        Markup values = new Markup();
        long before = -1;
        for (int i = 0; i < moments.size(); i++) {
            long value = moments.get(i).signals().get(index);
            double level = base - (SIGNAL - 32) * value / peak;
            line.append(point(x[i], level)).append(point(x[i + 1], level));
            if (value != before) {
                double middle = (x[i] + x[i + 1]) / 2;
                values.add("<text class=\"value\" x=\"{}\" y=\"{}\">{}</text>", middle, level - 5, value);
            }
            before = value;
        }
        String area = point(x[0], base) + line + point(x[moments.size()], base);
        svg.add("<polygon class=\"area\" points=\"{}\"/>", area.strip());
        svg.add("<polyline class=\"signal\" points=\"{}\"/>", line.toString().strip());
        svg.add(values);
    }

    private static String point(double x, double y) {
        return Math.round(x) + "," + Math.round(y) + " ";
    }

    private void row(String name, double y) {
        double middle = y + ROW / 2;
        svg.add("<text class=\"track\" x=\"{}\" y=\"{}\">{}</text>", x[0] - 10, middle + 4.5, name);
        svg.add("<line class=\"rail\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
                x[0], middle, x[moments.size()], middle);
        for (int i = 0; i < moments.size(); i++) {
            Check check = moments.get(i).checks().get(name);
            if (check != null) {
                mark(check, (x[i] + x[i + 1]) / 2, middle);
            }
        }
    }

    private void mark(Check check, double x, double y) {
        String tip = check.who() + (check.matches() ? ": " : " differs: expected " + check.expected() + ", happened ")
                + check.happened();
        svg.add("<g><title>{}</title>", tip.strip());
        if (!check.matches()) {
            pill("differs", "✗ " + check.happened(), x, y);
            svg.add("<text class=\"wanted\" x=\"{}\" y=\"{}\">instead of {}</text>", x, y + 21.5, check.expected());
        } else if (check.isSilent()) {
            svg.add("<circle class=\"silent\" cx=\"{}\" cy=\"{}\" r=\"5\"/>", x, y);
        } else {
            pill(check.who().isEmpty() ? "answer" : "report", check.happened(), x, y);
        }
        svg.add("</g>");
    }

    private void pill(String type, String text, double x, double y) {
        double width = breadth(text) + 14;
        svg.add("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"22\" rx=\"5\"/>",
                type, x - width / 2, y - 11, width);
        svg.add("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>", type, x, y + 4.5, text);
    }
}
