package io.github.epoll4j.reactor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A future that a loop completes: waiting for it on that loop's thread is refused, as it would never end. */
final class LoopFuture<T> extends CompletableFuture<T> {
    private final EventLoop loop;

    LoopFuture(EventLoop loop) {
        this.loop = loop;
    }

    EventLoop loop() {
        return loop;
    }

    /** Returns a future that refuses it too. */
    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new LoopFuture<>(loop);
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
        if (!isDone() && loop.inLoop()) {
            throw new IllegalStateException("this is the loop's thread, which completes the future: it cannot wait");
        }
    }
}
