package io.github.epoll4j.examples.http;

import static io.github.epoll4j.poll.PollFlags.POLLIN;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;

/** The new server's side of a hand-over, see {@link HandOver}: a running server, and the socket that it has passed. */
final class Predecessor implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final UnixStream stream;
    private final TcpListener socket;

    private Predecessor(UnixStream stream, TcpListener socket) {
        this.stream = stream;
        this.socket = socket;
    }

    /**
     * Asks the server at a path for its listening socket.
     *
     * @param path the path of its Unix socket
     * @return the server; null if none listens there
     */
    static Predecessor connect(Path path) throws IOException {
        UnixStream stream;
        try {
            stream = UnixStream.connect(UnixAddress.path(path));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ECONNREFUSED) {
                return null;
            }
            throw new IOException("cannot connect to " + path + ": " + Errno.describe(e.errno()), e);
        }
        FileFd[] received = new FileFd[1];
        try {
            await(stream);
            stream.receive(ByteBuffer.allocate(1), received);
            if (received[0] == null) {
                throw new IOException("the server at " + path + " has not passed its socket");
            }
            return new Predecessor(stream, TcpListener.adopt(received[0]));
        } catch (Throwable e) {
            stream.close();
            if (received[0] != null) {
                received[0].close();
            }
            throw e;
        }
    }

    /** Returns the listening socket, to be closed by the caller. */
    TcpListener socket() {
        return socket;
    }

    /** Confirms that this process accepts connections, and waits until the other one does not any more. */
    void retire() throws IOException {
        stream.write(ByteBuffer.wrap(new byte[1]));
        try {
            await(stream); // its end, or its reset if it was killed
        } finally {
            close();
        }
    }

    private static void await(UnixStream stream) throws IOException {
        try (PollFdArray fds = PollFdArray.allocate(1)) {
            fds.add(stream, POLLIN);
            if (Poll.poll(fds, PATIENCE) == 0) {
                throw new IOException("the running server does not answer");
            }
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
