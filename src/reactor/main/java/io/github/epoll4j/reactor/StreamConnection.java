package io.github.epoll4j.reactor;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.StreamSocket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/** The life of a connection on a stream socket; what comes in and what goes out have a class each. */
final class StreamConnection implements Connection {
    final LoopConnections siblings;
    final StreamSocket socket;
    final ConnectionConfig config;
    StreamConnection before;
    StreamConnection after;
    /** Null without idle timeouts. */
    IdleWatch idle;
    /** What its listener wants to be told; null if there is none. */
    Runnable whenEnded;
    private final ConnectionInput input = new ConnectionInput(this);
    private final ConnectionOutput output = new ConnectionOutput(this);
    /** Null until the function that makes it has returned; then, if it has ended the connection, Ended. */
    private ConnectionHandler handler;
    /** Null before {@link #close()}. */
    private ConnectionClose closing;
    private volatile Object attachment;
    private volatile boolean isOpen = true;
    private boolean isOutputEnding;
    private boolean isOutputClosed;

    StreamConnection(LoopConnections siblings, StreamSocket socket, ConnectionConfig config) {
        this.siblings = siblings;
        this.socket = socket;
        this.config = config;
    }

    /** Null if the handler's first call went well, or there is none since the connection has ended already. */
    Throwable open(ConnectionHandler newHandler) {
        if (!isOpen) {
            Throwable cause = handler instanceof Ended ended ? ended.cause() : null;
            handler = newHandler;
            tellClosed(cause);
            return null;
        }
        handler = newHandler;
        try {
            input.register();
            return isClosing() ? null : call(() -> handler.onOpen(this));
        } catch (ErrnoException e) {
            end(e);
            return e;
        } catch (Throwable e) {
            fail(e);
            return e;
        }
    }

    @Override
    public EventLoop loop() {
        return siblings.loop();
    }

    ConnectionInput input() {
        return input;
    }

    ConnectionOutput output() {
        return output;
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    /** True from {@link #close()} on. */
    boolean isClosing() {
        return closing != null;
    }

    /** True while something may be written. */
    boolean isOutputOpen() {
        return isOpen && !isOutputEnding;
    }

    /** True when the peer was sent the end of the stream. */
    boolean isOutputClosed() {
        return isOutputClosed;
    }

    @Override
    public SocketAddress remoteAddress() {
        return LoopConnections.remoteAddress(socket);
    }

    @Override
    public Object attachment() {
        return attachment;
    }

    @Override
    public void attach(Object object) {
        attachment = object;
    }

    @Override
    public int pendingBytes() {
        return output.pending();
    }

    @Override
    public void write(ByteBuffer data) {
        output.write(data, null);
    }

    @Override
    public void write(ByteBuffer data, WriteCompletion completion) {
        output.write(data, Objects.requireNonNull(completion));
    }

    @Override
    public CompletableFuture<Void> writeAsync(ByteBuffer data) {
        CompletableFuture<Void> future = new LoopFuture<>(loop());
        output.write(data, (connection, cause) -> {
            if (cause == null) {
                future.complete(null);
            } else {
                future.completeExceptionally(cause);
            }
        });
        return future;
    }

    @Override
    public void pauseReading() {
        onLoop(() -> input.pause(true));
    }

    @Override
    public void resumeReading() {
        onLoop(() -> input.pause(false));
    }

    @Override
    public void shutdownOutput() {
        onLoop(() -> {
            isOutputEnding = true;
            advance();
        });
    }

    @Override
    public void close() {
        onLoop(() -> {
            if (isOpen && closing == null) {
                closing = new ConnectionClose(this);
                isOutputEnding = true;
                advance();
            }
        });
    }

    @Override
    public void closeNow() {
        onLoop(() -> end(null));
    }

    /** Runs an action now, or as a task if this is another thread; false if the loop is gone. */
    boolean onLoop(Runnable action) {
        if (loop().inLoop()) {
            action.run();
            return true;
        }
        try {
            loop().execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the loop has ended its connections, or is about to
        }
    }

    void deliver(ByteBuffer data) {
        try { // as call, without an object for each
            handler.onData(this, data);
        } catch (Throwable e) {
            fail(e);
        }
    }

    /** The queue has fallen to the low-water mark, or was dropped. */
    void becameWritable() {
        if (!isOutputEnding) {
            call(() -> handler.onWritable(this));
        }
    }

    /** The peer's end of the stream was read. */
    void inputEnded() {
        if (closing == null && output.failure() == null) {
            call(() -> handler.onInputClosed(this));
        }
        if (output.failure() != null || isOutputClosed) {
            end(output.failure());
        }
    }

    /** Goes on with the end of the output, when the queue is empty. */
    void advance() {
        if (isOpen && isOutputEnding && output.isEmpty()) {
            if (!isOutputClosed && !(isClosing() && input.isEnded())) {
                shutDown();
            }
            if (input.isEnded()) {
                end(output.failure());
            } else if (isOpen && isClosing()) {
                closing.linger();
            }
        }
        input.watch();
    }

    private void shutDown() {
        isOutputClosed = true;
        try {
            socket.shutdownOutput();
        } catch (ErrnoException e) {
            end(output.failure() != null ? output.failure() : e);
        }
    }

    /** Null, or what the handler has thrown, with which the connection has ended then. */
    private Throwable call(LoopConnections.Step step) {
        if (!isOpen) {
            return null;
        }
        try {
            step.run();
            return null;
        } catch (Throwable e) {
            fail(e);
            return e;
        }
    }

    /** Ends the connection with what its handler, or a completion, has thrown, and reports it. */
    void fail(Throwable e) {
        try {
            end(e);
        } finally {
            loop().report(handler, e);
        }
    }

    /**
     * Ends the connection, once; the handler is told in a task, never inside a call of its own or of another's. Without
     * a cause it is that of the reactor's own failure, if there is one.
     */
    void end(Throwable reason) {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        Throwable cause = reason != null ? reason : siblings.failure();
        try {
            LoopEvents.connectionClosed(this, cause);
            input.cancel();
            if (closing != null) {
                closing.cancel();
            }
        } finally {
            release(cause);
        }
    }

    private void release(Throwable cause) {
        try {
            socket.close();
            output.discard(cause);
            if (handler != null) {
                tellClosed(cause);
            } else {
                handler = new Ended(cause);
            }
        } finally {
            siblings.remove(this);
        }
    }

    private void tellClosed(Throwable cause) {
        siblings.tellLast(() -> closed(cause));
    }

    private void closed(Throwable cause) {
        try {
            output.completeAll(); // also what another thread has written before the end, and came only now
        } finally {
            try {
                handler.onClosed(this, cause);
            } catch (Throwable e) {
                loop().report(handler, e);
            }
        }
    }

    /** Stands for the handler of a connection that has ended before it had one: no field of each holds the cause. */
    private record Ended(Throwable cause) implements ConnectionHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) {
            throw new AssertionError("a connection that has ended reads nothing");
        }
    }

    /**
     * Describes the connection for a log.
     *
     * @return such as {@code Connection[/127.0.0.1:40312]}
     */
    @Override
    public String toString() {
        SocketAddress address = remoteAddress();
        return "Connection[" + (address != null ? address : isOpen ? "" : "closed") + "]";
    }
}
