package io.github.epoll4j.bench.micro;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
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

/** What the JDK has for the same: its {@code Selector}, which is epoll inside, on 64 pipes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SelectorBenchmark {
    private static final int WATCHED = 64;

    /** How many of the pipes are ready. */
    @Param({"0", "1", "64"})
    public int ready;

    private final List<Pipe> pipes = new ArrayList<>();
    private Selector selector;

    /** Watches the pipes. */
    @Setup
    public void open() throws IOException {
        selector = Selector.open();
        for (int i = 0; i < WATCHED; i++) {
            Pipe pipe = Pipe.open();
            pipes.add(pipe);
            pipe.source().configureBlocking(false);
            pipe.source().register(selector, SelectionKey.OP_READ, (long) i);
            if (i < ready) {
                pipe.sink().write(ByteBuffer.allocate(1));
            }
        }
    }

    /** Closes all. */
    @TearDown
    public void close() throws IOException {
        selector.close();
        for (Pipe pipe : pipes) {
            pipe.source().close();
            pipe.sink().close();
        }
    }

    /** {@code selectNow}, and a look at the attachment of each selected key, as a server's loop does it. */
    @Benchmark
    public long selectNow() throws IOException {
        long sum = 0;
        if (selector.selectNow() > 0) {
            for (SelectionKey key : selector.selectedKeys()) {
                sum += (Long) key.attachment();
            }
            selector.selectedKeys().clear();
        }
        return sum;
    }
}
