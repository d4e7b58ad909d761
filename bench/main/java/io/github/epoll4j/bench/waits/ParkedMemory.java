package io.github.epoll4j.bench.waits;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.fd.PipeReader;
import io.github.epoll4j.wait.Readiness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe.SourceChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** A process with many virtual threads that wait; it prints the live heap of one of them. */
final class ParkedMemory {
    private static final int WARM_UPS = 40;
    private static final int WARM_UP_THREADS = 1000;
    private static final int COLLECTIONS = 3;
    private static final long PAUSE_NANOS = 1_000_000;

    private ParkedMemory() {
    }

    /** How the threads wait. */
    enum Way {
        PARK("LockSupport.park"),
        READINESS("Readiness.await"),
        NIO("nio, read of a pipe");

        private final String title;

        Way(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    /** Descriptors that a thread waits for, and what ends the wait. Their own memory is there before the threads'. */
    private sealed interface Waited permits Parked, Watched, Read {
        void await() throws IOException, InterruptedException;

        void end(Thread waiter) throws IOException;
    }

    private static final class Parked implements Waited {
        private volatile boolean isOver;

        @Override
        public void await() {
            while (!isOver) {
                LockSupport.park();
            }
        }

        @Override
        public void end(Thread waiter) {
            isOver = true;
            LockSupport.unpark(waiter);
        }
    }

    private record Watched(Pipe pipe) implements Waited {
        @Override
        public void await() throws IOException, InterruptedException {
            PipeReader reader = pipe.reader();
            Readiness.await(reader, EPOLLIN);
        }

        @Override
        public void end(Thread waiter) throws IOException {
            pipe.write(ByteBuffer.allocate(1));
        }
    }

    private record Read(java.nio.channels.Pipe pipe, ByteBuffer buffer) implements Waited {
        @Override
        public void await() throws IOException {
            SourceChannel source = pipe.source();
            source.read(buffer);
        }

        @Override
        public void end(Thread waiter) throws IOException {
            pipe.sink().write(ByteBuffer.allocate(1));
        }
    }

    /**
     * Prints the bytes of a thread.
     *
     * @param args the way, the number of threads
     */
    public static void main(String[] args) throws Exception {
        Way way = Way.valueOf(args[0]);
        List<Waited> waited = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            waited.add(switch (way) {
                case PARK -> new Parked();
                case READINESS -> new Watched(Pipe.open());
                case NIO -> new Read(java.nio.channels.Pipe.open(), ByteBuffer.allocateDirect(1));
            });
        }
        for (int i = 0; i < WARM_UPS; i++) { // the compiler, and every descriptor's entry in the tables
            run(waited.subList(0, Math.min(WARM_UP_THREADS, waited.size())));
        }
        run(waited);
        System.out.println(String.format(Locale.ROOT, "%.1f", (double) run(waited) / waited.size()));
        System.exit(0);
    }

    /** Starts a thread for each, and returns the live heap that they take together. */
    private static long run(List<Waited> waited) throws Exception {
        long before = heap();
        List<Thread> threads = new ArrayList<>(waited.size());
        for (Waited each : waited) {
            threads.add(Thread.ofVirtual().start(() -> await(each)));
        }
        for (Thread thread : threads) {
            while (thread.getState() != Thread.State.WAITING) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
        long heap = heap() - before;
        for (int i = 0; i < threads.size(); i++) {
            waited.get(i).end(threads.get(i));
            threads.get(i).join();
            rewind(waited.get(i));
        }
        return heap;
    }

    /** Takes out the byte that ended the wait. */
    private static void rewind(Waited waited) throws IOException {
        switch (waited) {
            case Parked parked -> parked.isOver = false;
            case Watched(Pipe pipe) -> pipe.read(ByteBuffer.allocate(1));
            case Read(java.nio.channels.Pipe pipe, ByteBuffer buffer) -> buffer.clear();
        }
    }

    private static void await(Waited waited) {
        try {
            waited.await();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long heap() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
