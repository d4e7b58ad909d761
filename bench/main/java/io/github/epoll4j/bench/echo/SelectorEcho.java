package io.github.epoll4j.bench.echo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The JDK's own: one thread, one selector, one buffer for all reads. What a peer does not take is copied and attached
 * to its key, which then waits for writing alone.
 */
final class SelectorEcho {
    private static final int BUFFER_SIZE = 64 << 10;
    private static final int BACKLOG = 4096;

    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);

    private SelectorEcho() throws IOException {
        listener.bind(new InetSocketAddress("127.0.0.1", 0), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    static void run() throws IOException {
        SelectorEcho server = new SelectorEcho();
        JavaServer.listening(((InetSocketAddress) server.listener.getLocalAddress()).getPort());
        while (true) {
            server.selector.select(server::serve);
        }
    }

    private void serve(SelectionKey key) {
        if (key.isAcceptable()) {
            welcome();
            return;
        }
        try {
            if (key.attachment() != null) {
                flush(key, (SocketChannel) key.channel());
            } else {
                echo(key, (SocketChannel) key.channel());
            }
        } catch (IOException e) {
            close(key); // the peer is gone
        }
    }

    private void welcome() {
        try {
            SocketChannel channel = listener.accept();
            while (channel != null) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.register(selector, SelectionKey.OP_READ);
                channel = listener.accept();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void echo(SelectionKey key, SocketChannel channel) throws IOException {
        buffer.clear();
        if (channel.read(buffer) < 0) {
            close(key);
            return;
        }
        buffer.flip();
        channel.write(buffer);
        if (buffer.hasRemaining()) {
            key.attach(ByteBuffer.allocate(buffer.remaining()).put(buffer).flip());
            key.interestOps(SelectionKey.OP_WRITE);
        }
    }

    private static void flush(SelectionKey key, SocketChannel channel) throws IOException {
        ByteBuffer rest = (ByteBuffer) key.attachment();
        channel.write(rest);
        if (!rest.hasRemaining()) {
            key.attach(null);
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
