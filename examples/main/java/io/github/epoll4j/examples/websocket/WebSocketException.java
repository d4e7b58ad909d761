package io.github.epoll4j.examples.websocket;

import java.io.IOException;
import java.io.Serial;

/** Thrown if a client violates the protocol. It has no stack trace, since any client can cause it. */
public final class WebSocketException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The code of the close frame that the client gets. */
    private final int code;

    WebSocketException(int code, String message) {
        super(message);
        this.code = code;
    }

    /**
     * Returns the code of the close frame that the client gets.
     *
     * @return such as 1002
     */
    public int code() {
        return code;
    }

    @Override
    public Throwable fillInStackTrace() { // not synchronized: it does nothing
        return this;
    }
}
