package io.github.epoll4j.examples.http;

import java.util.Set;

/**
 * The head of a request, as far as this server reads it.
 *
 * @param method              such as {@code GET}
 * @param target              the target as it was sent: visible ASCII characters
 * @param isHttp10            true for HTTP/1.0
 * @param isPersistent        true if the client wants to send further requests on the connection
 * @param isChunked           true if the body comes in chunks
 * @param contentLength       the length of the body, 0 for none; not used if it comes in chunks
 * @param isContinueExpected  true if the client waits for {@code 100 Continue} before it sends the body
 * @param range               the value of Range; null for none, likewise the others
 * @param ifRange             the value of If-Range
 * @param ifNoneMatch         the value of If-None-Match
 * @param ifModifiedSince     the value of If-Modified-Since
 * @param upgrade             the protocol that the client wants to change to
 */
public record Request(String method, String target, boolean isHttp10, boolean isPersistent, boolean isChunked,
        long contentLength, boolean isContinueExpected, String range, String ifRange, String ifNoneMatch,
        String ifModifiedSince, Upgrade upgrade) {
    /** The methods of RFC 9110 and PATCH. Another one is not implemented anywhere. */
    private static final Set<String> KNOWN_METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    /**
     * Returns whether the answer has no content.
     *
     * @return true for HEAD
     */
    public boolean isHead() {
        return method.equals("HEAD");
    }

    /**
     * Returns whether a body follows.
     *
     * @return true if it has at least one byte, or comes in chunks
     */
    public boolean hasBody() {
        return isChunked || contentLength > 0;
    }

    /**
     * Refuses a method other than GET and HEAD.
     *
     * @throws HttpException for another method
     */
    public void requireGet() throws HttpException {
        if (!method.equals("GET") && !isHead()) {
            throw notAllowed("GET, HEAD");
        }
    }

    /** Returns the error for a method that the target does not support. */
    HttpException notAllowed(String allowed) {
        return KNOWN_METHODS.contains(method)
                ? new HttpException(Status.METHOD_NOT_ALLOWED, "try " + allowed, "Allow: " + allowed + "\r\n")
                : new HttpException(Status.NOT_IMPLEMENTED, "unknown method");
    }

    /**
     * Returns the target's path, still percent-encoded and without the query: of the origin form, such as {@code
     * /a?b}, and of the absolute form, such as {@code http://host/a?b}.
     *
     * @return the path
     * @throws HttpException if the target has neither form
     */
    public String path() throws HttpException {
        int start = 0;
        if (target.charAt(0) != '/') {
            if (!target.regionMatches(true, 0, "http://", 0, 7)) {
                throw HttpException.badRequest("the target is neither a path nor an http URI");
            }
            start = target.indexOf('/', 7);
        }
        int query = target.indexOf('?');
        int end = query < 0 ? target.length() : query;
        return start < 0 || start >= end ? "/" : target.substring(start, end);
    }
}
