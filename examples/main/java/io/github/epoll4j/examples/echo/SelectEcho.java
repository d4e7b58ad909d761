package io.github.epoll4j.examples.echo;

import io.github.epoll4j.examples.echo.EchoConnection.Next;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import java.io.IOException;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;

/**
 * Echo on select: what to wait for stands in two sets, and every wait is given copies, because it overwrites them with
 * what is ready. A client whose descriptor does not fit into the sets is turned away.
 */
final class SelectEcho extends EchoServer {
    private final EventFd wake = EventFd.open();
    private final Map<Integer, EchoConnection> connections = new HashMap<>();
    private final FdSet readers = FdSet.allocate();
    private final FdSet writers = FdSet.allocate();

    SelectEcho(TcpListener listener, PrintStream log) throws IOException {
        super(listener, log);
    }

    @Override
    void run() throws IOException {
        int listenerFd = listener().fd();
        FdSet readable = FdSet.allocate();
        FdSet writable = FdSet.allocate();
        readers.set(listenerFd);
        readers.set(wake.fd());
        while (!isStopping()) {
            readable.copyFrom(readers);
            writable.copyFrom(writers);
            Select.selectMillis(readable, writable, null, timeoutMillis());
            if (acceptDue()) {
                readers.set(listenerFd);
            }
            if (readable.isSet(listenerFd)) {
                welcome();
            }
            serve(readable);
            serve(writable);
        }
    }

    private void serve(FdSet ready) {
        for (int fd = ready.next(0); fd >= 0; fd = ready.next(fd + 1)) {
            if (connections.containsKey(fd)) {
                serve(connections.get(fd));
            }
        }
    }

    private void welcome() throws IOException {
        EchoConnection connection = accept();
        if (connection == null) {
            if (isAcceptPaused()) {
                readers.clear(listener().fd());
            }
        } else if (connection.fd() >= readers.capacity()) {
            end(connection);
        } else {
            connections.put(connection.fd(), connection);
            readers.set(connection.fd());
        }
    }

    private void serve(EchoConnection connection) {
        int fd = connection.fd();
        Next next;
        try {
            next = connection.turn();
        } catch (IOException e) {
            next = Next.END;
        }
        readers.clear(fd);
        writers.clear(fd);
        switch (next) {
            case WRITE -> writers.set(fd);
            case END -> {
                connections.remove(fd);
                end(connection);
            }
            default -> readers.set(fd);
        }
    }

    @Override
    void wake() throws IOException {
        wake.write(1);
    }

    @Override
    public void close() {
        super.close();
        connections.values().forEach(EchoConnection::close);
        wake.close();
    }
}
