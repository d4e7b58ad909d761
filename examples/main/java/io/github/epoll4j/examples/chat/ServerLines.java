package io.github.epoll4j.examples.chat;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.codec.LineDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Shows what the server sends, the lines of one arrival together. */
final class ServerLines implements ConnectionHandler {
    private static final int MAX_LINE_BYTES = 64 << 10;

    private final Screen screen;
    private final LineDecoder decoder = LineDecoder.of(MAX_LINE_BYTES);
    private final List<String> lines = new ArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    ServerLines(Screen screen) {
        this.screen = screen;
    }

    /** Completes when the connection has ended: exceptionally, if it was lost. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    @Override
    public void onData(Connection connection, ByteBuffer data) throws IOException {
        try {
            decoder.decode(data, lines::add);
        } finally {
            show();
        }
    }

    @Override
    public void onInputClosed(Connection connection, ByteBuffer rest) throws IOException {
        decoder.finish(lines::add);
        show();
        connection.close();
    }

    private void show() {
        if (!lines.isEmpty()) {
            screen.show(lines);
            lines.clear();
        }
    }

    @Override
    public void onClosed(Connection connection, Throwable cause) {
        if (cause == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(cause);
        }
    }
}
