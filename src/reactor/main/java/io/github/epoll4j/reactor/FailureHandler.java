package io.github.epoll4j.reactor;

/** What an {@link EventLoop} tells of an exception that a handler, a task or a timer let out; on the loop's thread. */
@FunctionalInterface
public interface FailureHandler {
    /** Logs each failure as an error to the {@link System.Logger} named {@code io.github.epoll4j.reactor}. */
    FailureHandler LOGGING = (loop, source, exception) -> System.getLogger("io.github.epoll4j.reactor")
            .log(System.Logger.Level.ERROR, () -> "failed: " + source, exception);

    /**
     * Takes note of a failure.
     *
     * @param loop      where it happened
     * @param source    the handler or task that let the exception out
     * @param exception what it let out
     */
    void failed(EventLoop loop, Object source, Exception exception);
}
