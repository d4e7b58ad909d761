package io.github.epoll4j.examples.echo;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** What the echo servers have in common, whatever they wait with: a listener, and how they end. */
abstract class EchoServer implements AutoCloseable {
    /** The size of the buffer that all clients are read into. */
    static final int BUFFER_SIZE = 16 << 10;
    /** How long a server without a free descriptor leaves its listener alone. */
    private static final long ACCEPT_PAUSE_MILLIS = 100;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final TcpListener listener;
    private final PrintStream log;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private volatile boolean stopping;
    private boolean acceptPaused;
    /** When the pause ends, in {@link System#nanoTime()}. */
    private long acceptAgainAt;
    /** Whether the shortage of descriptors that lasts has been told. */
    private boolean shortageTold;

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
    abstract void wake() throws IOException;

    /** Makes {@link #run()} return soon, from any thread; nothing is left to do if the server is closed. */
    final void stop() {
        stopping = true;
        try {
            wake();
        } catch (IllegalStateException e) {
            return; // closed: it does not wait any more
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads at most so many bytes at once, other than {@value #BUFFER_SIZE}; to be called before {@link #run()}. */
    final void readAtOnce(int bytes) {
        buffer = ByteBuffer.allocateDirect(bytes);
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
     *     and says so at every wait, so {@link #isAcceptPaused()} asks to leave the listener alone until
     *     {@link #acceptDue()}; in a pause always null
     */
    final EchoConnection accept() throws IOException {
        if (acceptPaused) {
            return null;
        }
        try {
            TcpStream stream = listener.accept();
            if (stream == null) {
                return null;
            }
            shortageTold = false;
            tell("connected", stream);
            return new EchoConnection(stream, buffer);
        } catch (ErrnoException e) {
            pauseAccept(e);
            return null;
        }
    }

    private void pauseAccept(ErrnoException e) throws ErrnoException {
        switch (e.errno()) {
            case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM -> {
                acceptPaused = true;
                acceptAgainAt = System.nanoTime() + ACCEPT_PAUSE_MILLIS * NANOS_PER_MILLI;
            }
            default -> throw e;
        }
        if (!shortageTold) {
            shortageTold = true;
            System.err.println("no room for more clients: " + e.getMessage());
        }
        if (log != null) {
            log.println("not accepting for " + ACCEPT_PAUSE_MILLIS + " ms: " + e.getMessage());
        }
    }

    final boolean isAcceptPaused() {
        return acceptPaused;
    }

    /** Returns the longest time of a wait: until a pause ends, or 292 years, which is no limit. */
    final long timeoutMillis() {
        if (!acceptPaused) {
            return Long.MAX_VALUE;
        }
        long left = acceptAgainAt - System.nanoTime();
        return left <= 0 ? 0 : (left - 1) / NANOS_PER_MILLI + 1;
    }

    /** Ends a pause whose time has passed, and tells so once; the next {@link #accept()} may begin another. */
    final boolean acceptDue() {
        if (!acceptPaused || System.nanoTime() - acceptAgainAt < 0) {
            return false;
        }
        acceptPaused = false;
        return true;
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
