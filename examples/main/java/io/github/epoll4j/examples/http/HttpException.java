package io.github.epoll4j.examples.http;

import java.io.Serial;

/** Thrown to answer a request with an error. It has no stack trace, since any client can cause it. */
final class HttpException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The status of the answer. */
    private final Status status;
    /** Further fields of the answer, each with CR LF. */
    private final String fields;

    HttpException(Status status, String message) {
        this(status, message, "");
    }

    HttpException(Status status, String message, String fields) {
        super(message, null, false, false);
        this.status = status;
        this.fields = fields;
    }

    static HttpException badRequest(String message) {
        return new HttpException(Status.BAD_REQUEST, message);
    }

    static HttpException notFound() {
        return new HttpException(Status.NOT_FOUND, "no such page");
    }

    Status status() {
        return status;
    }

    String fields() {
        return fields;
    }
}
