package io.github.epoll4j.examples.styles;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who is connected, by numbers that are never used again, and the lines that they say. Whoever does not read what it is
 * told, or sends a line without an end, is closed: nothing here grows with what clients do or fail to do.
 */
final class Clients implements AutoCloseable {
    private static final long LISTENER = 0;
    private static final int LONGEST_LINE = 8192;

    private final EpollInstance epoll;
    private final TcpListener listener;
    private final Map<Long, Client> clients = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(4096);
    private long lastId = LISTENER;

    /** A client, and the begin of a line that it has not ended yet. */
    private record Client(TcpStream stream, ByteArrayOutputStream rest) {
    }

    /** What is done with a line. */
    @FunctionalInterface
    interface LineHandler {
        void line(long client, String line) throws IOException;
    }

    Clients(EpollInstance epoll, TcpListener listener) throws IOException {
        this.epoll = epoll;
        this.listener = listener;
        epoll.add(listener.fd(), EPOLLIN, LISTENER);
    }

    /** Handles what a wait has reported: newcomers, lines, and ends. */
    void serve(EpollEventArray events, LineHandler handler) throws IOException {
        for (EpollEvent event : events) {
            if (event.data() == LISTENER) {
                welcome();
            } else if (clients.containsKey(event.data())) { // or it was closed earlier in this batch
                read(event.data(), handler);
            }
        }
    }

    private void welcome() throws IOException {
        TcpStream stream;
        try {
            stream = listener.accept();
        } catch (IOException e) {
            epoll.modify(listener.fd(), 0, LISTENER); // no descriptor is left: look again when somebody leaves
            return;
        }
        if (stream != null) {
            clients.put(++lastId, new Client(stream, new ByteArrayOutputStream()));
            epoll.add(stream.fd(), EPOLLIN, lastId);
        }
    }

    private void read(long id, LineHandler handler) throws IOException {
        Client client = clients.get(id);
        int count;
        try {
            count = client.stream.read(buffer.clear());
        } catch (IOException e) {
            count = -1; // a reset is an end like any other
        }
        buffer.flip();
        while (buffer.hasRemaining() && clients.containsKey(id)) {
            byte next = buffer.get();
            if (next == '\n') {
                String line = client.rest.toString(UTF_8).strip();
                client.rest.reset();
                handler.line(id, line);
            } else {
                client.rest.write(next);
            }
        }
        if (count < 0 || client.rest.size() > LONGEST_LINE) {
            leave(id);
        }
    }

    /** Sends a line to one client, if it is still there. */
    void tell(long id, String line) throws IOException {
        Client client = clients.get(id);
        if (client == null) {
            return;
        }
        ByteBuffer bytes = UTF_8.encode(line + "\n");
        try {
            client.stream.write(bytes);
        } catch (IOException e) {
            leave(id);
            return;
        }
        if (bytes.hasRemaining()) {
            leave(id); // its socket is full: it has not read for long
        }
    }

    /** Sends a line to everybody. */
    void tellAll(String line) throws IOException {
        for (long id : List.copyOf(clients.keySet())) {
            tell(id, line);
        }
    }

    private void leave(long id) throws IOException {
        Client client = clients.remove(id);
        if (client != null) {
            epoll.delete(client.stream.fd());
            client.stream.close();
            epoll.modify(listener.fd(), EPOLLIN, LISTENER);
        }
    }

    @Override
    public void close() {
        clients.values().forEach(client -> client.stream.close());
    }
}
