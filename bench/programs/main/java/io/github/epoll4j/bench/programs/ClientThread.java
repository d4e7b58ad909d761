package io.github.epoll4j.bench.programs;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The second thread of a program, and how the two wait for each other. */
final class ClientThread implements AutoCloseable {
    private final ExecutorService executor =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("client").daemon().factory());

    /** Runs both to their ends, the server here; ends the client when the server fails. */
    long run(Callable<Long> client, ServerPart server, Runnable abandon) throws IOException {
        Future<Long> nanos = executor.submit(client);
        try {
            server.run(nanos);
        } catch (IOException e) {
            if (nanos.isDone()) {
                throwFailure(nanos, e);
            }
            abandon.run();
            throw e;
        }
        return throwFailure(nanos, null);
    }

    /** Gives the client's result, or throws what ended it. */
    private static long throwFailure(Future<Long> client, IOException other) throws IOException {
        try {
            return client.get();
        } catch (ExecutionException e) {
            IOException failure = new IOException(e.getCause().getMessage(), e.getCause());
            if (other != null) {
                failure.addSuppressed(other);
            }
            throw failure;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the client ran", e);
        }
    }

    @Override
    public void close() {
        executor.close();
    }

    /** What the server does meanwhile. */
    @FunctionalInterface
    interface ServerPart {
        void run(Future<?> client) throws IOException;
    }
}
