package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.TimeZone;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * A TCP port that a {@link Reactor} listens on.
 *
 * <p>When no descriptor or memory is left, it does not spin: it looks away, and tries again after pauses that grow from
 * 5 ms to a second. The clients wait in the kernel's queue meanwhile. That is logged once, and the pauses are counted
 * in {@link LoopMetrics#acceptPauses()}.
 *
 * <p>Thread-safe. Ownership: the reactor closes its listeners; each may be closed before.
 */
public final class Listener implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger("io.github.epoll4j.reactor");
    private static final int ACCEPT_BUDGET = 64;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final TcpListener socket;
    private final InetSocketAddress localAddress;
    private final Consumer<TcpStream> placement;
    /** Made beforehand: out of descriptors, no class can be loaded for it. */
    private final Runnable retry = this::retry;
    private Registration registration;
    private LoopTimer timer;
    private Duration pause = FIRST_PAUSE;
    private boolean isEpisode;

    Listener(EventLoop loop, TcpListener socket, Consumer<TcpStream> placement) throws ErrnoException {
        this.loop = loop;
        this.socket = socket;
        this.localAddress = socket.localAddress();
        this.placement = placement;
    }

    /** On the loop's thread. */
    void start() {
        if (!socket.isOpen()) {
            return;
        }
        // out of descriptors no class is loaded from a folder: what a pause needs is used once now
        loop.schedule(FIRST_PAUSE, retry).cancel();
        TimeZone.getDefault().toZoneId(); // java.util.logging reads a file for it when it first prints
        LOGGER.log(System.Logger.Level.TRACE, new ErrnoException("accept4", "", Errno.EMFILE).getMessage());
        try {
            registration = loop.register(socket.fd(), EPOLLIN, (ready, events) -> accept());
        } catch (ErrnoException e) {
            socket.close();
            loop.report(this, e);
        }
    }

    private void accept() throws ErrnoException {
        for (int i = 0; i < ACCEPT_BUDGET && socket.isOpen(); i++) {
            TcpStream stream;
            try {
                stream = socket.accept();
            } catch (ErrnoException e) {
                pause(e);
                return;
            }
            if (stream == null) {
                break;
            }
            placement.accept(stream);
        }
        isEpisode = false;
        pause = FIRST_PAUSE;
    }

    private void pause(ErrnoException e) throws ErrnoException {
        boolean isExhausted = e.errno() == Errno.EMFILE || e.errno() == Errno.ENFILE
                || e.errno() == Errno.ENOBUFS || e.errno() == Errno.ENOMEM;
        registration.interest(0);
        timer = loop.schedule(pause, retry);
        pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        if (isExhausted) {
            loop.metrics().acceptPause();
        }
        LoopEvents.acceptPaused(localAddress, e, pause);
        if (!isEpisode) {
            isEpisode = true;
            if (isExhausted) {
                LOGGER.log(System.Logger.Level.WARNING,
                        "no connection is accepted until it goes again: ".concat(e.getMessage()));
            } else {
                loop.report(this, e);
            }
        }
    }

    private void retry() {
        timer = null;
        try {
            accept();
            if (timer == null && registration.isValid()) {
                registration.interest(EPOLLIN);
            }
        } catch (ErrnoException e) {
            stop();
            loop.report(this, e);
        }
    }

    /**
     * Tells where this listens.
     *
     * @return the address, with the port that the kernel chose if it was 0
     */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /**
     * Stops listening, on the loop's thread soon after this call; connections that were accepted stay, those that wait
     * in the kernel's queue are reset. Closing again does nothing.
     */
    @Override
    public void close() {
        try {
            loop.execute(this::stop);
        } catch (RejectedExecutionException e) {
            socket.close();
        }
    }

    /** On the loop's thread. */
    void stop() {
        if (registration != null) {
            registration.cancel();
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        socket.close();
    }

    /**
     * Describes the listener for a log.
     *
     * @return such as {@code Listener[/127.0.0.1:7000]}
     */
    @Override
    public String toString() {
        return "Listener[" + localAddress + "]";
    }
}
