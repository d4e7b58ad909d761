package io.github.epoll4j.examples.http;

/**
 * A part of a file, RFC 9110, 14.
 *
 * @param first the offset of the first byte
 * @param last  the offset of the last byte
 */
record ByteRange(long first, long last) {
    private static final String UNIT = "bytes=";
    private static final int MAX_DIGITS = 18;

    /**
     * Parses the value of Range.
     *
     * @param value such as {@code bytes=0-499}, {@code bytes=500-} or {@code bytes=-500}
     * @param size  the size of the file
     * @return the part; null if the value asks for several parts, or is malformed: the whole file is sent then
     * @throws HttpException if the file has none of these bytes
     */
    static ByteRange parse(String value, long size) throws HttpException {
        int hyphen = value.indexOf('-');
        if (!value.regionMatches(true, 0, UNIT, 0, UNIT.length()) || hyphen < 0) {
            return null;
        }
        String from = value.substring(UNIT.length(), hyphen);
        String to = value.substring(hyphen + 1);
        if (!isNumber(from) && !from.isEmpty() || !isNumber(to) && !to.isEmpty() || from.isEmpty() && to.isEmpty()) {
            return null;
        }
        long first = from.isEmpty() ? Math.max(0, size - Long.parseLong(to)) : Long.parseLong(from);
        long last = from.isEmpty() || to.isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(to));
        if (!from.isEmpty() && !to.isEmpty() && Long.parseLong(to) < first) {
            return null;
        }
        if (first > last) {
            throw new HttpException(Status.RANGE_NOT_SATISFIABLE, "the file has " + size + " bytes",
                    "Content-Range: bytes */" + size + "\r\n");
        }
        return new ByteRange(first, last);
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    long count() {
        return last - first + 1;
    }

    /** Returns the field Content-Range, with CR LF. */
    String field(long size) {
        return "Content-Range: bytes " + first + "-" + last + "/" + size + "\r\n";
    }
}
