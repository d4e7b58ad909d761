package io.github.epoll4j.examples.echo;

import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** An echo server in a thread of its own. */
final class RunningServer implements AutoCloseable {
    private final EchoServer server;
    private final InetSocketAddress address;
    private final FutureTask<Void> run;

    private RunningServer(EchoServer server) throws IOException {
        this.server = server;
        this.address = server.address();
        this.run = new FutureTask<>(() -> {
            try (server) {
                server.run();
            }
            return null;
        });
        Thread.ofPlatform().daemon().name("echo").start(run);
    }

    static RunningServer start(Kind kind) throws IOException {
        return start(kind, new InetSocketAddress("127.0.0.1", 0), null);
    }

    static RunningServer start(Kind kind, InetSocketAddress address, PrintStream log) throws IOException {
        return new RunningServer(kind.open(RawEcho.bind(address), log, true));
    }

    /** Starts the edge-triggered server that reads once for each event, so many bytes at most. */
    static RunningServer startWithoutDrain(int bytes) throws IOException {
        TcpListener listener = RawEcho.bind(new InetSocketAddress("127.0.0.1", 0));
        EchoServer server = Kind.EDGE.open(listener, null, false);
        server.readAtOnce(bytes);
        return new RunningServer(server);
    }

    InetSocketAddress address() {
        return address;
    }

    /** Connects a client that gives up after 20 seconds of silence. */
    Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
        client.setSoTimeout(20_000);
        return client;
    }

    /** Stops the server, and throws what it ended with. */
    @Override
    public void close() throws IOException {
        server.stop();
        try {
            run.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new IOException("the server did not end well", e);
        }
    }
}
