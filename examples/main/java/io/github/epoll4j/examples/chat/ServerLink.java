package io.github.epoll4j.examples.chat;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.reactor.EventLoop;
import io.github.epoll4j.reactor.Registration;
import io.github.epoll4j.reactor.codec.LineDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** The client's connection, watched by a loop in a thread of its own. */
final class ServerLink implements AutoCloseable {
    private static final int MAX_LINE_BYTES = 64 << 10;

    private final EventLoop loop;
    private final TcpStream stream;
    private final Consumer<List<String>> screen;
    private final LineDecoder decoder = LineDecoder.of(MAX_LINE_BYTES);
    private final ByteBuffer received = ByteBuffer.allocateDirect(64 << 10);
    private final CompletableFuture<Void> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Registration registration;
    private ByteBuffer unsent = ByteBuffer.allocate(0);
    private Runnable whenSent;

    private ServerLink(EventLoop loop, TcpStream stream, Consumer<List<String>> screen) {
        this.loop = loop;
        this.stream = stream;
        this.screen = screen;
    }

    /**
     * Starts to connect.
     *
     * @param address where the server is
     * @param screen  is given the lines that come together; on the loop's thread
     */
    static ServerLink connect(InetSocketAddress address, Consumer<List<String>> screen) throws IOException {
        TcpStream stream = TcpStream.connect(address);
        EventLoop loop;
        try {
            loop = EventLoop.open();
        } catch (ErrnoException e) {
            stream.close();
            throw e;
        }
        ServerLink link = new ServerLink(loop, stream, screen);
        loop.execute(link::register);
        Thread.ofPlatform().daemon().name("chat-client").start(link::run);
        return link;
    }

    private void run() {
        try {
            loop.run();
        } catch (ErrnoException e) {
            end(e);
        }
    }

    private void register() {
        try {
            registration = loop.register(stream.fd(), EPOLLOUT, (ready, events) -> ready(events));
        } catch (ErrnoException e) {
            end(e);
        }
    }

    /** Completes when the connection is made, or has failed. */
    CompletableFuture<Void> connected() {
        return connected;
    }

    /** Completes when the server has closed the connection, or it is lost. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    private void ready(int events) {
        try {
            if (!connected.isDone()) {
                if (stream.finishConnect()) {
                    registration.interest(EPOLLIN);
                    connected.complete(null);
                }
                return;
            }
            if ((events & EPOLLOUT) != 0) {
                flush();
            }
            if ((events & ~EPOLLOUT) != 0) {
                read();
            }
        } catch (IOException e) {
            end(e);
        }
    }

    private void read() throws IOException {
        List<String> lines = new ArrayList<>();
        int count = stream.read(received.clear());
        if (count > 0) {
            decoder.decode(received.flip(), lines::add);
        } else if (count < 0) {
            decoder.finish(lines::add);
        }
        if (!lines.isEmpty()) {
            screen.accept(lines);
        }
        if (count < 0) {
            end(null);
        }
    }

    /**
     * Sends a line, from any thread, one after the other.
     *
     * @return completes when the socket has taken it; nobody needs to keep more than one line
     */
    CompletableFuture<Void> send(String line) {
        return send(UTF_8.encode(line + "\n"), () -> { });
    }

    /** Sends the end of the input, after which the server closes. */
    CompletableFuture<Void> finish() {
        return send(ByteBuffer.allocate(0), () -> {
            try {
                stream.shutdownOutput();
            } catch (ErrnoException e) {
                end(e);
            }
        });
    }

    private CompletableFuture<Void> send(ByteBuffer bytes, Runnable after) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                unsent = bytes;
                whenSent = () -> {
                    after.run();
                    sent.complete(null);
                };
                try {
                    flush();
                } catch (ErrnoException e) {
                    end(e);
                }
            });
        } catch (RejectedExecutionException e) {
            sent.cancel(false); // the connection has ended
        }
        ended.whenComplete((end, cause) -> sent.cancel(false));
        return sent;
    }

    private void flush() throws ErrnoException {
        boolean isTaking = stream.isOpen();
        while (isTaking && unsent.hasRemaining()) {
            isTaking = stream.write(unsent) > 0;
        }
        if (stream.isOpen()) {
            registration.interest(unsent.hasRemaining() ? EPOLLIN | EPOLLOUT : EPOLLIN);
        }
        if (!unsent.hasRemaining() && whenSent != null) {
            Runnable task = whenSent;
            whenSent = null;
            task.run();
        }
    }

    private void end(Exception cause) {
        if (registration != null) {
            registration.cancel();
        }
        stream.close();
        loop.stop();
        if (cause == null) {
            ended.complete(null);
        } else {
            connected.completeExceptionally(cause);
            ended.completeExceptionally(cause);
        }
    }

    @Override
    public void close() {
        loop.close();
        stream.close();
    }
}
