package io.github.epoll4j.bench.echo;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.worker.WorkerPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/** Boss and workers: one loop waits, and so many workers compute or sleep before they echo. */
final class WorkersEcho {
    /** What a message costs that is computed on: about 100 microseconds. */
    private static final int STEPS = 50_000;
    /** What a message costs that blocks: at least so long, without computing. */
    private static final long SLEEP_NANOS = 1_000_000;
    private static final int QUEUE_CAPACITY = 1024;

    private WorkersEcho() {
    }

    /**
     * Runs it.
     *
     * @param way the handler (cpu or blocking), the threads (platform or virtual) and their number, such as
     *     {@code cpu-platform-3}
     */
    static void run(String way) throws IOException, InterruptedException {
        String[] words = way.split("-");
        ConnectionHandler handler = switch (words[0]) {
            case "cpu" -> new Computing();
            case "blocking" -> new Blocking();
            default -> throw new IllegalArgumentException("no such handler: " + words[0]);
        };
        Thread.Builder threads = words[1].equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform();
        try (WorkerPool pool = WorkerPool.open(Integer.parseInt(words[2]), QUEUE_CAPACITY, threads.factory());
                Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
            Listener listener = reactor.listen(
                    new InetSocketAddress("127.0.0.1", 0), connection -> pool.handler(handler));
            JavaServer.listening(listener.port());
            reactor.awaitClose();
        }
    }

    /** Computes for each message; what comes out matters to the connection, lest a compiler leave it out. */
    private static final class Computing implements ConnectionHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) {
            long value = data.get(data.position()) | 1;
            for (int i = 0; i < STEPS; i++) {
                value ^= value << 13;
                value ^= value >>> 7;
                value ^= value << 17;
            }
            if (value == 0) { // xorshift never gets there
                connection.closeNow();
            }
            connection.write(data);
        }
    }

    /** Sleeps for each message, as one waits for a database; not any longer when it is interrupted. */
    private static final class Blocking implements ConnectionHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) {
            long end = System.nanoTime() + SLEEP_NANOS;
            long left = SLEEP_NANOS;
            while (left > 0 && !Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(left);
                left = end - System.nanoTime();
            }
            connection.write(data);
        }
    }
}
