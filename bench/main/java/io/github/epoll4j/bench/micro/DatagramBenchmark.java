package io.github.epoll4j.bench.micro;

import io.github.epoll4j.net.DatagramArray;
import io.github.epoll4j.net.UdpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Datagrams from one UDP socket to another. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DatagramBenchmark {
    private static final int SIZE = 64;
    private static final int BURST = 32;

    private UdpSocket in;
    private UdpSocket connected;
    private UdpSocket out;
    private InetSocketAddress receiver;
    private ByteBuffer buffer;
    private DatagramArray sent;
    private DatagramArray received;

    /** Binds the sockets. */
    @Setup
    public void open() throws IOException {
        InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        in = UdpSocket.bind(free);
        connected = UdpSocket.bind(free);
        out = UdpSocket.bind(free);
        receiver = out.localAddress();
        connected.connect(receiver);
        buffer = ByteBuffer.allocateDirect(SIZE);
        sent = DatagramArray.allocate(BURST, SIZE);
        received = DatagramArray.allocate(BURST, SIZE);
    }

    /** Closes them. */
    @TearDown
    public void close() {
        in.close();
        connected.close();
        out.close();
    }

    /** One {@code sendto}, and one {@code recvfrom} that tells the sender. */
    @Benchmark
    public InetSocketAddress sendAndReceive() throws IOException {
        buffer.clear();
        in.send(buffer, receiver);
        buffer.clear();
        return out.receive(buffer);
    }

    /** The same from a connected socket, without the sender. */
    @Benchmark
    public int writeAndRead() throws IOException {
        buffer.clear();
        connected.write(buffer);
        buffer.clear();
        return out.read(buffer);
    }

    /** One {@code sendmmsg} of 32, and {@code recvmmsg} until all have come. */
    @Benchmark
    public int burst() throws IOException {
        sent.clear();
        for (int i = 0; i < BURST; i++) {
            sent.add(buffer.clear(), receiver);
        }
        in.send(sent);
        int sum = 0;
        for (int left = BURST; left > 0;) {
            int count = out.receive(received);
            for (int i = 0; i < count; i++) {
                sum += received.length(i);
            }
            left -= count;
        }
        return sum;
    }
}
