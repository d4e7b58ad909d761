package io.github.epoll4j.bench.programs;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.net.StreamSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Sends messages and checks what comes back. It waits with edge-triggered epoll, whatever the server waits with. */
final class Client implements AutoCloseable {
    private static final long STALL_MILLIS = 10_000;
    private static final int MOST_EVENTS = 1024;

    private final EpollInstance epoll = EpollInstance.open();
    private final EpollEventArray events = EpollEventArray.allocate(MOST_EVENTS);
    private final MemorySegment buffer;
    private final long bytes;
    private final StreamSocket[] sockets;
    private final boolean[] watchesOutput;
    /** Of the message that is under way on each connection. */
    private final long[] starts;
    private final long[] sent;
    private final long[] received;
    private int count;
    private long messages;
    private int underWay;

    Client(int capacity, int bytes) throws ErrnoException {
        this.bytes = bytes;
        buffer = Arena.ofAuto().allocate(Math.min(bytes, Pattern.CHUNK));
        sockets = new StreamSocket[capacity];
        watchesOutput = new boolean[capacity];
        starts = new long[capacity];
        sent = new long[capacity];
        received = new long[capacity];
    }

    /** Takes the connections that it has not got yet. */
    void grow(List<StreamSocket> all) throws ErrnoException {
        for (; count < all.size(); count++) {
            sockets[count] = all.get(count);
            sent[count] = bytes;
            received[count] = bytes;
            epoll.add(sockets[count].fd(), EPOLLIN | EPOLLET, count);
        }
    }

    /**
     * Exchanges messages, so many at a time, each on a connection of its own, spread over all; the next ones begin when
     * these have all come back.
     *
     * @return how long it took, in nanoseconds
     */
    long run(long exchanges, int inFlight) throws IOException {
        int stride = stride(count);
        int slot = 0;
        long begin = System.nanoTime();
        for (long left = exchanges; left > 0;) {
            int wave = (int) Math.min(left, Math.min(inFlight, count));
            underWay = wave;
            for (int i = 0; i < wave; i++) {
                slot = (slot + stride) % count;
                begin(slot);
            }
            while (underWay > 0) {
                turn();
            }
            left -= wave;
        }
        return System.nanoTime() - begin;
    }

    /** Gives a step that visits all of so many places, far from one another. */
    static int stride(int count) {
        int stride = Math.max(1, (int) (count * 0.618));
        while (gcd(stride, count) != 1) {
            stride++;
        }
        return stride;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** Ends a wait, and with it the run, because the server is gone. */
    void abandon() {
        epoll.wakeup();
    }

    private void begin(int slot) throws IOException {
        starts[slot] = Pattern.start(slot, messages++);
        sent[slot] = 0;
        received[slot] = 0;
        send(slot);
    }

    private void turn() throws IOException {
        int ready = epoll.awaitMillis(events, STALL_MILLIS);
        if (ready == 0) {
            throw new IOException("nothing came back for " + STALL_MILLIS / 1000 + " seconds");
        }
        for (int i = 0; i < ready; i++) {
            int slot = (int) events.data(i);
            if (sent[slot] < bytes) {
                send(slot);
            }
            receive(slot);
        }
    }

    private void send(int slot) throws IOException {
        while (sent[slot] < bytes) {
            long length = Math.min(bytes - sent[slot], Pattern.CHUNK);
            long taken = sockets[slot].write(Pattern.bytes(), Pattern.place(starts[slot], sent[slot]), length);
            if (taken == 0) {
                if (!watchesOutput[slot]) {
                    watchesOutput[slot] = true;
                    epoll.modify(sockets[slot].fd(), EPOLLIN | EPOLLOUT | EPOLLET, slot);
                }
                return;
            }
            sent[slot] += taken;
        }
    }

    private void receive(int slot) throws IOException {
        while (received[slot] < bytes) {
            long most = Math.min(buffer.byteSize(), bytes - received[slot]);
            long length = sockets[slot].read(buffer, 0, most);
            if (length < 0) {
                throw new IOException("connection " + slot + " ended after " + received[slot] + " bytes");
            }
            if (length == 0) {
                return;
            }
            Pattern.check(slot, buffer, length, starts[slot], received[slot]);
            received[slot] += length;
            if (received[slot] == bytes) {
                underWay--;
            }
        }
    }

    @Override
    public void close() {
        events.close();
        epoll.close();
    }
}
