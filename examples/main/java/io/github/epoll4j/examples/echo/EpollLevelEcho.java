package io.github.epoll4j.examples.echo;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.examples.echo.EchoConnection.Next;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;

/**
 * Echo on epoll, level-triggered: one read or write for each event, since the next wait reports again what is left. A
 * connection is watched for reading or for writing, never both: a socket is nearly always writable, and would end every
 * wait at once.
 */
final class EpollLevelEcho extends EchoServer {
    private final EpollInstance epoll = EpollInstance.open();
    private final Map<Integer, EchoConnection> connections = new HashMap<>();
    private final Map<Integer, Integer> interests = new HashMap<>();

    EpollLevelEcho(TcpListener listener, PrintStream log) throws IOException {
        super(listener, log);
    }

    @Override
    void run() throws IOException {
        int listenerFd = listener().fd();
        try (EpollEventArray events = EpollEventArray.allocate(64)) {
            epoll.add(listenerFd, EPOLLIN);
            while (!isStopping()) {
                int ready = epoll.awaitMillis(events, timeoutMillis());
                if (acceptDue()) {
                    epoll.modify(listenerFd, EPOLLIN);
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
        if (connection != null) {
            connections.put(connection.fd(), connection);
            interests.put(connection.fd(), EPOLLIN);
            epoll.add(connection.fd(), EPOLLIN);
        } else if (isAcceptPaused()) {
            epoll.modify(listener().fd(), 0);
        }
    }

    private void serve(EchoConnection connection) throws IOException {
        int fd = connection.fd();
        Next next;
        try {
            next = connection.turn();
        } catch (IOException e) {
            next = Next.END;
        }
        if (next == Next.END) {
            epoll.delete(fd);
            connections.remove(fd);
            end(connection);
            return;
        }
        int interest = next == Next.WRITE ? EPOLLOUT : EPOLLIN;
        if (interests.put(fd, interest) != interest) {
            epoll.modify(fd, interest);
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
