package io.github.epoll4j.reactor;

import io.github.epoll4j.reactor.loop.EventLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A future that loops complete. Waiting for it on their threads is refused, as it would never end. */
final class LoopFuture<T> extends CompletableFuture<T> {
    private final List<EventLoop> loops;

    LoopFuture(EventLoop loop) {
        this(List.of(loop));
    }

    LoopFuture(List<EventLoop> loops) {
        this.loops = loops;
    }

    EventLoop loop() {
        return loops.getFirst();
    }

    /** Creates a future that refuses it too. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new LoopFuture<>(loops);
    }

    @Override
    public T join() {
        requireNoWait();
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        requireNoWait();
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        requireNoWait();
        return super.get(timeout, unit);
    }

    private void requireNoWait() {
        if (!isDone() && loops.stream().anyMatch(EventLoop::inLoop)) {
            throw new IllegalStateException("this is the loop's thread, which completes the future: it cannot wait");
        }
    }
}
