package io.github.epoll4j.bench.micro;

import static io.github.epoll4j.fd.OpenFlags.O_RDONLY;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A file of 1 MB through a TCP connection. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SendFileBenchmark {
    private static final int FILE_SIZE = 1 << 20;
    private static final int BUFFER_SIZE = 16 << 10;

    private Path path;
    private FileFd file;
    private TcpStream in;
    private TcpStream out;
    private ByteBuffer buffer;

    /** Writes the file and connects two sockets. */
    @Setup
    public void open() throws IOException {
        path = Files.write(Files.createTempFile("epoll4j-bench", ""), new byte[FILE_SIZE]);
        file = FileFd.open(path, O_RDONLY);
        try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            in = TcpStream.connect(listener.localAddress(), TCP_NODELAY.with(true));
            out = listener.accept();
            if (out == null || !in.finishConnect()) {
                throw new IOException("the connection is not there");
            }
        }
        buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
    }

    /** Closes both and deletes the file. */
    @TearDown
    public void close() throws IOException {
        in.close();
        out.close();
        file.close();
        Files.delete(path);
    }

    /** {@code sendfile} as far as the socket takes it, and {@code recv} of all bytes. */
    @Benchmark
    public long sendFile() throws IOException {
        long sent = 0;
        long taken = 0;
        while (taken < FILE_SIZE) {
            if (sent < FILE_SIZE) {
                sent += in.sendFile(file, sent, FILE_SIZE - sent);
            }
            for (int count; (count = out.read(buffer.clear())) > 0;) {
                taken += count;
            }
        }
        return taken;
    }
}
