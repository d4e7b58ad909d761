package io.github.epoll4j.bench.micro;

import io.github.epoll4j.fd.Pipe;
import java.io.IOException;
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

/** Bytes through a pipe. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PipeBenchmark {
    /** How many bytes. */
    @Param({"64", "16384"})
    public int size;

    private Pipe pipe;
    private ByteBuffer buffer;

    /** Opens it. */
    @Setup
    public void open() throws IOException {
        pipe = Pipe.open();
        buffer = ByteBuffer.allocateDirect(size);
    }

    /** Closes it. */
    @TearDown
    public void close() {
        pipe.close();
    }

    /** One {@code write}, and a {@code read} of the same bytes. */
    @Benchmark
    public int writeAndRead() throws IOException {
        buffer.clear();
        pipe.write(buffer);
        buffer.clear();
        while (buffer.hasRemaining()) {
            pipe.read(buffer);
        }
        return buffer.position();
    }
}
