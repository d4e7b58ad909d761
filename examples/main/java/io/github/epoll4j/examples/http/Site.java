package io.github.epoll4j.examples.http;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The pages of a server, as one loop has them. */
interface Site {
    /**
     * Refuses a request whose method the target does not support. It is called before the body comes if the client
     * waits for {@code 100 Continue}, and in any case before {@link #answer}.
     *
     * @param request the head of the request
     * @throws HttpException to refuse it
     */
    void check(Request request) throws HttpException;

    /**
     * Answers a request.
     *
     * @param request the head of the request
     * @param body    its body, which may be empty
     * @param answer  to be called once
     * @throws HttpException to answer with an error
     * @throws IOException   to answer with an error of the server
     */
    void answer(Request request, ByteBuffer body, Answer answer) throws HttpException, IOException;

    /** Handles the passing of about a second. */
    default void tick() {
    }
}
