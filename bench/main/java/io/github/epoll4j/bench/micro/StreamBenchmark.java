package io.github.epoll4j.bench.micro;

import static io.github.epoll4j.net.LinuxSocketOptions.SO_RCVBUF;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.net.IoVectors;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Bytes through a stream socket, and its options. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StreamBenchmark {
    private static final int PARTS = 4;

    /** What connects the two. */
    @Param({"tcp", "unix"})
    public String kind;

    /** How many bytes. */
    @Param({"64", "16384"})
    public int size;

    /** Where the buffer lies. */
    @Param({"direct", "heap"})
    public String memory;

    private StreamSocket in;
    private StreamSocket out;
    private ByteBuffer buffer;
    private MemorySegment segment;
    private ByteBuffer received;
    private ByteBuffer[] parts;
    private IoVectors vector;

    /** Connects two sockets. */
    @Setup
    public void open() throws IOException {
        if (kind.equals("unix")) {
            SocketPair<? extends StreamSocket> pair = SocketPair.open();
            in = pair.first();
            out = pair.second();
        } else {
            connectTcp();
        }
        buffer = memory.equals("heap") ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
        segment = Arena.ofAuto().allocate(size);
        received = ByteBuffer.allocateDirect(PARTS * size);
        vector = IoVectors.allocate(PARTS);
        parts = new ByteBuffer[PARTS];
        for (int i = 0; i < PARTS; i++) {
            parts[i] = ByteBuffer.allocateDirect(size);
        }
    }

    private void connectTcp() throws IOException {
        InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (TcpListener listener = TcpListener.bind(free)) {
            TcpStream client = TcpStream.connect(listener.localAddress(), TCP_NODELAY.with(true));
            in = client;
            out = listener.accept();
            if (out == null || !client.finishConnect()) {
                throw new IOException("the connection is not there");
            }
        }
    }

    /** Closes both. */
    @TearDown
    public void close() {
        in.close();
        out.close();
    }

    /** One {@code send}, and a {@code recv} of the same bytes. */
    @Benchmark
    public int writeAndRead() throws IOException {
        buffer.clear();
        in.write(buffer);
        buffer.clear();
        while (buffer.hasRemaining()) {
            out.read(buffer);
        }
        return buffer.position();
    }

    /** The same with a memory segment instead of a buffer. */
    @Benchmark
    public long segmentWriteAndRead() throws IOException {
        in.write(segment, 0, size);
        long taken = 0;
        while (taken < size) {
            taken += out.read(segment, taken, size - taken);
        }
        return taken;
    }

    /** One {@code sendmsg} of four buffers, and a {@code recv} of all their bytes. */
    @Benchmark
    public int gatherAndRead() throws IOException {
        for (ByteBuffer part : parts) {
            part.clear();
        }
        in.write(parts, 0, PARTS);
        received.clear();
        while (received.hasRemaining()) {
            out.read(received);
        }
        return received.position();
    }

    /** The same with a vector that was allocated once. */
    @Benchmark
    public int vectorAndRead() throws IOException {
        vector.clear();
        for (ByteBuffer part : parts) {
            vector.add(part.clear());
        }
        in.write(vector);
        received.clear();
        while (received.hasRemaining()) {
            out.read(received);
        }
        return received.position();
    }

    /** {@code setsockopt(TCP_NODELAY)}. */
    @Benchmark
    public void setOption() throws IOException {
        in.set(TCP_NODELAY, true);
    }

    /** {@code getsockopt(SO_RCVBUF)}. */
    @Benchmark
    public int option() throws IOException {
        return in.get(SO_RCVBUF);
    }
}
