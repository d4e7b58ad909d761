package io.github.epoll4j.bench.micro;

import static io.github.epoll4j.net.LinuxSocketOptions.SO_LINGER;

import io.github.epoll4j.net.SocketSetting;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The life of a connection. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ConnectBenchmark {
    private final SocketSetting<?> reset = SO_LINGER.with(Duration.ZERO);
    private TcpListener listener;
    private InetSocketAddress address;

    /** Listens. */
    @Setup
    public void open() throws IOException {
        listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        address = listener.localAddress();
    }

    /** Listens no longer. */
    @TearDown
    public void close() {
        listener.close();
    }

    /** {@code connect}, {@code accept4}, and {@code close} of both, first with a reset: no port stays in TIME_WAIT. */
    @Benchmark
    public int connectAndAccept() throws IOException {
        TcpStream client = TcpStream.connect(address, reset);
        TcpStream server = listener.accept();
        int fd = server.fd();
        client.close();
        server.close();
        return fd;
    }
}
