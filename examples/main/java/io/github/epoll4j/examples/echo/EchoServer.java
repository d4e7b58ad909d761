package io.github.epoll4j.examples.echo;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;

/** What the echo servers have in common, whatever they wait with: a listener, and how they end. */
abstract class EchoServer implements AutoCloseable {
    /** How long a server without a free descriptor leaves its listener alone. */
    static final long ACCEPT_PAUSE_MILLIS = 100;

    private final TcpListener listener;
    private final PrintStream log;
    private volatile boolean stopping;
    private boolean acceptPaused;

    /**
     * Begins with a listener.
     *
     * @param listener what clients connect to; the server closes it
     * @param log      where connections are told, or null
     */
    EchoServer(TcpListener listener, PrintStream log) {
        this.listener = listener;
        this.log = log;
    }

    /** Serves until {@link #stop()}. */
    abstract void run() throws IOException;

    /** Ends the wait of {@link #run()}, from any thread. */
    abstract void wake();

    /** Makes {@link #run()} return soon, from any thread. */
    final void stop() {
        stopping = true;
        wake();
    }

    final boolean isStopping() {
        return stopping;
    }

    final TcpListener listener() {
        return listener;
    }

    final InetSocketAddress address() throws IOException {
        return listener.localAddress();
    }

    /**
     * Accepts a client.
     *
     * @return its connection; null if nobody waits, or there is no descriptor for it: the kernel keeps the client then,
     *     and says so at every wait, so {@link #isAcceptPaused()} asks to leave the listener alone for a while
     */
    final EchoConnection accept() throws IOException {
        try {
            TcpStream stream = listener.accept();
            if (stream == null) {
                return null;
            }
            tell("connected", stream);
            return new EchoConnection(stream);
        } catch (ErrnoException e) {
            acceptPaused = true;
            if (log != null) {
                log.println("not accepting for " + ACCEPT_PAUSE_MILLIS + " ms: " + e.getMessage());
            }
            return null;
        }
    }

    final boolean isAcceptPaused() {
        return acceptPaused;
    }

    /** Ends a pause; the next attempt may begin another. */
    final void resumeAccept() {
        acceptPaused = false;
    }

    /** Closes a connection, when it has ended or failed. */
    final void end(EchoConnection connection) {
        tell("closed", connection.stream());
        connection.close();
    }

    private void tell(String what, TcpStream stream) {
        if (log != null) {
            try {
                log.println(what + " " + stream.remoteAddress());
            } catch (ErrnoException e) {
                log.println(what + " " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        listener.close();
    }
}
