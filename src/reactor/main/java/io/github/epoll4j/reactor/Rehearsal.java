package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixStream;
import java.lang.invoke.MethodHandles;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Does once, while there are descriptors, what has to work when there are none: out of descriptors no class can be
 * loaded from a folder, and what failed to load once fails for ever.
 */
final class Rehearsal {
    private static final AtomicBoolean DONE = new AtomicBoolean();

    private Rehearsal() {
    }

    /** On the loop's thread. */
    static void play(EventLoop loop, System.Logger logger) throws ErrnoException {
        if (!DONE.compareAndSet(false, true)) {
            return;
        }
        loop.schedule(Duration.ofSeconds(1), () -> { }).cancel();
        TimeZone.getDefault().toZoneId(); // java.util.logging reads a file for it when it first prints
        logger.log(System.Logger.Level.TRACE, new ErrnoException("accept4", "", Errno.EMFILE).getMessage());
        try (SocketPair<UnixStream> pair = SocketPair.open(); EventFd event = EventFd.open()) {
            UnixStream stream = pair.first();
            Registration registration = loop.register(event.fd(), EPOLLIN, (ready, events) -> { });
            registration.interest(EPOLLOUT);
            registration.cancel();
            stream.write(ByteBuffer.allocateDirect(1));
            stream.write(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocate(1)}, 0, 2);
            stream.shutdownOutput();
            stream.error();
            LoopConnections.remoteAddress(stream);
            ByteBuffer buffer = ByteBuffer.allocateDirect(8);
            while (buffer.hasRemaining() && pair.second().read(buffer) > 0) {
                buffer.put(0, (byte) 0);
            }
        }
        for (Class<?> needed : new Class<?>[] {StreamConnection.class, OutboundQueue.class, TcpStream.class}) {
            try {
                MethodHandles.lookup().ensureInitialized(needed);
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
    }
}
