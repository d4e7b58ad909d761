package io.github.epoll4j.examples.reverse;

import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** A server whose I/O thread is one of the test. */
final class RunningReverse implements AutoCloseable {
    private final ReverseServer server;
    private final int port;
    private final FutureTask<Void> run;
    private final Thread thread;

    /** Starts a server on a listener, to which clients may have connected already. */
    RunningReverse(TcpListener listener, int capacity, Consumer<byte[]> work) throws IOException {
        port = listener.localAddress().getPort();
        server = new ReverseServer(listener, capacity, work, null);
        run = new FutureTask<>(() -> {
            try (server) {
                server.run();
            }
            return null;
        });
        thread = Thread.ofPlatform().daemon().name("io").start(run);
    }

    static RunningReverse start(int capacity, Consumer<byte[]> work) throws IOException {
        return new RunningReverse(listen(0), capacity, work);
    }

    static TcpListener listen(int port) throws IOException {
        return TcpListener.bind(new InetSocketAddress("127.0.0.1", port), TCP_NODELAY.with(true));
    }

    int port() {
        return port;
    }

    Thread thread() {
        return thread;
    }

    long processed() {
        return server.processed();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    Socket connect() throws IOException {
        return connect(port);
    }

    /** Connects a client that gives up after 20 seconds of silence. */
    static Socket connect(int port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(20_000);
        client.setTcpNoDelay(true);
        return client;
    }

    /** Waits until it ends by itself, and throws what it ended with. */
    void awaitEnd() throws IOException {
        try {
            run.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new IOException("the server did not end well", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.stop();
        awaitEnd();
    }
}
