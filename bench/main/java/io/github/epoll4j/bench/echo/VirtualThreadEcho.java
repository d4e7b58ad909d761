package io.github.epoll4j.bench.echo;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.wait.Readiness;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A virtual thread for each connection: blocking-style code over {@link Readiness}, over NIO's channels in blocking
 * mode, or over java.net's sockets. A blocking read needs a buffer for each connection; a wait needs none, so the
 * threads of Readiness share a few.
 */
final class VirtualThreadEcho {
    /** The size of one of 10,000 buffers that the memory of a server holds, and of the largest message. */
    private static final int BUFFER_SIZE = 16 << 10;
    private static final int BACKLOG = 4096;
    /** More than threads are between a read and a write at once, unless a peer does not read. */
    private static final BlockingQueue<ByteBuffer> BUFFERS = new ArrayBlockingQueue<>(16);

    private VirtualThreadEcho() {
    }

    /**
     * Runs it.
     *
     * @param way epoll4j, nio or socket
     */
    static void run(String way) throws IOException, InterruptedException {
        switch (way) {
            case "epoll4j" -> runReadiness();
            case "nio" -> runChannels();
            case "socket" -> runSockets();
            default -> throw new IllegalArgumentException("no such server: vthread-" + way);
        }
    }

    private static ByteBuffer takeBuffer() {
        ByteBuffer pooled = BUFFERS.poll();
        return pooled == null ? ByteBuffer.allocateDirect(BUFFER_SIZE) : pooled.clear();
    }

    private static void runReadiness() throws IOException, InterruptedException {
        InetSocketAddress anyPort = new InetSocketAddress("127.0.0.1", 0);
        try (TcpListener listener = TcpListener.bind(anyPort, BACKLOG, TCP_NODELAY.with(true))) {
            JavaServer.listening(listener.localAddress().getPort());
            while (true) {
                TcpStream stream = listener.accept();
                if (stream == null) {
                    Readiness.await(listener, EPOLLIN);
                } else {
                    Thread.startVirtualThread(() -> echo(stream));
                }
            }
        }
    }

    /** Waits without a buffer: an idle connection has none. */
    private static void echo(TcpStream stream) {
        try (stream) {
            int count = 0;
            while (count >= 0) {
                ByteBuffer buffer = takeBuffer();
                count = stream.read(buffer);
                buffer.flip();
                while (buffer.hasRemaining()) {
                    if (stream.write(buffer) == 0) {
                        Readiness.await(stream, EPOLLOUT);
                    }
                }
                BUFFERS.offer(buffer);
                if (count == 0) {
                    Readiness.await(stream, EPOLLIN);
                }
            }
        } catch (IOException | InterruptedException e) {
            return; // the peer is gone
        }
    }

    private static void runChannels() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress("127.0.0.1", 0), BACKLOG);
        JavaServer.listening(((InetSocketAddress) listener.getLocalAddress()).getPort());
        while (true) {
            SocketChannel channel = listener.accept();
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Thread.startVirtualThread(() -> echo(channel));
        }
    }

    /** Has a buffer while it waits: a blocking read needs one. */
    private static void echo(SocketChannel channel) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
        try (channel) {
            while (channel.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        } catch (IOException e) {
            return; // the peer is gone
        }
    }

    private static void runSockets() throws IOException {
        ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        JavaServer.listening(listener.getLocalPort());
        while (true) {
            Socket socket = listener.accept();
            socket.setTcpNoDelay(true);
            Thread.startVirtualThread(() -> echo(socket));
        }
    }

    private static void echo(Socket socket) {
        byte[] buffer = new byte[BUFFER_SIZE];
        try (socket; InputStream in = socket.getInputStream(); OutputStream out = socket.getOutputStream()) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            return; // the peer is gone
        }
    }
}
