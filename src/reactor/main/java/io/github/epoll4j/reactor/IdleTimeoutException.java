package io.github.epoll4j.reactor;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;
import java.util.Objects;

/** A connection took longer for something than its {@link ConnectionConfig} allows. */
public final class IdleTimeoutException extends IOException {
    /** The timeout that has passed. */
    public enum Kind {
        /** No byte came: {@link ConnectionConfig#readIdleTimeout()}. */
        READ("no byte came for "),
        /** The socket took no byte: {@link ConnectionConfig#writeIdleTimeout()}. */
        WRITE("no byte was written for "),
        /** No byte came or was written: {@link ConnectionConfig#idleTimeout()}. */
        BOTH("no byte came or was written for "),
        /** A message was not complete: {@link ConnectionConfig#messageTimeout()}. */
        MESSAGE("a message was not complete within "),
        /** The peer did not take or acknowledge the last bytes: {@link ConnectionConfig#closeTimeout()}. */
        CLOSE("the peer took none of the last bytes of a closing connection for ");

        private final String text;

        Kind(String text) {
            this.text = text;
        }
    }

    @Serial
    private static final long serialVersionUID = 1L;

    /** The timeout. */
    private final Kind kind;

    /**
     * Creates an exception, for implementations of {@link Connection}.
     *
     * @param kind    the timeout that has passed
     * @param timeout its length
     */
    public IdleTimeoutException(Kind kind, Duration timeout) {
        super(Objects.requireNonNull(kind).text + timeout);
        this.kind = kind;
    }

    /**
     * Returns the timeout that has passed.
     *
     * @return its kind
     */
    public Kind kind() {
        return kind;
    }
}
