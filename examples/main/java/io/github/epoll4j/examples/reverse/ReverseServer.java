package io.github.epoll4j.examples.reverse;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The I/O thread. An edge says only that bytes have come since the last one, so it puts the client on a list, where the
 * client remains until a read finds nothing. From the list one chunk is read of each client in turn while there is a
 * free slot for it: when there is none, bytes wait in the kernel, and a list remembers whose.
 */
final class ReverseServer implements AutoCloseable {
    /** The bytes of a chunk, at most. */
    static final int CHUNK_SIZE = 4096;
    /** How long clients have for their last answers. */
    private static final long GRACE_MILLIS = 500;
    /** How long a server without a free descriptor waits before it accepts again. */
    private static final long ACCEPT_PAUSE_MILLIS = 100;
    private static final int CLIENT_EVENTS = EPOLLIN | EPOLLOUT | EPOLLET;

    private final TcpListener listener;
    private final PrintStream log;
    private final EpollInstance epoll;
    private final Ring requests;
    private final Ring answers;
    private final Worker worker;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK_SIZE);
    private final Map<Integer, Client> clients = new HashMap<>();
    /** The clients that may have bytes in the kernel, and may be read from. */
    private final SequencedSet<Client> readable = new LinkedHashSet<>();
    /** The chunks that the rings and the worker have. */
    private int inRings;
    private boolean isAcceptDue;
    private volatile boolean isStopping;

    /**
     * Opens a server.
     *
     * @param listener what clients connect to; the server closes it, also if this throws
     * @param capacity the slots of each ring
     * @param work     changes the bytes of a chunk, in the worker's thread
     * @param log      for a line when a client connects, and when it is gone; or null
     */
    ReverseServer(TcpListener listener, int capacity, Consumer<byte[]> work, PrintStream log) throws ErrnoException {
        this.listener = listener;
        this.log = log;
        try {
            epoll = EpollInstance.open();
        } catch (ErrnoException e) {
            listener.close();
            throw e;
        }
        requests = new Ring(capacity);
        answers = new Ring(capacity);
        worker = new Worker(requests, answers, epoll, work);
    }

    /** Serves until {@link #stop()}, or until a client sends {@code exit}; then answers what it has read. */
    void run() throws IOException {
        worker.start();
        try (EpollEventArray events = EpollEventArray.allocate(64)) {
            epoll.add(listener.fd(), EPOLLIN | EPOLLET);
            while (!isStopping && !worker.isOver()) {
                await(events, timeoutMillis());
                if (isAcceptDue) {
                    accept(); // the clients that wait are no new edge
                }
                read();
            }
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GRACE_MILLIS);
            while (hasAnswers() && !worker.isOver() && System.nanoTime() - deadline < 0) {
                await(events, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) + 1);
            }
        } finally {
            worker.end();
        }
    }

    private long timeoutMillis() {
        if (!readable.isEmpty() && !requests.isFull()) {
            return 0;
        }
        return isAcceptDue ? ACCEPT_PAUSE_MILLIS : Long.MAX_VALUE;
    }

    /** Waits, accepts and writes. The worker wakes it for answers, which free slots come with. */
    private void await(EpollEventArray events, long timeoutMillis) throws IOException {
        int ready = epoll.awaitMillis(events, timeoutMillis);
        for (int i = 0; i < ready; i++) {
            int fd = (int) events.data(i);
            Client client = clients.get(fd);
            if (fd == listener.fd() && !isStopping) {
                accept();
            } else if (client != null) {
                if (events.flags(i) != EPOLLOUT) {
                    client.edge();
                }
                serve(client, client::write);
            }
        }
        for (Chunk answer = answers.poll(); answer != null; answer = answers.poll()) {
            inRings--;
            worker.wake();
            Client client = answer.client();
            if (client.stream().isOpen()) {
                byte[] bytes = answer.bytes();
                serve(client, () -> client.answer(bytes));
            }
        }
    }

    /** Writes to a client, and has it read from if it may be now: after an edge, or when it has taken an answer. */
    private void serve(Client client, Action writing) throws IOException {
        try {
            writing.run();
        } catch (IOException e) {
            end(client); // a reset: its answers are dropped, also those that are still in the rings
            return;
        }
        if (client.isDone()) {
            end(client);
        } else if (client.mayRead()) {
            readable.add(client);
        }
    }

    /** What is done for a client, and may fail for it alone. */
    private interface Action {
        void run() throws IOException;
    }

    private void accept() throws IOException {
        boolean wasDue = isAcceptDue;
        isAcceptDue = false;
        try {
            for (TcpStream stream = listener.accept(); stream != null; stream = listener.accept()) {
                clients.put(stream.fd(), new Client(stream));
                epoll.add(stream.fd(), CLIENT_EVENTS);
                log("connected", stream);
            }
        } catch (ErrnoException e) {
            switch (e.errno()) {
                case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM -> isAcceptDue = true;
                default -> throw e;
            }
            if (!wasDue) {
                System.err.println("no room for more clients: " + e.getMessage());
            }
        }
    }

    private void read() throws IOException {
        for (int turns = readable.size(); turns > 0 && !requests.isFull() && !isStopping; turns--) {
            Client client = readable.removeFirst();
            byte[] bytes;
            try {
                bytes = client.read(buffer);
            } catch (IOException e) {
                end(client);
                continue;
            }
            if (bytes == null) {
                isStopping |= client.exitLine().isComplete();
                serve(client, client::write);
            } else if (bytes.length > 0) {
                isStopping |= client.exitLine().endsIn(bytes);
                requests.offer(new Chunk(client, bytes));
                inRings++;
                worker.wake();
                if (client.mayRead()) {
                    readable.add(client);
                }
            }
        }
    }

    private boolean hasAnswers() {
        return inRings > 0 || clients.values().stream().anyMatch(Client::hasAnswers);
    }

    private void end(Client client) throws IOException {
        log("closed", client.stream());
        readable.remove(client);
        clients.remove(client.stream().fd());
        epoll.delete(client.stream().fd());
        client.stream().close();
    }

    private void log(String what, TcpStream stream) throws ErrnoException {
        if (log != null) {
            InetSocketAddress peer = stream.remoteAddress();
            log.println(what + " " + OptionValues.hostAndPort(peer.getAddress().getHostAddress(), peer.getPort()));
        }
    }

    /** Stops {@link #run()} soon; from any thread, and without effect on a closed server. */
    void stop() {
        isStopping = true;
        epoll.wakeup();
    }

    /** Returns the number of chunks that the worker has processed. */
    long processed() {
        return worker.processed();
    }

    @Override
    public void close() {
        List.copyOf(clients.values()).forEach(client -> client.stream().close());
        listener.close();
        epoll.close();
    }
}
