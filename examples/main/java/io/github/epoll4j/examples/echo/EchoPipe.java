package io.github.epoll4j.examples.echo;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A client between two streams: what it reads goes to the server, what comes back is printed. */
final class EchoPipe implements ConnectionHandler {
    private final InputStream in;
    private final PrintStream out;
    private final byte[] received = new byte[64 << 10];
    private final CompletableFuture<Void> end = new CompletableFuture<>();

    EchoPipe(InputStream in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    /** Transfers until the server ends the connection, which it does after the end of the input. */
    void transfer(Connection connection) throws IOException {
        Thread.ofPlatform().daemon().name("stdin").start(() -> send(connection));
        try {
            end.join();
        } catch (CompletionException e) {
            throw new IOException("the connection is lost: " + e.getCause().getMessage(), e);
        }
    }

    /** In a thread of its own, as reading a terminal or a pipe blocks. */
    private void send(Connection connection) {
        byte[] piece = new byte[64 << 10];
        try {
            for (int count = in.read(piece); count >= 0 && connection.isOpen(); count = in.read(piece)) {
                // no faster than the socket takes it, so that nothing piles up here
                connection.writeAsync(ByteBuffer.wrap(piece, 0, count)).join();
            }
            connection.shutdownOutput();
        } catch (IOException e) {
            end.completeExceptionally(e);
        } catch (CompletionException e) {
            return; // the connection has ended, and tells why
        }
    }

    @Override
    public void onData(Connection connection, ByteBuffer data) {
        int length = data.remaining();
        data.get(received, 0, length);
        out.write(received, 0, length);
        out.flush();
    }

    @Override
    public void onClosed(Connection connection, Throwable cause) {
        if (cause == null) {
            end.complete(null);
        } else {
            end.completeExceptionally(cause);
        }
    }
}
