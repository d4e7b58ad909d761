package io.github.epoll4j.reactor;

import java.io.IOException;
import java.io.Serial;
import java.time.Duration;

/** A connection was ended because nothing moved on it for longer than its {@link ConnectionConfig} allows. */
public final class IdleTimeoutException extends IOException {
    /** What did not happen. */
    public enum Kind {
        /** No byte came: {@link ConnectionConfig#readIdleTimeout()}. */
        READ,
        /** The socket took no byte: {@link ConnectionConfig#writeIdleTimeout()}. */
        WRITE,
        /** Neither: {@link ConnectionConfig#idleTimeout()}. */
        BOTH,
        /** The peer did not read what a close had to flush: {@link ConnectionConfig#closeTimeout()}. */
        CLOSE
    }

    @Serial
    private static final long serialVersionUID = 1L;

    /** Which of the timeouts it was. */
    private final Kind kind;

    IdleTimeoutException(Kind kind, Duration timeout) {
        super(text(kind) + timeout);
        this.kind = kind;
    }

    private static String text(Kind kind) {
        return switch (kind) {
            case READ -> "nothing came for ";
            case WRITE -> "nothing was written for ";
            case BOTH -> "nothing came and nothing was written for ";
            case CLOSE -> "the peer read nothing, while the connection was being closed, for ";
        };
    }

    /**
     * Tells which of the timeouts it was.
     *
     * @return what did not happen
     */
    public Kind kind() {
        return kind;
    }
}
