package io.github.epoll4j.examples.http;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_PEERCRED;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.LoopTimer;
import io.github.epoll4j.reactor.loop.Registration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The running server's side of a hand-over. It listens on a Unix socket for its successor, see {@link Predecessor}:
 *
 * <ol>
 * <li>The successor connects, and is sent the listening socket with a byte.
 * <li>It accepts connections, and confirms that by a byte. Both processes accept meanwhile. If it ends before, nothing
 *     changes for this one.
 * <li>This process deletes the path, stops accepting, and closes the stream. The successor listens at the path then.
 * </ol>
 *
 * <p>A connection that waits in the kernel's queue is not lost, as both processes have the same queue. Two sockets with
 * SO_REUSEPORT have a queue each: closing one resets the connections in its queue, and those whose handshake it began.
 *
 * <p>Only a process of the same user gets the socket. For the loop's thread.
 */
final class HandOver {
    /** The time that a successor has to start. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path path;
    private final TcpListener socket;
    private final UnixListener successors;
    private final int user;
    private final Supplier<CompletableFuture<Void>> stopAccepting;
    private EventLoop loop;
    private Registration registration;
    /** The successor that has the socket, and has not confirmed yet; null for none. */
    private UnixStream successor;
    private Registration confirmation;
    private LoopTimer timer;

    private HandOver(Path path, TcpListener socket, UnixListener successors, int user,
            Supplier<CompletableFuture<Void>> stopAccepting) {
        this.path = path;
        this.socket = socket;
        this.successors = successors;
        this.user = user;
        this.stopAccepting = stopAccepting;
    }

    /**
     * Listens at a path. A socket file that a killed server has left there is replaced.
     *
     * @param path          the path
     * @param socket        the listening socket, which stays the caller's
     * @param stopAccepting run on the loop when a successor accepts; its future completes when this process does not
     */
    static HandOver open(Path path, TcpListener socket, Supplier<CompletableFuture<Void>> stopAccepting)
            throws IOException {
        if (Files.exists(path) && Files.readAttributes(path, "isOther", LinkOption.NOFOLLOW_LINKS).get("isOther")
                .equals(true)) {
            Files.delete(path);
        }
        UnixListener successors;
        try {
            successors = UnixListener.bind(UnixAddress.path(path));
        } catch (ErrnoException e) {
            throw new IOException("cannot listen on " + path + ": " + Errno.describe(e.errno()), e);
        }
        int user = (int) Files.getAttribute(path, "unix:uid");
        return new HandOver(path, socket, successors, user, stopAccepting);
    }

    /** Waits for a successor. */
    void start(EventLoop on) {
        loop = on;
        loop.addStopListener(cause -> close());
        try {
            registration = loop.register(successors.fd(), EPOLLIN, (ready, events) -> accept());
        } catch (ErrnoException e) {
            close();
            loop.reportFailure(this, e);
        }
    }

    private void accept() throws IOException {
        UnixStream stream = successors.accept();
        if (stream == null) {
            return;
        }
        if (stream.get(SO_PEERCRED).uid() != user) {
            stream.close();
            return;
        }
        successor = stream;
        registration.interest(0); // one after the other
        confirmation = loop.register(stream.fd(), EPOLLIN, (ready, events) -> confirmed());
        timer = loop.schedule(PATIENCE, this::giveUp);
        try {
            stream.send(ByteBuffer.wrap(new byte[1]), socket);
        } catch (ErrnoException e) { // it has left
            giveUp();
        }
    }

    /** Handles the successor's byte, or its end. */
    private void confirmed() throws IOException {
        int count;
        try {
            count = successor.read(ByteBuffer.allocate(1));
        } catch (ErrnoException e) { // it was killed
            count = -1;
        }
        if (count > 0) {
            timer.cancel();
            confirmation.cancel();
            stopListening();
            stopAccepting.get().thenRun(() -> loop.execute(this::closeSuccessor));
        } else if (count < 0) {
            giveUp();
        }
    }

    /** Stays the server. */
    private void giveUp() {
        closeSuccessor();
        try {
            registration.interest(EPOLLIN);
        } catch (ErrnoException e) {
            loop.reportFailure(this, e);
        }
    }

    private void closeSuccessor() {
        if (successor != null) {
            timer.cancel();
            confirmation.cancel();
            successor.close();
            successor = null;
        }
    }

    private void close() {
        stopListening();
        closeSuccessor();
    }

    private void stopListening() {
        if (successors.isOpen()) {
            if (registration != null) {
                registration.cancel();
            }
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                loop.reportFailure(this, e);
            }
            successors.close();
        }
    }
}
