package io.github.epoll4j.examples.echo;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** Echoes, and counts what it does; one for all connections of all loops. */
final class EchoStatistics implements ConnectionHandler {
    private final ConnectionHandler echo = new EchoHandler();
    private final LongAdder opened = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private long lastNanos;
    private long lastReads;
    private long lastBytes;

    @Override
    public void onOpen(Connection connection) {
        opened.increment();
    }

    @Override
    public void onData(Connection connection, ByteBuffer data) throws IOException {
        reads.increment();
        bytes.add(data.remaining());
        echo.onData(connection, data);
    }

    @Override
    public void onClosed(Connection connection, Throwable cause) {
        closed.increment();
    }

    /** Prints a line again and again, by a timer of a loop. */
    void printEvery(Duration period, EventLoop loop, PrintStream out) {
        loop.execute(() -> {
            lastNanos = System.nanoTime();
            loop.scheduleAtFixedRate(period, period, () -> out.println(line()));
        });
    }

    private String line() {
        long now = System.nanoTime();
        double seconds = (now - lastNanos) / 1e9;
        long readsNow = reads.sum();
        long bytesNow = bytes.sum();
        long ended = closed.sum();
        String line = String.format(Locale.ROOT, "%d connections (%d opened, %d closed), %.1f MB/s, %.0f reads/s",
                opened.sum() - ended, opened.sum(), ended, (bytesNow - lastBytes) / 1e6 / seconds,
                (readsNow - lastReads) / seconds);
        lastNanos = now;
        lastReads = readsNow;
        lastBytes = bytesNow;
        return line;
    }
}
