package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

/** The status codes that the server answers with. */
public enum Status {
    SWITCHING_PROTOCOLS(101, "Switching Protocols"),
    OK(200, "OK"),
    PARTIAL_CONTENT(206, "Partial Content"),
    NOT_MODIFIED(304, "Not Modified"),
    BAD_REQUEST(400, "Bad Request"),
    FORBIDDEN(403, "Forbidden"),
    NOT_FOUND(404, "Not Found"),
    METHOD_NOT_ALLOWED(405, "Method Not Allowed"),
    REQUEST_TIMEOUT(408, "Request Timeout"),
    CONTENT_TOO_LARGE(413, "Content Too Large"),
    RANGE_NOT_SATISFIABLE(416, "Range Not Satisfiable"),
    UPGRADE_REQUIRED(426, "Upgrade Required"),
    HEAD_TOO_LARGE(431, "Request Header Fields Too Large"),
    INTERNAL_ERROR(500, "Internal Server Error"),
    NOT_IMPLEMENTED(501, "Not Implemented"),
    VERSION_NOT_SUPPORTED(505, "HTTP Version Not Supported");

    /** The number. */
    public final int code;
    /** The number and the reason, such as {@code 404 Not Found}. */
    public final String text;
    /** The status line, with CR LF. */
    final byte[] line;

    Status(int code, String reason) {
        this.code = code;
        this.text = code + " " + reason;
        this.line = ("HTTP/1.1 " + text + "\r\n").getBytes(US_ASCII);
    }
}
