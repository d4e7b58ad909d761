package io.github.epoll4j.bench.programs;

import static io.github.epoll4j.poll.PollFlags.POLLIN;

import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

/**
 * A program that connects: the client makes one connection after the other, and waits each time for the byte with which
 * the server greets it. The server watches its listener and all connections that it has accepted.
 */
final class ConnectPass implements AutoCloseable {
    private static final long STALL_MILLIS = 10_000;
    private static final long LOOK_MILLIS = 1000;
    private static final int LISTENER = 0;

    private final Mechanism mechanism;
    private final boolean tokensAreSlots;
    private final Meeting meeting;
    private final Watcher watcher;
    private final MemorySegment greeting = Arena.ofAuto().allocate(1);
    private final MemorySegment received = Arena.ofAuto().allocate(1);
    private final PollFdArray lone = PollFdArray.allocate(1);
    private final List<StreamSocket> accepted = new ArrayList<>();
    private final List<StreamSocket> clients = new ArrayList<>();
    private volatile boolean isAbandoned;
    private long dataCalls;

    private ConnectPass(ProgramSetting setting) throws IOException {
        mechanism = setting.program().mechanism();
        tokensAreSlots = Lookup.POINTER.usesSlots(mechanism);
        meeting = setting.transport().open();
        watcher = mechanism.open(setting.connections() + 1, tokensAreSlots);
        watcher.add(LISTENER, meeting.fd());
        lone.add(-1, 0);
    }

    /** Runs it. A sample is of the connections that were made since the one before. */
    static List<Sample> run(ProgramSetting setting) throws IOException {
        List<Sample> samples = new ArrayList<>();
        try (ConnectPass pass = new ConnectPass(setting); ClientThread thread = new ClientThread()) {
            for (int count : setting.counts()) {
                int made = count - pass.accepted.size();
                Counts before = pass.counts();
                long nanos = thread.run(() -> pass.connect(count), other -> pass.accept(count, other), pass::abandon);
                samples.add(new Sample(count, made, nanos, pass.counts().since(before, 0)));
            }
        }
        return samples;
    }

    private void abandon() {
        isAbandoned = true;
    }

    private long connect(int count) throws IOException {
        long begin = System.nanoTime();
        while (clients.size() < count) {
            StreamSocket socket = meeting.connect();
            clients.add(socket);
            lone.change(0, socket.fd(), POLLIN);
            long deadline = System.nanoTime() + STALL_MILLIS * 1_000_000;
            while (Poll.pollMillis(lone, LOOK_MILLIS) == 0) {
                if (isAbandoned || System.nanoTime() - deadline > 0) {
                    throw new IOException("connection " + clients.size() + " was not accepted");
                }
            }
            if (socket instanceof TcpStream stream && !stream.finishConnect()) {
                throw new IOException("connection " + clients.size() + " is not finished");
            }
            if (socket.read(received) != 1 || received.get(ValueLayout.JAVA_BYTE, 0) != (byte) clients.size()) {
                throw new IOException("connection " + clients.size() + " was not greeted by its number");
            }
        }
        return System.nanoTime() - begin;
    }

    private void accept(int count, Future<?> client) throws IOException {
        while (accepted.size() < count) {
            int ready = watcher.await(LOOK_MILLIS);
            if (ready == 0 && client.isDone()) {
                return;
            }
            for (int i = 0; i < ready; i++) {
                int token = watcher.next();
                if (token != (tokensAreSlots ? LISTENER : meeting.fd())) {
                    throw new IOException("a connection is ready that nobody writes to");
                }
                boolean isAccepted;
                do {
                    isAccepted = acceptOne();
                } while (mechanism.isEdge() && isAccepted);
            }
        }
    }

    private boolean acceptOne() throws IOException {
        StreamSocket socket = meeting.accept();
        if (socket == null) {
            return false;
        }
        accepted.add(socket);
        watcher.add(accepted.size(), socket.fd());
        greeting.set(ValueLayout.JAVA_BYTE, 0, (byte) accepted.size());
        dataCalls++;
        if (socket.write(greeting) != 1) {
            throw new IOException("no room for a byte");
        }
        return true;
    }

    private Counts counts() {
        return new Counts(watcher.waits(), watcher.events(), watcher.ctlCalls(), dataCalls, 0);
    }

    @Override
    public void close() {
        clients.forEach(StreamSocket::close);
        accepted.forEach(StreamSocket::close);
        watcher.close();
        lone.close();
        meeting.close();
    }
}
