package io.github.epoll4j.examples;

import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs a server until it ends, or until SIGTERM or SIGINT (Ctrl-C) ends the program, and then lets it close what it has
 * open before the JVM exits with the signal's status (143 or 130).
 */
public final class Serving {
    /** How long a signal waits for the server: it must be gone within a second. */
    private static final Duration GRACE = Duration.ofMillis(900);

    private Serving() {
    }

    /**
     * Runs a server in the calling thread.
     *
     * @param ready the line to print once a signal is answered
     * @param body  what serves, and closes everything when it returns
     * @param stop  what makes it return soon, or at once if called before it; called in another thread
     * @throws IOException if the server fails
     */
    public static void untilSignal(String ready, Body body, Runnable stop) throws IOException {
        untilSignal(ready, body, stop, GRACE);
    }

    /**
     * Runs a server in the calling thread.
     *
     * @param ready the line to print once a signal is answered
     * @param body  what serves, and closes everything when it returns
     * @param stop  what makes it return soon, or at once if called before it; called in another thread
     * @param grace the time that a signal waits for the server
     * @throws IOException if the server fails
     */
    public static void untilSignal(String ready, Body body, Runnable stop, Duration grace) throws IOException {
        Thread server = Thread.currentThread();
        Thread hook = new Thread(() -> {
            stop.run();
            try {
                server.join(grace.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            System.out.println(ready);
            body.run();
        } finally {
            remove(hook);
        }
    }

    /**
     * Waits until a reactor is closed.
     *
     * @param reactor what serves
     * @throws IOException if a loop of it has failed
     */
    public static void await(Reactor reactor) throws IOException {
        try {
            reactor.awaitClose();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Asks the handlers of listeners' connections to end them, and closes the reactor when they have, or when a time is
     * over.
     *
     * @param reactor   what serves
     * @param listeners its listeners
     * @param grace     the longest time to wait
     */
    public static void drain(Reactor reactor, List<Listener> listeners, Duration grace) {
        CompletableFuture.allOf(listeners.stream().map(Listener::drain).toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, grace.toMillis(), TimeUnit.MILLISECONDS).join();
        reactor.close(Duration.ZERO);
    }

    private static void remove(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // a signal has started it
        }
    }

    /** What serves. */
    @FunctionalInterface
    public interface Body {
        /**
         * Serves until it is stopped.
         *
         * @throws IOException if it cannot go on
         */
        void run() throws IOException;
    }
}
