package io.github.epoll4j.reactor;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.ReadBuffer;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.security.CodeSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Loads the classes that connections need when no descriptor is left, once and before the first connection. It is for
 * classes in a folder, whose files cannot be opened then, and one that failed to load once fails for ever; a jar is
 * open.
 */
final class WarmUp {
    private static final List<Class<?>> NEEDED = List.of(Acceptor.class, Listener.class, StreamConnection.class,
            OutboundQueue.class, WriteCompletions.class, IdleTimeouts.class);
    private static final AtomicBoolean IS_DONE = new AtomicBoolean();

    private WarmUp() {
    }

    static void run() throws ErrnoException {
        if (isInFolder() && IS_DONE.compareAndSet(false, true)) {
            NEEDED.forEach(Class::getNestMembers); // loads the nested ones
            Objects.requireNonNull(ConnectionEvents.class); // not its nested ones, which need Java Flight Recorder
            new ErrnoException("accept4", "", Errno.EMFILE).getMessage();
            makeCalls();
        }
    }

    private static boolean isInFolder() {
        CodeSource source = WarmUp.class.getProtectionDomain().getCodeSource();
        return source != null && source.getLocation() != null && source.getLocation().getPath().endsWith("/");
    }

    /** Links the calls of a connection's life, by making them. */
    private static void makeCalls() throws ErrnoException {
        ReadBuffer in = ReadBuffer.allocate(1);
        ByteBuffer[] out = {ByteBuffer.allocateDirect(1), ByteBuffer.allocateDirect(1)};
        try (SocketPair<UnixStream> pair = SocketPair.open(); UnixStream stream = pair.first()) {
            stream.write(ByteBuffer.allocateDirect(1));
            stream.write(out, 0, out.length);
            pair.second().read(in);
            stream.get(StandardSocketOptions.SO_LINGER);
            stream.set(StandardSocketOptions.SO_LINGER, 0);
            stream.peek();
            stream.unsent();
            stream.error();
            stream.shutdownOutput();
        }
    }
}
