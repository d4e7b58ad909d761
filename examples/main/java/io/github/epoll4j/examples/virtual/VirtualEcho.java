package io.github.epoll4j.examples.virtual;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.wait.Readiness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run vecho}. */
@Command(name = "vecho", sortOptions = false, usageHelpAutoWidth = true,
        description = "Echoes what TCP clients send, with a virtual thread for each connection.")
public final class VirtualEcho implements Callable<Integer> {
    private static final int BUFFER_SIZE = 8 << 10;
    private static final long ACCEPT_PAUSE_MILLIS = 100;

    @Mixin
    private ListenAddress address;

    @Option(names = "--idle-timeout", paramLabel = "SECONDS",
            description = "Close a connection after so long without progress (default: never).")
    private Double idleTimeout;

    @Spec
    private CommandSpec spec;

    /** The longest time to wait for a peer, or null. */
    private Duration limit;

    @Override
    public Integer call() throws IOException {
        if (idleTimeout != null) {
            limit = new OptionValues(spec).time("--idle-timeout", idleTimeout, ChronoUnit.SECONDS);
        }
        try (TcpListener listener = address.listen(where -> TcpListener.bind(where, TCP_NODELAY.with(true)))) {
            String ready = "vecho listening on " + address.withPort(listener.localAddress().getPort());
            Serving.untilSignal(ready, () -> serve(listener), listener::close);
        }
        return 0;
    }

    private void serve(TcpListener listener) throws IOException {
        try {
            while (true) {
                TcpStream stream = accept(listener);
                Thread.startVirtualThread(() -> echo(stream));
            }
        } catch (IllegalStateException e) {
            return; // the listener was closed, which ends its waits
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static TcpStream accept(TcpListener listener) throws IOException, InterruptedException {
        while (true) {
            try {
                TcpStream stream = listener.accept();
                if (stream != null) {
                    return stream;
                }
                Readiness.await(listener, EPOLLIN);
            } catch (ErrnoException e) {
                switch (e.errno()) {
                    case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM -> pause();
                    default -> throw e;
                }
            }
        }
    }

    /** Leaves clients in the kernel's queue while there is no descriptor for them. */
    private static void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(ACCEPT_PAUSE_MILLIS);
    }

    private void echo(TcpStream stream) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE);
        try (stream) {
            while (read(stream, buffer.clear()) > 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    if (stream.write(buffer) == 0 && !isReady(stream, EPOLLOUT)) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            return; // a reset is an end like any other
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads like a blocking stream: at least a byte, or -1 at the end, or after the limit. */
    private int read(TcpStream stream, ByteBuffer buffer) throws IOException, InterruptedException {
        int count = stream.read(buffer);
        while (count == 0 && isReady(stream, EPOLLIN)) {
            count = stream.read(buffer);
        }
        return count == 0 ? -1 : count;
    }

    private boolean isReady(TcpStream stream, int events) throws IOException, InterruptedException {
        return (limit == null ? Readiness.await(stream, events) : Readiness.await(stream, events, limit)) != 0;
    }
}
