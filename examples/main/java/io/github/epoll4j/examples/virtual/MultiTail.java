package io.github.epoll4j.examples.virtual;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.fd.OpenFlags.O_NONBLOCK;
import static io.github.epoll4j.fd.OpenFlags.O_RDONLY;
import static io.github.epoll4j.fd.OpenFlags.O_RDWR;

import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.Inotify;
import io.github.epoll4j.fd.InotifyFlags;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.fd.PipeReader;
import io.github.epoll4j.wait.Readiness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The command: {@code examples/run multitail}. Each source has a virtual thread. The first that ends, fails or is
 * silent for too long cancels all others: an interrupt ends their waits, and they close their descriptors.
 */
@Command(name = "multitail", sortOptions = false, usageHelpAutoWidth = true,
        description = "Prints the lines of several FIFOs, growing files and commands as they come, each in a virtual "
                + "thread. Ends when the first of them ends.%n%nmultitail --fifo /tmp/a --file /var/log/syslog "
                + "--command 'ping -c 5 localhost' --limit 60%n")
public final class MultiTail implements Callable<Integer> {
    private static final int BUFFER_SIZE = 8 << 10;

    @Option(names = "--fifo", paramLabel = "PATH", description = "A FIFO; may be repeated.")
    private List<Path> fifos = new ArrayList<>();

    @Option(names = "--file", paramLabel = "PATH",
            description = "A file, from its present end on; may be repeated.")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--command", paramLabel = "COMMAND",
            description = "A command for the shell, whose output is read; may be repeated.")
    private List<String> commands = new ArrayList<>();

    @Option(names = "--limit", paramLabel = "SECONDS",
            description = "End with status 1 when a source is silent for so long (default: never).")
    private Double limitSeconds;

    @Spec
    private CommandSpec spec;

    /** The longest time to wait for a line, or null. */
    private Duration limit;

    @Override
    public Integer call() throws IOException {
        OptionValues values = new OptionValues(spec);
        if (limitSeconds != null) {
            limit = values.time("--limit", limitSeconds, ChronoUnit.SECONDS);
        }
        List<Source> sources = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            fifos.forEach(path -> sources.add(() -> followFifo(path)));
            files.forEach(path -> sources.add(() -> followFile(path)));
            commands.forEach(command -> sources.add(() -> followCommand(command)));
            values.require(!sources.isEmpty(), "there is nothing to follow: --fifo, --file or --command");
            boolean[] isSilent = new boolean[1];
            Serving.untilSignal("multitail follows " + sources.size() + (sources.size() == 1 ? " source" : " sources"),
                    () -> isSilent[0] = followAll(threads, sources), threads::shutdownNow);
            return isSilent[0] ? 1 : 0;
        }
    }

    /** Follows all sources until the first ends. Returns true if that was silent for too long. */
    private static boolean followAll(ExecutorService threads, List<Source> sources) throws IOException {
        try {
            CompletionService<Boolean> ended = new ExecutorCompletionService<>(threads);
            for (Source source : sources) {
                ended.submit(source::follow);
            }
            return ended.take().get();
        } catch (RejectedExecutionException e) {
            return false; // a signal came first
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case IOException failure -> throw failure;
                case InterruptedException stop -> false; // by a signal
                default -> throw new IllegalStateException(e.getCause()); // a fault is not the end of a source
            };
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            threads.shutdownNow();
        }
    }

    /** Opens it for writing too: it does not end when the last writer closes it. */
    private boolean followFifo(Path path) throws IOException, InterruptedException {
        try (FileFd fifo = FileFd.open(path, O_RDWR | O_NONBLOCK)) {
            Lines lines = new Lines(path.toString());
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE);
            while (true) {
                while (fifo.read(buffer.clear()) > 0) {
                    lines.print(buffer.flip());
                }
                if (!isReady(fifo)) {
                    lines.printSilence();
                    return true;
                }
            }
        }
    }

    /** A regular file is always ready. A queue of its changes is not. */
    private boolean followFile(Path path) throws IOException, InterruptedException {
        try (FileFd file = FileFd.open(path, O_RDONLY); Inotify changes = Inotify.open()) {
            changes.add(path, InotifyFlags.IN_MODIFY);
            Lines lines = new Lines(path.toString());
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE);
            long position = Files.size(path);
            while (isReady(changes)) {
                changes.read();
                position = Math.min(position, Files.size(path)); // it may have been truncated
                for (int count = file.read(buffer.clear(), position); count > 0;
                        count = file.read(buffer.clear(), position)) {
                    position += count;
                    lines.print(buffer.flip());
                }
            }
            lines.printSilence();
            return true;
        }
    }

    private boolean followCommand(String command) throws IOException, InterruptedException {
        Process process = null;
        try (Pipe pipe = Pipe.open()) {
            Path output = Path.of("/proc/self/fd/" + pipe.writer().fd());
            process = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile()).redirectOutput(output.toFile()).start();
            pipe.writer().close(); // the child has its own: the end is that of the last process that writes
            Lines lines = new Lines(command);
            PipeReader reader = pipe.reader();
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE);
            int count = reader.read(buffer);
            while (count >= 0) {
                lines.print(buffer.flip());
                if (count == 0 && !isReady(reader)) {
                    lines.printSilence();
                    return true;
                }
                count = reader.read(buffer.clear());
            }
            lines.print("status " + process.waitFor());
            return false;
        } finally {
            if (process != null) {
                process.destroy();
            }
        }
    }

    private boolean isReady(OwnedFd fd) throws IOException, InterruptedException {
        return (limit == null ? Readiness.await(fd, EPOLLIN) : Readiness.await(fd, EPOLLIN, limit)) != 0;
    }

    /** A source of lines. */
    @FunctionalInterface
    private interface Source {
        /**
         * Prints lines until the source ends.
         *
         * @return true if it was silent for too long
         */
        boolean follow() throws IOException, InterruptedException;
    }
}
