package io.github.epoll4j.examples.styles;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The style of a game: the world goes on whether somebody speaks or not, ten times a second, so it waits until the next
 * tick at most. The time to wait is what is left until then: with the same timeout for each wait, a tick would come
 * late by all that was done meanwhile, and with much input never.
 */
@Command(name = "style-tick", sortOptions = false, usageHelpAutoWidth = true,
        description = "The style of a game: waits until the world's next tick; say left or right to turn the monster.")
public final class TickStyle implements Callable<Integer> {
    private static final long TICK_NANOS = Duration.ofMillis(100).toNanos();

    @Mixin
    private ListenAddress address;

    private volatile boolean stopping;
    private long tick;
    private long position;
    private int direction = 1;

    @Override
    public Integer call() throws IOException {
        try (TcpListener listener = address.listen(); EpollInstance epoll = EpollInstance.open()) {
            String ready = "style-tick listening on " + address.withPort(listener.localAddress().getPort());
            Serving.untilSignal(ready, () -> serve(listener, epoll), () -> {
                stopping = true;
                epoll.wakeup();
            });
        }
        return 0;
    }

    private void serve(TcpListener listener, EpollInstance epoll) throws IOException {
        try (Clients clients = new Clients(epoll, listener); EpollEventArray events = EpollEventArray.allocate(64)) {
            long nextTick = System.nanoTime() + TICK_NANOS;
            while (!stopping) {
                long left = Math.max(0, nextTick - System.nanoTime());
                epoll.await(events, Duration.ofNanos(left)); // input, or the tick
                clients.serve(events, (id, line) -> steer(line));
                while (System.nanoTime() - nextTick >= 0) { // more than one, if this one was late
                    moveWorld(clients);
                    nextTick += TICK_NANOS; // from when it was due, not from now: no drift
                }
            }
        }
    }

    private void steer(String line) {
        switch (line) {
            case "left" -> direction = -1;
            case "right" -> direction = 1;
            default -> { }
        }
    }

    private void moveWorld(Clients clients) throws IOException {
        tick++;
        position += direction;
        clients.tellAll("tick " + tick + ": the monster is at " + position);
    }
}
