package io.github.epoll4j.reactor.loop;

/**
 * Receives what handlers, tasks, timers and other callbacks of an {@link EventLoop} throw: exceptions, also checked
 * ones that their method does not declare, and errors. Called on the loop's thread.
 */
@FunctionalInterface
public interface FailureHandler {
    /** Logs each failure as an error to the {@link System.Logger} named {@code io.github.epoll4j.reactor}. */
    FailureHandler LOGGING = (loop, source, failure) -> System.getLogger("io.github.epoll4j.reactor")
            .log(System.Logger.Level.ERROR, "failed: " + description(source), failure);

    /**
     * Handles a failure. An exception of this method is logged, and changes nothing else.
     *
     * @param loop    the loop on which it happened
     * @param source  the object whose code has failed: a handler, a task, or a connection, which names its peer
     * @param failure what was thrown
     */
    void failed(EventLoop loop, Object source, Throwable failure);

    /** Returns the text of a failure's source; the name of its class if its own {@code toString} throws. */
    private static String description(Object source) {
        try {
            return String.valueOf(source);
        } catch (Throwable e) {
            return source.getClass().getName();
        }
    }
}
