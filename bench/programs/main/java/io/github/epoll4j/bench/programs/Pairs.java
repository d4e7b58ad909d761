package io.github.epoll4j.bench.programs;

import static io.github.epoll4j.poll.PollFlags.POLLIN;

import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Connected sockets, both ends in this process. The near ends are opened first, many at a time, so that as many as can
 * be have descriptors that fit into an fd_set.
 */
final class Pairs implements AutoCloseable {
    private static final int BATCH = 1024;
    private static final long STALL_MILLIS = 10_000;

    private final Meeting meeting;
    private final List<StreamSocket> near = new ArrayList<>();
    private final List<StreamSocket> far = new ArrayList<>();

    Pairs(Transport transport) throws IOException {
        meeting = transport.open();
    }

    /** The ends that a server watches. */
    List<StreamSocket> near() {
        return near;
    }

    /** The ends of the client. */
    List<StreamSocket> far() {
        return far;
    }

    /** Opens more, until there are so many. */
    void grow(int count) throws IOException {
        while (near.size() < count) {
            int batch = Math.min(Limits.queueLength(BATCH), count - near.size());
            for (int i = 0; i < batch; i++) {
                near.add(meeting.connect());
            }
            while (far.size() < near.size()) {
                far.add(accept());
            }
        }
        for (StreamSocket socket : near) {
            if (socket instanceof TcpStream stream && !stream.finishConnect()) {
                throw new IOException("a connection on the loopback takes its time");
            }
        }
    }

    private StreamSocket accept() throws IOException {
        StreamSocket socket = meeting.accept();
        if (socket == null) {
            try (PollFdArray entry = PollFdArray.allocate(1)) {
                entry.add(meeting.fd(), POLLIN);
                Poll.pollMillis(entry, STALL_MILLIS);
            }
            socket = meeting.accept();
        }
        if (socket == null) {
            throw new IOException("a connection did not arrive for " + STALL_MILLIS / 1000 + " seconds");
        }
        return socket;
    }

    @Override
    public void close() {
        near.forEach(StreamSocket::close);
        far.forEach(StreamSocket::close);
        meeting.close();
    }
}
