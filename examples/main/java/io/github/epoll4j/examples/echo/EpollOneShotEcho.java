package io.github.epoll4j.examples.echo;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
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
 * Echo on epoll, one-shot: an event disarms its descriptor, which is silent, even about a hang-up, until it is armed
 * again for what comes next. Arming looks afresh, so nothing that happened meanwhile is lost, also together with edge
 * trigger.
 */
final class EpollOneShotEcho extends EchoServer {
    private final EpollInstance epoll = EpollInstance.open();
    private final Map<Integer, EchoConnection> connections = new HashMap<>();
    private final int oneShot;

    /**
     * Begins with a listener.
     *
     * @param edge whether the registrations are edge-triggered as well
     */
    EpollOneShotEcho(TcpListener listener, PrintStream log, boolean edge) throws IOException {
        super(listener, log);
        this.oneShot = edge ? EPOLLONESHOT | EPOLLET : EPOLLONESHOT;
    }

    @Override
    void run() throws IOException {
        int listenerFd = listener().fd();
        try (EpollEventArray events = EpollEventArray.allocate(64)) {
            epoll.add(listenerFd, EPOLLIN | oneShot);
            while (!isStopping()) {
                int ready = epoll.awaitMillis(events, timeoutMillis());
                if (acceptDue()) {
                    epoll.modify(listenerFd, EPOLLIN | oneShot);
                }
                for (int i = 0; i < ready; i++) {
                    int fd = (int) events.data(i);
                    if (fd == listenerFd) {
                        welcome();
                    } else {
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
            epoll.add(connection.fd(), EPOLLIN | oneShot);
        }
        if (!isAcceptPaused()) {
            epoll.modify(listener().fd(), EPOLLIN | oneShot);
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
        } else {
            epoll.modify(fd, (next == Next.WRITE ? EPOLLOUT : EPOLLIN) | oneShot);
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
