package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.net.LinuxSocketOptions;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.LoopDump;
import io.github.epoll4j.reactor.loop.Registration;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.Fds;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls every method of connections from several threads, handlers and completions at random, with random triggers and
 * mechanisms, small budgets and marks, and peers that send, half-close, close and reset at random.
 *
 * <p>{@code -Depoll4j.fuzz.seconds=300} is its time, two seconds without it. A failure prints its seed; {@code
 * -Depoll4j.fuzz.seed} begins with that one, which makes the same choices; the threads may interleave otherwise.
 */
class InterleavingFuzzTest {
    private static final long SECONDS = Long.getLong("epoll4j.fuzz.seconds", 2);
    private static final long SEED = Long.getLong("epoll4j.fuzz.seed", System.nanoTime());
    private static final long LEAST_ROUNDS = 10;

    /** The other threads that call a connection's methods. The loop's own is writer 0. */
    private static final int THREADS = 3;
    /** Added to the number of the writer of a frame that is sent from a file. */
    private static final int IN_FILE = 64;
    private static final int FRAMES_IN_FILE = 16;
    private static final int HEADER = 9;

    @Test
    @DisplayName("calls in order, completions once and in order, streams whole, nothing leaks, whatever interleaves")
    void shouldKeepTheRulesWhenThreadsInterleave(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("frames");
        Files.write(file, frames());
        long sockets = Fds.sockets() + 2; // the JDK opens some of its own
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        long round = 0;
        do {
            long seed = SEED + round++;
            assertThatCode(() -> new Round(new Random(seed), file).run()).as("-Depoll4j.fuzz.seed=%d", seed)
                    .doesNotThrowAnyException();
        } while (round < LEAST_ROUNDS || System.nanoTime() - deadline < 0);
        assertThat(Fds.sockets()).as("open sockets").isLessThanOrEqualTo(sockets);
        assertThat(IntStream.range(0, 4096).filter(fd -> Fds.target(fd).equals(file.toString()))).isEmpty();
    }

    // ---- the streams: frames of a writer, a number, a length and bytes that follow from these

    private static ByteBuffer frame(int writer, int number, int length) {
        ByteBuffer frame = ByteBuffer.allocate(HEADER + length);
        frame.put((byte) writer).putInt(number).putInt(length);
        for (int i = 0; i < length; i++) {
            frame.put(payload(writer, number, i));
        }
        return frame.flip();
    }

    private static byte payload(int writer, int number, int index) {
        return (byte) (writer * 7 + number * 31 + index + (index >> 8));
    }

    private static byte input(long offset) {
        return (byte) (offset * 13 + (offset >> 8));
    }

    private static int fileFrameLength(int number) {
        return number * number * 200;
    }

    /** Returns the content of a file: for each writer in turn the frames that it may send. */
    private static byte[] frames() {
        ByteBuffer all = ByteBuffer.allocate((THREADS + 1) * (int) fileOffset(FRAMES_IN_FILE));
        for (int writer = 0; writer <= THREADS; writer++) {
            for (int i = 0; i < FRAMES_IN_FILE; i++) {
                all.put(frame(IN_FILE + writer, i, fileFrameLength(i)));
            }
        }
        return all.array();
    }

    private static long fileOffset(int number) {
        long offset = 0;
        for (int i = 0; i < number; i++) {
            offset += HEADER + fileFrameLength(i);
        }
        return offset;
    }

    /** A failure that a round provokes. */
    private static final class Provoked extends RuntimeException {
        private static final long serialVersionUID = 1;

        Provoked() {
            super("provoked", null, false, false);
        }
    }

    /** A write with a completion. */
    private static final class Write {
        final int writer;
        final int number;
        final boolean isFrame;
        /** True if the connection was open when the call had returned: it is completed before onClosed. */
        volatile boolean isBeforeEnd;
        volatile int completions;
        volatile boolean isTaken;
        volatile boolean isAfterClosed;

        Write(int writer, int number, boolean isFrame) {
            this.writer = writer;
            this.number = number;
            this.isFrame = isFrame;
        }

        @Override
        public String toString() {
            return "write " + number + " of " + writer;
        }
    }

