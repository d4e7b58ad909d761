package io.github.epoll4j.bench.programs;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Measures points of sweeps, in one thread that writes bytes and then serves them. Keeps its connections open. */
final class SweepCycles implements AutoCloseable {
    private static final long STALL_MILLIS = 10_000;

    private final MemorySegment sent = Arena.ofAuto().allocate(1);
    private final MemorySegment buffer = Arena.ofAuto().allocate(64);
    private Pairs pairs;

    /** Measures a point, after as many cycles that are not measured. */
    Sample measure(SweepPoint point) throws IOException {
        int count = point.connections();
        if (pairs == null || pairs.near().size() != count) {
            close();
            pairs = new Pairs(Transport.UNIX);
            pairs.grow(count);
        }
        Mechanism mechanism = point.mechanism();
        boolean isEpoll = mechanism.call().equals("epoll");
        Lookup lookup = isEpoll ? Lookup.POINTER : Lookup.INDEX;
        Sessions sessions = new Sessions(lookup, lookup.usesSlots(mechanism), count);
        try (Watcher watcher = mechanism.open(count, lookup.usesSlots(mechanism))) {
            for (int i = 0; i < count; i++) {
                watcher.add(i, sessions.add(pairs.near().get(i)).fd);
            }
            run(point, watcher, sessions);
            Counts before = counts(watcher);
            long nanos = run(point, watcher, sessions);
            return new Sample(count, point.cycles() * point.active(), nanos,
                    counts(watcher).since(before, isEpoll ? count : 0));
        }
    }

    private static Counts counts(Watcher watcher) {
        return new Counts(watcher.waits(), watcher.events(), watcher.ctlCalls(), 0, 0);
    }

    private long run(SweepPoint point, Watcher watcher, Sessions sessions) throws IOException {
        long nanos = 0;
        for (long number = 0; number < point.cycles(); number++) {
            for (int k = 0; k < point.active(); k++) {
                write((int) ((number + (long) k * point.connections() / point.active()) % point.connections()), number);
            }
            long begin = System.nanoTime();
            serve(point, watcher, sessions, number);
            nanos += System.nanoTime() - begin;
        }
        return nanos;
    }

    private void write(int slot, long number) throws IOException {
        sent.set(ValueLayout.JAVA_BYTE, 0, (byte) (slot + number));
        if (pairs.far().get(slot).write(sent, 0, 1) != 1) {
            throw new IOException("no room for a byte");
        }
    }

    private void serve(SweepPoint point, Watcher watcher, Sessions sessions, long number) throws IOException {
        boolean isEdge = point.mechanism().isEdge();
        boolean isOneShot = point.mechanism() == Mechanism.EPOLL_ONESHOT;
        for (int left = point.active(); left > 0;) {
            int ready = watcher.await(STALL_MILLIS);
            if (ready == 0) {
                throw new IOException("a byte did not arrive");
            }
            left -= ready;
            for (int i = 0; i < ready; i++) {
                Session session = sessions.find(watcher.next());
                read(session, number);
                if (isEdge && session.socket.read(buffer, 0, buffer.byteSize()) != 0) {
                    throw new IOException("connection " + session.slot + " got more than was sent");
                }
                if (isOneShot) {
                    watcher.rearm(session.slot, session.fd);
                }
            }
        }
    }

    private void read(Session session, long number) throws IOException {
        long length = session.socket.read(buffer, 0, buffer.byteSize());
        if (length != 1 || buffer.get(ValueLayout.JAVA_BYTE, 0) != (byte) (session.slot + number)) {
            throw new IOException("a wrong byte on connection " + session.slot);
        }
    }

    @Override
    public void close() {
        if (pairs != null) {
            pairs.close();
            pairs = null;
        }
    }
}
