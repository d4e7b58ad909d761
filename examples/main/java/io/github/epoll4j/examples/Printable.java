package io.github.epoll4j.examples;

/** Characters of others that a terminal may show: none moves its cursor, breaks a line or turns the text around. */
public final class Printable {
    private Printable() {
    }

    /**
     * Returns whether a character is shown, and nothing else happens: no control character but a tab, no separator of
     * lines, and no override or isolate of the direction of text.
     *
     * @param codePoint the character
     * @return whether it may be printed
     */
    public static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL -> codePoint == '\t';
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            case Character.FORMAT -> !(0x202A <= codePoint && codePoint <= 0x202E)
                    && !(0x2066 <= codePoint && codePoint <= 0x2069);
            default -> true;
        };
    }

    /**
     * Returns lines of text as they may be printed.
     *
     * @param text lines, each ended by a line feed
     * @return the text with a space in place of each character that is neither printable nor a line feed
     */
    public static String lines(String text) {
        StringBuilder lines = new StringBuilder(text.length());
        text.codePoints().map(each -> each == '\n' || isPrintable(each) ? each : ' ').forEach(lines::appendCodePoint);
        return lines.toString();
    }
}