    /** One reactor and its connections. */
    private static final class Round {
        final Queue<String> violations = new ConcurrentLinkedQueue<>();
        final Map<Integer, Subject> subjects = new ConcurrentHashMap<>();
        final Random random;
        final Path path;
        final ConnectionFixture.Watching watching;
        FileFd file;

        Round(Random random, Path path) {
            this.random = random;
            this.path = path;
            this.watching = pick(random, ConnectionFixture.Watching.values());
        }

        void run() throws Exception {
            Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1 + random.nextInt(2))
                    .withMechanism(watching.mechanism).withFailureHandler((loop, source, failure) -> failed(failure)));
            try (reactor; FileFd opened = FileFd.open(path, OpenFlags.O_RDONLY)) {
                file = opened;
                run(reactor);
            }
            check(violations.isEmpty(), violations + " on " + watching);
        }

        private void failed(Throwable failure) {
            // a handler that leaves all bytes is at fault
            if (!(failure instanceof Provoked) && !String.valueOf(failure).contains("are left unread by")) {
                violations.add("reported: " + failure + " at " + Stream.of(failure.getStackTrace()).limit(8).toList());
            }
        }

        private void run(Reactor reactor) throws Exception {
            ListenerConfig config = ListenerConfig.DEFAULT.withConnections(config()).withMaxConnections(100);
            if (random.nextBoolean()) {
                config = config.withOptions(LinuxSocketOptions.SO_SNDBUF.with(1 << 10 + random.nextInt(8)));
            }
            Listener listener = reactor.listen(ConnectionFixture.ANY, config, connection -> {
                int port = ((InetSocketAddress) connection.remoteAddress()).getPort();
                return subject(port).open(connection);
            });
            List<Integer> registrations = registrations(reactor);
            List<Peer> peers = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.port());
                Subject subject = subject(socket.getLocalPort());
                Peer peer = new Peer(socket, subject, random.nextLong());
                peers.add(peer);
                threads.addAll(peer.start());
                threads.addAll(subject.start(random.nextLong()));
            }
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(30));
                check(!thread.isAlive(), "no end of " + thread.getName() + " at "
                        + List.of(thread.getStackTrace()) + state());
            }
            for (Peer peer : peers) {
                peer.socket.close();
                peer.subject.check(peer);
            }
            Eventually.await("the reactor has no connections", () -> listener.connectionCount() == 0
                    && reactor.metrics().open() == 0);
            check(reactor.metrics().queuedBytes() == 0, reactor.metrics() + "");
            Eventually.await("registrations " + registrations, () -> registrations(reactor).equals(registrations));
            for (EventLoop loop : reactor.loops()) {
                CompletableFuture<LoopDump> dump = new CompletableFuture<>();
                loop.execute(() -> {
                    try {
                        dump.complete(loop.dump());
                    } catch (IOException e) {
                        dump.completeExceptionally(e);
                    }
                });
                check(dump.get(20, TimeUnit.SECONDS).isConsistent(), dump.join().toString());
            }
        }

        private String state() {
            return ", on " + watching + ": " + subjects.values() + violations;
        }

        private Subject subject(int port) {
            return subjects.computeIfAbsent(port, same -> new Subject(this));
        }

        private ConnectionConfig config() {
            int low = random.nextInt(8 << 10);
            int high = low + random.nextInt(32 << 10);
            int limit = random.nextInt(4) == 0 ? high + random.nextInt(64 << 10) : 16 << 20;
            ConnectionConfig config = ConnectionConfig.DEFAULT.withTrigger(watching.trigger).withWaterMarks(0, 0)
                    .withBudget(1 + random.nextInt(random.nextBoolean() ? 2000 : 200_000)).withQueueLimit(limit)
                    .withWaterMarks(low, high).withAutoPause(random.nextBoolean())
                    .withCloseTimeout(Duration.ofSeconds(20));
            return random.nextInt(4) == 0 ? config.withIdleTimeout(Duration.ofMillis(1 + random.nextInt(50))) : config;
        }

        private static List<Integer> registrations(Reactor reactor) {
            return reactor.loops().stream()
                    .map(loop -> CompletableFuture.supplyAsync(loop::registrations, loop).join()).toList();
        }
    }

    @SafeVarargs
    private static <T> T pick(Random random, T... values) {
        return values[random.nextInt(values.length)];
    }

    private static void check(boolean isRight, String violation) {
        if (!isRight) {
            throw new AssertionError(violation);
        }
    }

    /** A client: sends bytes, and reads frames. */
    private static final class Peer {
        final Socket socket;
        final Subject subject;
        final Random reading;
        final Random writing;
        final List<Integer> received = Collections.synchronizedList(new ArrayList<>());
        /** The bytes that were sent, if the end of the stream came after them. */
        volatile long sent = -1;
        volatile boolean isEndReceived;

        Peer(Socket socket, Subject subject, long seed) {
            this.socket = socket;
            this.subject = subject;
            this.reading = new Random(seed);
            this.writing = new Random(seed + 1);
        }

        List<Thread> start() {
            return List.of(Thread.ofPlatform().daemon().name("peer-reads").start(this::read),
                    Thread.ofPlatform().daemon().name("peer-writes").start(this::write));
        }

        private void write() {
            long total = 0;
            int urgent = writing.nextInt(60);
            try {
                for (int i = writing.nextInt(30); i > 0; i--) {
                    byte[] bytes = new byte[writing.nextInt(writing.nextInt(5) == 0 ? 100_000 : 1000)];
                    for (int j = 0; j < bytes.length; j++) {
                        bytes[j] = input(total + j);
                    }
                    socket.getOutputStream().write(bytes);
                    total += bytes.length;
                    if (i == urgent) { // once: a second one would make the first a part of the stream
                        socket.sendUrgentData(1);
                    }
                    rest(writing);
                }
                switch (writing.nextInt(8)) {
                    case 0 -> socket.close();
                    case 1 -> {
                        socket.setSoLinger(true, 0);
                        socket.close();
                    }
                    case 2 -> { }
                    default -> {
                        socket.shutdownOutput();
                        sent = total;
                    }
                }
            } catch (IOException e) {
                subject.peerFailed = true;
            }
        }

        private void read() {
            try {
                InputStream stream = socket.getInputStream();
                DataInputStream in = new DataInputStream(stream);
                int[] numbers = new int[2 * IN_FILE];
                int writer;
                while ((writer = in.read()) >= 0) {
                    int number = in.readInt();
                    if (number != numbers[writer]++) {
                        subject.violation("frame " + number + " of " + writer + " in place of " + --numbers[writer]);
                    }
                    byte[] payload = new byte[in.readInt()];
                    in.readFully(payload);
                    for (int i = 0; i < payload.length; i++) {
                        if (payload[i] != payload(writer, number, i)) {
                            subject.violation("byte " + i + " of frame " + number + " of " + writer);
                        }
                    }
                    received.add(writer << 24 | number);
                    rest(reading);
                }
                isEndReceived = true;
                socket.close();
            } catch (EOFException e) {
                subject.isCut = true; // within a frame
                try {
                    socket.close();
                } catch (IOException second) {
                    subject.peerFailed = true;
                }
            } catch (IOException e) {
                subject.peerFailed = true;
            }
        }
    }

    private static void rest(Random random) {
        switch (random.nextInt(12)) {
            case 0 -> LockSupport.parkNanos(random.nextInt(2_000_000));
            case 1, 2 -> LockSupport.parkNanos(random.nextInt(50_000));
            case 3, 4 -> Thread.yield();
            default -> { }
        }
    }

    /** A connection under test, the calls of its handlers, and the threads that call its methods. */
    private static final class Subject {
        final Round round;
        final CompletableFuture<Connection> opened = new CompletableFuture<>();
        final CountDownLatch closed = new CountDownLatch(1);
        final int[] frames = new int[THREADS + 1];
        final int[] fileFrames = new int[THREADS + 1];
        final Queue<Write> writes = new ConcurrentLinkedQueue<>();
        /** In the order of the calls. */
        final List<Write> completed = new ArrayList<>();
        volatile boolean peerFailed;
        volatile boolean isCut;
        /** True if something was called that may drop bytes. */
        volatile boolean mayDrop;
        volatile Throwable cause;

        // of the loop's thread
        private Random inLoop;
        private Handler current;
        private boolean isInCall;
        private boolean isClosed;
        private boolean isInputEnded;
        private long consumed;
        private int actionsInLoop;

        Subject(Round round) {
            this.round = round;
        }

        void violation(String text) {
            round.violations.add(text);
        }

        Handler open(Connection connection) {
            inLoop = new Random(connection.remoteAddress().hashCode());
            Handler first = new Handler(this);
            opened.complete(connection);
            return first;
        }

        List<Thread> start(long seed) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 1; i <= THREADS; i++) {
                int writer = i;
                threads.add(Thread.ofPlatform().daemon().name("caller-" + i).start(() -> call(writer, seed + writer)));
            }
            List<Thread> callers = List.copyOf(threads);
            threads.add(Thread.ofPlatform().daemon().name("ends").start(() -> {
                try {
                    for (Thread thread : callers) {
                        thread.join();
                    }
                    end(opened.get(20, TimeUnit.SECONDS), new Random(seed));
                    closed.await();
                } catch (InterruptedException | ExecutionException | TimeoutException e) {
                    violation("" + e);
                }
            }));
            return threads;
        }

        private void call(int writer, long seed) {
            Random random = new Random(seed);
            try {
                Connection connection = opened.get(20, TimeUnit.SECONDS);
                for (int i = random.nextInt(40); i > 0; i--) {
                    act(connection, writer, random);
                    rest(random);
                }
            } catch (InterruptedException | ExecutionException | TimeoutException | RuntimeException
                    | AssertionError e) {
                violation(writer + ": " + e + List.of(e.getStackTrace()));
            }
        }

        private void end(Connection connection, Random random) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    mayDrop = true;
                    connection.closeNow();
                }
                case 1 -> {
                    mayDrop = true;
                    connection.reset();
                }
                default -> connection.close();
            }
        }

        /** Calls some method. */
        void act(Connection connection, int writer, Random random) {
            int choice = random.nextInt(400);
            if (choice < 200) {
                write(connection, writer, random);
            } else if (choice < 220) {
                sendFile(connection, writer, random);
            } else if (choice < 230) {
                write(connection, new Write(writer, -1, false), ByteBuffer.allocate(0));
            } else if (choice < 260) {
                connection.pauseReading();
            } else if (choice < 310) {
                connection.resumeReading();
            } else if (choice < 320) {
                connection.handler(new Handler(this));
            } else if (choice < 330) {
                connection.flush();
            } else if (choice < 340) {
                connection.inMessage(random.nextBoolean());
            } else if (choice < 350) {
                int high = random.nextInt(16 << 10);
                connection.config(connection.config().withWaterMarks(0, 0).withQueueLimit(16 << 20)
                        .withWaterMarks(random.nextInt(high + 1), high).withAutoPause(random.nextBoolean())
                        .withBudget(1 + random.nextInt(1 << 16)));
            } else if (choice < 360) {
                register(connection.loop());
            } else if (choice < 370) {
                connection.loop().execute(() -> actInLoop(connection));
            } else if (choice < 375) {
                if (connection.pendingBytes() < 0 || connection.localAddress() == null
                        || connection.remoteAddress() == null || connection.toString().isEmpty()) {
                    violation("state of " + connection);
                }
            } else if (choice < 377) {
                connection.shutdownOutput();
            } else if (choice < 379) {
                end(connection, random);
            } else if (choice < 380 && writer == 0) {
                mayDrop = true;
                throw new Provoked();
            }
        }

        private void actInLoop(Connection connection) {
            if (actionsInLoop++ < 200) {
                act(connection, 0, inLoop);
            }
        }

        private void write(Connection connection, int writer, Random random) {
            int length = random.nextInt(random.nextInt(10) == 0 ? 60_000 : 500);
            int number = frames[writer]++;
            ByteBuffer frame = frame(writer, number, length);
            switch (random.nextInt(4)) {
                case 0 -> connection.write(frame);
                case 1 -> {
                    int cut = random.nextInt(frame.remaining());
                    if (writer == 0) { // another thread's parts might be apart
                        connection.write(frame.slice(0, cut), frame.position(cut));
                    } else {
                        connection.write(frame);
                    }
                }
                default -> write(connection, new Write(writer, number, true), frame);
            }
        }

        private void write(Connection connection, Write write, ByteBuffer data) {
            writes.add(write);
            connection.write(data, completion(write));
            if (data.hasRemaining()) {
                violation("a write has left bytes");
            }
            write.isBeforeEnd = connection.isOpen();
        }

        private void sendFile(Connection connection, int writer, Random random) {
            int number = fileFrames[writer];
            if (number == FRAMES_IN_FILE) {
                return;
            }
            fileFrames[writer]++;
            long offset = writer * fileOffset(FRAMES_IN_FILE) + fileOffset(number);
            Write write = new Write(IN_FILE + writer, number, true);
            writes.add(write);
            connection.sendFile(round.file, offset, HEADER + fileFrameLength(number), completion(write));
            write.isBeforeEnd = connection.isOpen();
        }

        private WriteCompletion completion(Write write) {
            return (connection, cause) -> {
                requireLoop(connection, "completion");
                write.completions++;
                write.isTaken = cause == null;
                write.isAfterClosed = isClosed;
                completed.add(write);
                isInCall = true;
                try {
                    if (inLoop.nextInt(4) == 0 && actionsInLoop++ < 200) {
                        act(connection, 0, inLoop);
                    }
                } finally {
                    isInCall = false;
                }
            };
        }

        /** Registers a descriptor, and cancels it in its handler or before. */
        private void register(EventLoop loop) {
            loop.execute(() -> {
                try {
                    EventFd fd = EventFd.open();
                    fd.write(1);
                    Registration registration = loop.register(fd.fd(), EPOLLIN, (ready, events) -> {
                        if (!ready.isValid()) {
                            violation("an event after cancel");
                        }
                        ready.cancel();
                        fd.close();
                    });
                    if (inLoop.nextBoolean()) {
                        registration.cancel();
                        fd.close();
                    }
                } catch (IOException e) {
                    violation("" + e);
                }
            });
        }

        private void requireLoop(Connection connection, String call) {
            if (!connection.loop().inLoop()) {
                violation(call + " on " + Thread.currentThread());
            }
            if (isInCall) {
                violation(call + " inside another call");
            }
        }

        void check(Peer peer) {
            Connection connection = opened.getNow(null);
            InterleavingFuzzTest.check(closed.getCount() == 0 && !connection.isOpen(), "onClosed was not called");
            Eventually.await("no byte is pending, and all writes are completed",
                    () -> CompletableFuture.supplyAsync(() -> checkWrites(connection, peer), connection.loop()).join());
        }

        /** On the loop's thread, so that nothing goes on meanwhile. Returns false if something is still to come. */
        private boolean checkWrites(Connection connection, Peer peer) {
            if (connection.pendingBytes() > 0 || writes.stream().anyMatch(write -> write.completions == 0)) {
                return false; // a completion may have written again
            }
            for (Write write : writes) {
                if (write.completions != 1) {
                    violation(write + " completed " + write.completions + " times");
                }
                if (write.isBeforeEnd && write.isAfterClosed) {
                    violation(write + " completed after onClosed");
                }
            }
            List<Integer> inOrder = completed.stream().filter(write -> write.isFrame)
                    .map(write -> write.writer << 24 | write.number).toList();
            List<Integer> received = peer.received.stream().filter(inOrder::contains).toList();
            if (!inOrder.subList(0, received.size()).equals(received)) {
                violation("received " + received + ", completed " + inOrder);
            }
            if (cause instanceof IdleTimeoutException timeout && timeout.kind() == IdleTimeoutException.Kind.CLOSE) {
                violation("a close whose peer reads was not finished: " + this);
            }
            boolean isTakenAfterFailure = false;
            boolean isFailed = false;
            for (Write write : completed) {
                isTakenAfterFailure |= isFailed && write.isTaken && write.isFrame;
                isFailed |= !write.isTaken;
            }
            if (isTakenAfterFailure) {
                violation("a write was taken behind one that was not");
            }
            if (cause == null && !mayDrop && !peerFailed && peer.isEndReceived) {
                long taken = completed.stream().filter(write -> write.isFrame && write.isTaken).count();
                if (received.size() < taken) {
                    violation("in good order " + received.size() + " of " + taken + " frames were received");
                }
            }
            if (cause == null && !mayDrop && !peerFailed && isCut) {
                violation("in good order a frame was cut");
            }
            if (peer.sent >= 0 && consumed > peer.sent) {
                violation("handled " + consumed + " of " + peer.sent);
            }
            if (isInputEnded && peer.sent >= 0 && consumed < peer.sent) {
                violation("the end came after " + consumed + " of " + peer.sent);
            }
            return true;
        }

        @Override
        public String toString() {
            return opened.getNow(null) + " closed " + closed + ", pending "
                    + (opened.isDone() ? opened.join().pendingBytes() : -1);
        }
    }

    /** Checks the calls, and calls methods itself. */
    private static final class Handler implements ConnectionHandler {
        private final Subject subject;
        private boolean isOpened;
        private boolean isInputEnded;

        Handler(Subject subject) {
            this.subject = subject;
        }

        private void begin(Connection connection, String call) {
            subject.requireLoop(connection, call);
            subject.isInCall = true;
            if (subject.isClosed) {
                subject.violation(call + " after onClosed");
            }
            if (subject.current != this || !isOpened) {
                subject.violation(call + " of a handler that is not the current one");
            }
        }

        private void end(Connection connection) {
            try {
                if (subject.inLoop.nextInt(3) > 0 && subject.actionsInLoop++ < 200) {
                    subject.act(connection, 0, subject.inLoop);
                }
            } finally {
                subject.isInCall = false;
            }
        }

        @Override
        public void onOpen(Connection connection) {
            if (isOpened) {
                subject.violation("onOpen again");
            }
            isOpened = true;
            subject.current = this;
            begin(connection, "onOpen");
            end(connection);
        }

        @Override
        public void onData(Connection connection, ByteBuffer data) {
            begin(connection, "onData");
            if (isInputEnded || subject.isInputEnded) {
                subject.violation("onData after onInputClosed");
            }
            if (!data.hasRemaining() || data.order() != ByteOrder.BIG_ENDIAN) {
                subject.violation("onData with " + data);
            }
            requireInput(data);
            int count = switch (subject.inLoop.nextInt(6)) {
                case 0 -> 0;
                case 1 -> subject.inLoop.nextInt(data.remaining() + 1);
                default -> data.remaining();
            };
            data.position(data.position() + count);
            subject.consumed += count;
            if (data.remaining() == data.capacity()) {
                subject.mayDrop = true;
            }
            end(connection);
        }

        private void requireInput(ByteBuffer data) {
            for (int i = 0; i < data.remaining(); i++) {
                if (data.get(data.position() + i) != input(subject.consumed + i)) {
                    subject.violation("byte " + (subject.consumed + i) + " of the input in " + data);
                    return;
                }
            }
        }

        @Override
        public void onWritable(Connection connection) {
            begin(connection, "onWritable");
            end(connection);
        }

        @Override
        public void onInputClosed(Connection connection, ByteBuffer rest) {
            begin(connection, "onInputClosed");
            if (isInputEnded) {
                subject.violation("onInputClosed again");
            }
            isInputEnded = true;
            requireInput(rest);
            subject.consumed += rest.remaining();
            rest.position(rest.limit()); // or a handler that replaces this one would get it again
            subject.isInputEnded = true;
            end(connection);
        }

        @Override
        public boolean onTimeout(Connection connection, IdleTimeoutException timeout) {
            begin(connection, "onTimeout");
            subject.mayDrop = true;
            end(connection);
            return subject.inLoop.nextBoolean();
        }

        @Override
        public void onClosed(Connection connection, Throwable cause) {
            subject.requireLoop(connection, "onClosed");
            if (subject.isClosed) {
                subject.violation("onClosed again");
            }
            subject.isClosed = true;
            subject.cause = cause;
            subject.closed.countDown();
        }
    }
}
