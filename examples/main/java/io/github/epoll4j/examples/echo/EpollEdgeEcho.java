package io.github.epoll4j.examples.echo;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.examples.echo.EchoConnection.Next;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Echo on epoll, edge-triggered: each descriptor is registered once, for reading and writing, and never changed. An
 * event says only that something has happened since the last one, so clients are accepted until nobody is left, and
 * bytes moved until a read or a write would block. Stop earlier, and what is left is reported by nobody: see
 * {@code --no-drain}.
 */
final class EpollEdgeEcho extends EchoServer {
    private final EpollInstance epoll = EpollInstance.open();
    private final Map<Integer, EchoConnection> connections = new HashMap<>();
    /** Those that had their turns and can go on at once. */
    private final Set<EchoConnection> unfinished = new LinkedHashSet<>();
    private final boolean draining;

    /**
     * Begins with a listener.
     *
     * @param draining false for one read and one write at each event, which shows why that hangs
     */
    EpollEdgeEcho(TcpListener listener, PrintStream log, boolean draining) throws IOException {
        super(listener, log);
        this.draining = draining;
    }

    @Override
    void run() throws IOException {
        int listenerFd = listener().fd();
        try (EpollEventArray events = EpollEventArray.allocate(64)) {
            epoll.add(listenerFd, EPOLLIN | EPOLLET);
            while (!isStopping()) {
                int ready = epoll.awaitMillis(events, unfinished.isEmpty() ? timeoutMillis() : 0);
                if (acceptDue()) {
                    welcome(); // the clients that wait are no new edge
                }
                for (EchoConnection connection : List.copyOf(unfinished)) {
                    serve(connection); // no new edge either
                }
                for (int i = 0; i < ready; i++) {
                    int fd = (int) events.data(i);
                    if (fd == listenerFd) {
                        welcome();
                    } else if (connections.containsKey(fd)) {
                        serve(connections.get(fd));
                    }
                }
            }
        }
    }

    private void welcome() throws IOException {
        EchoConnection connection = accept();
        while (connection != null) {
            connections.put(connection.fd(), connection);
            epoll.add(connection.fd(), EPOLLIN | EPOLLOUT | EPOLLET);
            connection = accept();
        }
    }

    private void serve(EchoConnection connection) throws IOException {
        Next next;
        try {
            next = draining ? connection.drain() : connection.turn();
        } catch (IOException e) {
            next = Next.END;
        }
        unfinished.remove(connection);
        if (next == Next.MORE && draining) {
            unfinished.add(connection);
        } else if (next == Next.END) {
            epoll.delete(connection.fd());
            connections.remove(connection.fd());
            end(connection);
        }
    }

    @Override
    void wake() {
        epoll.wakeup();
    }

    @Override
    public void close() {
        super.close();
        connections.values().forEach(EchoConnection::close);
        epoll.close();
    }
}
