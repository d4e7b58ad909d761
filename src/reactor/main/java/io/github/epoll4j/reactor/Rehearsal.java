package io.github.epoll4j.reactor;

import static io.github.epoll4j.net.LinuxSocketOptions.SO_SNDBUF;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixStream;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.security.CodeSource;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.TimeZone;

/**
 * Does once, while there are descriptors, what has to work when there are none: the first message of a log reads files,
 * and out of descriptors no class can be loaded from a folder, and what failed to load once fails for ever. A jar is
 * open already: there only the log is to be rehearsed, and the first clients need not wait for it, as long as it keeps
 * descriptors of its own until then.
 *
 * <p>For the loop's thread; what is played is shared by all loops.
 */
final class Rehearsal {
    private static final Set<Mechanism> PLAYED = EnumSet.noneOf(Mechanism.class);
    private static final int MOST_TURNS = 100;
    /** More than a small send buffer takes, so that some waits in the queue. */
    private static final int SIZE = 16 << 10;

    private static boolean isLogPlayed;

    /** Two descriptors to read the log's files with; null when they are read. */
    private Pipe spare;

    private Rehearsal() {
    }

    /** Plays what cannot wait, and keeps what the rest needs. */
    static Rehearsal open(Mechanism mechanism) throws ErrnoException {
        Rehearsal rehearsal = new Rehearsal();
        if (isInFolder()) {
            playConnectionOnce(mechanism);
            rehearsal.playLog();
        } else {
            rehearsal.keep();
        }
        return rehearsal;
    }

    private void keep() {
        synchronized (PLAYED) {
            if (isLogPlayed) {
                return;
            }
        }
        try {
            spare = Pipe.open();
        } catch (ErrnoException e) {
            playLog(); // none is left to keep: it is now or never
        }
    }

    /** The log by which shortages are told. */
    static System.Logger logger() {
        return System.getLogger("io.github.epoll4j.reactor");
    }

    /** True if nothing is left to play. */
    boolean isPlayed() {
        return spare == null;
    }

    /** Plays the rest, if it was not played yet. */
    void play() {
        if (spare != null) {
            playLog();
        }
    }

    /** Gives back what it keeps; after that it plays nothing. */
    void close() {
        if (spare != null) {
            spare.close();
            spare = null;
        }
    }

    /** One after the other, so that nobody logs for the first time while another one is about to. */
    private void playLog() {
        synchronized (PLAYED) {
            close();
            if (!isLogPlayed) {
                isLogPlayed = true;
                printOnce();
            }
        }
    }

    private static void printOnce() {
        try {
            TimeZone.getDefault().toZoneId(); // java.util.logging reads a file for it when it first prints
            logger().log(System.Logger.Level.TRACE, new ErrnoException("accept4", "", Errno.EMFILE).getMessage());
        } catch (Throwable e) {
            return; // what cannot be rehearsed is heard of when there is something to log
        }
    }

    private static void playConnectionOnce(Mechanism mechanism) throws ErrnoException {
        synchronized (PLAYED) {
            if (!PLAYED.contains(mechanism)) {
                playConnection(mechanism);
                PLAYED.add(mechanism);
            }
        }
    }

    private static boolean isInFolder() {
        CodeSource source = Rehearsal.class.getProtectionDomain().getCodeSource();
        return source != null && source.getLocation() != null && source.getLocation().getPath().endsWith("/");
    }

    /** Plays a connection from its beginning to its end on a loop of its own. */
    private static void playConnection(Mechanism mechanism) throws ErrnoException {
        load(TcpStream.class, DatagramEndpoint.class);
        try (EventLoop loop = EventLoop.open(mechanism); SocketPair<UnixStream> pair = SocketPair.open()) {
            loop.schedule(Duration.ofMillis(1), () -> { }).cancel();
            pair.first().set(SO_SNDBUF, 1);
            pair.first().peek();
            pair.first().error();
            LoopConnections connections = new LoopConnections(loop);
            connections.open(pair.first(), ConnectionConfig.DEFAULT, connection -> {
                connection.remoteAddress();
                return Connection::write;
            });
            ByteBuffer out = ByteBuffer.allocateDirect(SIZE);
            ByteBuffer in = ByteBuffer.allocateDirect(SIZE);
            for (int i = 0; i < MOST_TURNS && pair.first().isOpen(); i++) {
                pair.second().write(out);
                loop.turn(Duration.ofNanos(i % 2)); // with and without a time to wait
                if (!out.hasRemaining()) {
                    pair.second().read(in);
                }
                if (!in.hasRemaining()) {
                    pair.second().shutdownOutput();
                }
            }
            connections.closeNow(null);
        }
    }

    private static void load(Class<?>... classes) {
        for (Class<?> needed : classes) {
            try {
                MethodHandles.lookup().ensureInitialized(needed);
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
    }
}
