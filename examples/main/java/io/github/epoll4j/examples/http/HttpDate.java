package io.github.epoll4j.examples.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Times as HTTP and the access log write them, in seconds since 1970. */
public final class HttpDate {
    private static final DateTimeFormatter FIELD =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter LOG =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss +0000", Locale.US).withZone(ZoneOffset.UTC);

    private HttpDate() {
    }

    /**
     * Returns a time as a field has it.
     *
     * @param seconds the time
     * @return such as {@code Sun, 06 Nov 1994 08:49:37 GMT}
     */
    public static String field(long seconds) {
        return FIELD.format(Instant.ofEpochSecond(seconds));
    }

    /** Returns such as {@code 06/Nov/1994:08:49:37 +0000}. */
    static String log(long seconds) {
        return LOG.format(Instant.ofEpochSecond(seconds));
    }

    /** Returns the time of a field; Long.MIN_VALUE if it is none. The obsolete forms are not read. */
    static long parse(String field) {
        try {
            return FIELD.parse(field, Instant::from).getEpochSecond();
        } catch (DateTimeParseException e) {
            return Long.MIN_VALUE;
        }
    }
}
