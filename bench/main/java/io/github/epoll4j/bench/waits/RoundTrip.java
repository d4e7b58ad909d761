package io.github.epoll4j.bench.waits;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.bench.KernelFile;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.wait.Readiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A process in which two threads send each other a byte over a pair of Unix sockets, there and back. */
final class RoundTrip {
    /** The numbers of the line that it prints. */
    static final int NANOS = 0;
    static final int CPU_NANOS = 1;
    static final int SWITCHES = 2;

    private static final Duration NEVER_REACHED = Duration.ofSeconds(1);
    /** Round trips between two looks at the clock. */
    private static final int BATCH = 50;

    private RoundTrip() {
    }

    /** How the two threads wait. */
    enum Way {
        VIRTUAL("Readiness, virtual", true),
        VIRTUAL_LIMIT("Readiness, 1 s limit", true),
        NIO("nio", true),
        NIO_SYSTEM("nio, jdk.pollerMode=1", true, "-Djdk.pollerMode=1"),
        PLATFORM("Readiness, platform", false),
        NIO_PLATFORM("nio, platform", false);

        private final String id;
        private final boolean isVirtual;
        private final List<String> flags;

        Way(String id, boolean isVirtual, String... flags) {
            this.id = id;
            this.isVirtual = isVirtual;
            this.flags = List.of(flags);
        }

        String id() {
            return id;
        }

        List<String> flags() {
            return flags;
        }

        static Way of(String id) {
            return Arrays.stream(values()).filter(way -> way.id.equals(id)).findFirst().orElseThrow();
        }

        private Thread start(Runnable task) {
            return (isVirtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(task);
        }

        private boolean isNio() {
            return this == NIO || this == NIO_SYSTEM || this == NIO_PLATFORM;
        }
    }

    /** An end of the pair. */
    private interface End {
        void send() throws IOException;

        void receive() throws IOException, InterruptedException;
    }

    private record StreamEnd(UnixStream stream, boolean isLimited, ByteBuffer buffer) implements End {
        StreamEnd(UnixStream stream, boolean isLimited) {
            this(stream, isLimited, ByteBuffer.allocateDirect(1));
        }

        @Override
        public void send() throws IOException {
            stream.write(buffer.clear());
        }

        @Override
        public void receive() throws IOException, InterruptedException {
            while (stream.read(buffer.clear()) == 0) {
                if (isLimited) {
                    Readiness.await(stream, EPOLLIN, NEVER_REACHED);
                } else {
                    Readiness.await(stream, EPOLLIN);
                }
            }
        }
    }

    private record ChannelEnd(SocketChannel channel, ByteBuffer buffer) implements End {
        ChannelEnd(SocketChannel channel) {
            this(channel, ByteBuffer.allocateDirect(1));
        }

        @Override
        public void send() throws IOException {
            channel.write(buffer.clear());
        }

        @Override
        public void receive() throws IOException {
            channel.read(buffer.clear());
        }
    }

    /**
     * Prints the nanoseconds, the processor nanoseconds and the context switches of a round trip.
     *
     * @param args the way, the seconds to warm up, the seconds to measure
     */
    public static void main(String[] args) throws Exception {
        Way way = Way.of(args[0]);
        double warmup = Double.parseDouble(args[1]);
        double seconds = Double.parseDouble(args[2]);
        End[] ends = way.isNio() ? channels() : streams(way == Way.VIRTUAL_LIMIT);
        way.start(() -> answer(ends[1]));
        way.start(() -> measure(ends[0], warmup, seconds)).join();
    }

    private static End[] streams(boolean isLimited) throws IOException {
        SocketPair<UnixStream> pair = SocketPair.open();
        return new End[] {new StreamEnd(pair.first(), isLimited), new StreamEnd(pair.second(), isLimited)};
    }

    /** NIO has no pair: a listener makes one. */
    private static End[] channels() throws IOException {
        Path folder = Files.createTempDirectory("epoll4j-bench");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(address);
            SocketChannel first = SocketChannel.open(address);
            return new End[] {new ChannelEnd(first), new ChannelEnd(listener.accept())};
        } finally {
            Files.deleteIfExists(address.getPath());
            Files.delete(folder);
        }
    }

    private static void answer(End end) {
        try {
            while (true) {
                end.receive();
                end.send();
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e); // the process ends before the pair does
        }
    }

    private static void measure(End end, double warmup, double seconds) {
        try {
            exchange(end, warmup);
            long cpu = cpuNanos();
            long switches = switches();
            long start = System.nanoTime();
            long count = exchange(end, seconds);
            double nanos = System.nanoTime() - start;
            System.out.println(String.format(Locale.ROOT, "%.1f %.1f %.3f", nanos / count,
                    (double) (cpuNanos() - cpu) / count, (double) (switches() - switches) / count));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long exchange(End end, double seconds) throws IOException, InterruptedException {
        long limit = System.nanoTime() + (long) (seconds * 1e9);
        long count = 0;
        do {
            for (int i = 0; i < BATCH; i++) {
                end.send();
                end.receive();
            }
            count += BATCH;
        } while (System.nanoTime() - limit < 0);
        return count;
    }

    private static long cpuNanos() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    /** Returns the context switches of all threads so far, both kinds. */
    private static long switches() throws IOException {
        long sum = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                sum += switches(thread, "voluntary_ctxt_switches") + switches(thread, "nonvoluntary_ctxt_switches");
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return sum;
    }

    private static long switches(Path thread, String name) {
        return KernelFile.value(thread.resolve("status").toString(), name).map(Long::parseLong).orElse(0L);
    }
}
