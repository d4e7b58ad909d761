package io.github.epoll4j.examples.http;

import java.io.Serial;

/** Thrown to answer a request with an error. It has no stack trace, since any client can cause it. */
public final class HttpException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The status of the answer. */
    private final Status status;
    /** Further fields of the answer, each with CR LF. */
    private final String fields;

    /**
     * Creates an exception.
     *
     * @param status  the status of the answer
     * @param message its content, one line of ASCII
     */
    public HttpException(Status status, String message) {
        this(status, message, "");
    }

    /**
     * Creates an exception.
     *
     * @param status  the status of the answer
     * @param message its content, one line of ASCII
     * @param fields  further fields of the answer, each with CR LF
     */
    public HttpException(Status status, String message, String fields) {
        super(message, null, false, false);
        this.status = status;
        this.fields = fields;
    }

    /**
     * Returns an exception for a malformed request.
     *
     * @param message the content of the answer
     * @return the exception, with status 400
     */
    public static HttpException badRequest(String message) {
        return new HttpException(Status.BAD_REQUEST, message);
    }

    /**
     * Returns an exception for a target that does not exist.
     *
     * @return the exception, with status 404
     */
    public static HttpException notFound() {
        return new HttpException(Status.NOT_FOUND, "no such page");
    }

    /**
     * Returns the status of the answer.
     *
     * @return the status
     */
    public Status status() {
        return status;
    }

    /**
     * Returns further fields of the answer.
     *
     * @return the fields, each with CR LF
     */
    public String fields() {
        return fields;
    }
}
