package io.github.epoll4j.reactor;

import java.util.concurrent.ExecutionException;

/** What a handler or a task has thrown, as a {@link FailureHandler} gets it. */
final class Reported {
    private Reported() {
    }

    /** An exception is reported as it is, an Error as the cause of one. */
    static Exception of(Throwable thrown) {
        return thrown instanceof Exception exception ? exception : new ExecutionException(thrown);
    }
}
