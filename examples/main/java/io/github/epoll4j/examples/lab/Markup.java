package io.github.epoll4j.examples.lab;

import java.util.Locale;

/** Text that becomes part of a page, which is XML as well as HTML. */
final class Markup {
    private final StringBuilder page = new StringBuilder();

    /** Appends markup with a value in each place of {@code {}}, escaped, or a coordinate. */
    Markup add(String markup, Object... values) {
        int from = 0;
        for (Object value : values) {
            int place = markup.indexOf("{}", from);
            page.append(markup, from, place).append(spell(value));
            from = place + 2;
        }
        page.append(markup, from, markup.length()).append('\n');
        return this;
    }

    /** Appends markup that was made before. */
    Markup add(Markup part) {
        page.append(part);
        return this;
    }

    private static String spell(Object value) {
        if (value instanceof Double coordinate) {
            String number = String.format(Locale.ROOT, "%.1f", coordinate);
            return number.endsWith(".0") ? number.substring(0, number.length() - 2) : number;
        }
        return escape(value.toString());
    }

    /** For text and for attributes; what XML cannot hold becomes a mark. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        text.codePoints().forEach(letter -> {
            switch (letter) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isOfXml(letter) ? letter : '\uFFFD');
            }
        });
        return escaped.toString();
    }

    private static boolean isOfXml(int letter) {
        return letter >= ' ' && !(letter >= 0xD800 && letter <= 0xDFFF) && letter != 0xFFFE && letter != 0xFFFF
                || letter == '\n' || letter == '\t';
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
