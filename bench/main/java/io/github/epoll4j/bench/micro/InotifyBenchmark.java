package io.github.epoll4j.bench.micro;

import static io.github.epoll4j.fd.InotifyFlags.IN_MODIFY;

import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.Inotify;
import io.github.epoll4j.fd.InotifyEvent;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What happens to a file, and the watches on it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InotifyBenchmark {
    private Path path;
    private OwnedFd file;
    private Inotify queue;

    /** Watches a file. */
    @Setup
    public void open() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom("/tmp/epoll4j-bench-" + "X".repeat(6));
            file = FileFd.adopt(Unwrapped.mkstemp(name));
            path = Path.of(name.getString(0));
        }
        queue = Inotify.open();
        queue.add(path, IN_MODIFY);
    }

    /** Removes the file. */
    @TearDown
    public void close() throws IOException {
        queue.close();
        file.close();
        Files.delete(path);
    }

    /** {@code pwrite} of a byte, without the library, and a {@code read} of the event. */
    @Benchmark
    public List<InotifyEvent> read() throws IOException {
        Unwrapped.writeFirst(file.fd());
        return queue.read();
    }

    /** {@code inotify_add_watch}, {@code inotify_rm_watch}, and a {@code read} of the watch's last event. */
    @Benchmark
    public List<InotifyEvent> addAndRemove() throws IOException {
        queue.remove(queue.add(path, IN_MODIFY));
        return queue.read();
    }
}
