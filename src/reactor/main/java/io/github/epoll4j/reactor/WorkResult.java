package io.github.epoll4j.reactor;

/**
 * What takes the result of work that was given to {@link WorkerPool#submit}; on the loop's thread.
 *
 * @param <T> what the work makes
 */
@FunctionalInterface
public interface WorkResult<T> {
    /**
     * Takes the result.
     *
     * @param value what the work made; null if it failed
     * @param cause what it threw, or a {@link java.util.concurrent.CancellationException} if the pool was closed before
     *     it began; null if it did not fail
     */
    void done(T value, Throwable cause);
}
