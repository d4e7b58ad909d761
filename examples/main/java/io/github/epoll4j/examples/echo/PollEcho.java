package io.github.epoll4j.examples.echo;

import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLOUT;

import io.github.epoll4j.examples.echo.EchoConnection.Next;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Echo on poll: one array of entries, kept from wait to wait, and beside it the connections in the same order, so that
 * an entry's index finds its connection. The first two entries are the wake-up and the listener.
 */
final class PollEcho extends EchoServer {
    private static final int LISTENER = 1;
    private static final int FIRST_CLIENT = 2;

    private final EventFd wake = EventFd.open();
    private final PollFdArray fds = PollFdArray.allocate(64);
    private final List<EchoConnection> connections = new ArrayList<>();

    PollEcho(TcpListener listener, PrintStream log) throws IOException {
        super(listener, log);
    }

    @Override
    void run() throws IOException {
        int listenerFd = listener().fd();
        fds.add(wake.fd(), POLLIN);
        fds.add(listenerFd, POLLIN);
        while (!isStopping()) {
            Poll.pollMillis(fds, timeoutMillis());
            boolean hasClients = fds.revents(LISTENER) != 0;
            int index = fds.nextReady(FIRST_CLIENT);
            while (index >= 0) {
                // the last entry takes the place of one that ends, so its index is looked at again
                index = fds.nextReady(serve(index) ? index + 1 : index);
            }
            if (acceptDue()) {
                fds.change(LISTENER, listenerFd, POLLIN);
            }
            if (hasClients) {
                welcome();
            }
        }
    }

    private void welcome() throws IOException {
        EchoConnection connection = accept();
        if (connection != null) {
            fds.add(connection.fd(), POLLIN);
            connections.add(connection);
        } else if (isAcceptPaused()) {
            fds.change(LISTENER, ~listener().fd(), POLLIN); // a negative number is skipped
        }
    }

    /** Returns false if the entry is gone. */
    private boolean serve(int index) {
        EchoConnection connection = connections.get(index - FIRST_CLIENT);
        Next next;
        try {
            next = connection.turn();
        } catch (IOException e) {
            next = Next.END;
        }
        if (next == Next.END) {
            fds.remove(index);
            connections.set(index - FIRST_CLIENT, connections.getLast());
            connections.removeLast();
            end(connection);
            return false;
        }
        fds.change(index, connection.fd(), next == Next.WRITE ? POLLOUT : POLLIN);
        return true;
    }

    @Override
    void wake() throws IOException {
        wake.write(1);
    }

    @Override
    public void close() {
        super.close();
        connections.forEach(EchoConnection::close);
        fds.close();
        wake.close();
    }
}
