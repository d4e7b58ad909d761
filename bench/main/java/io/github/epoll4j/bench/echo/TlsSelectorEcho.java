package io.github.epoll4j.bench.echo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * A plain loop with an SSLEngine for each connection: one thread, one selector, delegated tasks on that thread, buffers
 * for plaintext and ciphertext that all connections share. A record that is cut, and what a peer does not take, are
 * copied to the connection.
 */
final class TlsSelectorEcho {
    private static final int BUFFER_SIZE = 64 << 10;
    private static final int BACKLOG = 4096;
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final SSLContext context;
    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private final ByteBuffer input = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final ByteBuffer plain = ByteBuffer.allocateDirect(BUFFER_SIZE + (17 << 10));
    private final ByteBuffer output = ByteBuffer.allocateDirect(2 * BUFFER_SIZE);

    /** A connection: its engine, the cut record, and the records that the peer has not taken; null for none. */
    private static final class Session {
        private final SSLEngine engine;
        private ByteBuffer cut;
        private ByteBuffer unsent;

        Session(SSLEngine engine) {
            this.engine = engine;
        }
    }

    private TlsSelectorEcho(SSLContext context) throws IOException {
        this.context = context;
        listener.bind(new InetSocketAddress("127.0.0.1", 0), BACKLOG);
        listener.configureBlocking(false);
        listener.register(selector, SelectionKey.OP_ACCEPT);
    }

    static void run(SSLContext context) throws IOException {
        TlsSelectorEcho server = new TlsSelectorEcho(context);
        JavaServer.listening(((InetSocketAddress) server.listener.getLocalAddress()).getPort());
        while (true) {
            server.selector.select();
            for (SelectionKey key : server.selector.selectedKeys()) {
                server.serve(key);
            }
            server.selector.selectedKeys().clear();
        }
    }

    private void serve(SelectionKey key) throws IOException {
        if (key.isAcceptable()) {
            accept();
            return;
        }
        Session session = (Session) key.attachment();
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (session.unsent != null) {
                channel.write(session.unsent);
                if (!session.unsent.hasRemaining()) {
                    session.unsent = null;
                    key.interestOps(SelectionKey.OP_READ);
                }
            } else {
                echo(key, channel, session);
            }
        } catch (IOException e) {
            channel.close(); // the peer is gone
        }
    }

    private void accept() throws IOException {
        for (SocketChannel channel; (channel = listener.accept()) != null;) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            engine.beginHandshake();
            channel.register(selector, SelectionKey.OP_READ, new Session(engine));
        }
    }

    private void echo(SelectionKey key, SocketChannel channel, Session session) throws IOException {
        input.clear();
        if (session.cut != null) {
            input.put(session.cut);
            session.cut = null;
        }
        if (channel.read(input) < 0) {
            channel.close();
            return;
        }
        input.flip();
        output.clear();
        plain.clear();
        boolean isCut = false;
        while (!isCut && !session.engine.isInboundDone()) {
            HandshakeStatus status = session.engine.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                session.engine.getDelegatedTask().run();
            } else if (status == HandshakeStatus.NEED_WRAP) {
                session.engine.wrap(EMPTY, output);
            } else if (input.hasRemaining()) {
                SSLEngineResult result = session.engine.unwrap(input, plain);
                isCut = result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW;
            } else {
                break;
            }
        }
        plain.flip();
        while (plain.hasRemaining()) {
            session.engine.wrap(plain, output);
        }
        if (session.engine.isInboundDone()) {
            session.engine.closeOutbound();
            session.engine.wrap(EMPTY, output);
        }
        if (input.hasRemaining()) {
            session.cut = ByteBuffer.allocate(input.remaining()).put(input).flip();
        }
        output.flip();
        if (output.hasRemaining()) {
            channel.write(output);
        }
        if (session.engine.isInboundDone()) {
            channel.close();
        } else if (output.hasRemaining()) {
            session.unsent = ByteBuffer.allocate(output.remaining()).put(output).flip();
            key.interestOps(SelectionKey.OP_WRITE);
        }
    }
}
