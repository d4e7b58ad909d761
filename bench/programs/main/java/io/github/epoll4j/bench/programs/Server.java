package io.github.epoll4j.bench.programs;

import static io.github.epoll4j.poll.PollFlags.POLLOUT;

import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.Future;

/**
 * Sends back what comes. Either through one buffer for all connections, at once, with a wait for that connection alone
 * when it takes less; or message by message through a buffer of each connection's own, whose state must be found.
 */
final class Server implements AutoCloseable {
    private static final long LOOK_MILLIS = 1000;

    private final Arena arena = Arena.ofConfined();
    private final boolean isEdge;
    private final boolean hasOwnBuffers;
    private final long bytes;
    private final Watcher watcher;
    private final Sessions sessions;
    private final MemorySegment shared;
    private final PollFdArray lone = PollFdArray.allocate(1);
    private Future<?> client;
    private long echoed;
    private long dataCalls;

    Server(Mechanism mechanism, Lookup lookup, int capacity, int bytes) throws IOException {
        boolean tokensAreSlots = lookup.usesSlots(mechanism);
        this.isEdge = mechanism.isEdge();
        this.hasOwnBuffers = lookup != Lookup.NONE;
        this.bytes = bytes;
        this.sessions = new Sessions(lookup, tokensAreSlots, capacity);
        this.shared = hasOwnBuffers ? null : arena.allocate(bytes);
        this.watcher = mechanism.open(capacity, tokensAreSlots);
        lone.add(-1, 0);
    }

    /** Takes the connections that it has not got yet. */
    void grow(List<StreamSocket> all) throws IOException {
        while (sessions.count() < all.size()) {
            Session session = sessions.add(all.get(sessions.count()));
            watcher.add(session.slot, session.fd);
        }
    }

    /** Serves until so many messages went back, or the client has ended. */
    void run(long exchanges, Future<?> other) throws IOException {
        client = other;
        echoed = 0;
        long wanted = exchanges * bytes;
        while (echoed < wanted) {
            int ready = watcher.await(LOOK_MILLIS);
            if (ready == 0 && client.isDone()) {
                return;
            }
            for (int i = 0; i < ready; i++) {
                Session session = sessions.find(watcher.next());
                if (hasOwnBuffers) {
                    serve(session);
                } else {
                    pass(session);
                }
            }
        }
    }

    private void pass(Session session) throws IOException {
        long length;
        do {
            length = read(session, shared, 0, bytes);
            for (long done = 0; done < length;) {
                long taken = write(session, shared, done, length - done);
                done += taken;
                if (taken == 0) {
                    lone.change(0, session.fd, POLLOUT);
                    watcher.countWait();
                    if (Poll.pollMillis(lone, LOOK_MILLIS) == 0 && client.isDone()) {
                        throw new IOException("the client reads no more");
                    }
                }
            }
            echoed += length;
        } while (isEdge && length > 0);
    }

    private void serve(Session session) throws IOException {
        if (session.buffer == null) {
            session.buffer = arena.allocate(bytes);
        }
        long length = 1;
        while (session.received < bytes && length > 0) {
            length = read(session, session.buffer, session.received, bytes - session.received);
            session.received += length;
            length = isEdge ? length : 0;
        }
        if (session.received < bytes) {
            return;
        }
        do {
            length = write(session, session.buffer, session.sent, bytes - session.sent);
            session.sent += length;
        } while (isEdge && length > 0 && session.sent < bytes);
        boolean isDone = session.sent == bytes;
        if (isDone) {
            session.received = 0;
            session.sent = 0;
            echoed += bytes;
        }
        if (session.watchesOutput == isDone && !(isEdge && isDone)) {
            watcher.watchOutput(session.slot, session.fd, !isDone);
            session.watchesOutput = !isDone;
        }
    }

    private long read(Session session, MemorySegment buffer, long offset, long length) throws IOException {
        dataCalls++;
        long count = session.socket.read(buffer, offset, length);
        if (count < 0) {
            throw new IOException("connection " + session.slot + " ended");
        }
        return count;
    }

    private long write(Session session, MemorySegment buffer, long offset, long length) throws IOException {
        dataCalls++;
        return session.socket.write(buffer, offset, length);
    }

    /** Gives what was counted up to now. */
    Counts counts() {
        return new Counts(watcher.waits(), watcher.events(), watcher.ctlCalls(), dataCalls, sessions.comparisons());
    }

    @Override
    public void close() {
        watcher.close();
        lone.close();
        arena.close();
    }
}
