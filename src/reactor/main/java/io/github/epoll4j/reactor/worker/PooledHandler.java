package io.github.epoll4j.reactor.worker;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.ForwardingConnection;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.github.epoll4j.reactor.WriteCompletion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;

/**
 * Passes the calls of one connection to workers: one worker at a time has the connection, and makes one call. Reading
 * is paused while a call waits or runs, or if the user wishes so.
 *
 * <p>The loop's thread adds calls, a worker makes them. Between two calls of a worker nothing touches the user's
 * handler and the bytes that it has left unread.
 */
final class PooledHandler implements ConnectionHandler, WorkerPool.Work {
    private static final int UNREAD_LIMIT = 64 << 10;
    private static final ByteBuffer NO_BYTES = ByteBuffer.allocate(0);
    private static final Call NO_CALL = handler -> { };

    /** One call of the user's handler. */
    private interface Call {
        void make(ConnectionHandler handler) throws IOException;
    }

    private final WorkerPool pool;
    /** Null before the first call. */
    private WorkerConnection connection;
    /** The bytes that the handler has left unread. For the one worker, or without one for the loop's thread. */
    private ByteBuffer unread = NO_BYTES;
    /** Guarded by this object, as are the next ones. */
    private final Queue<Call> calls = new ArrayDeque<>();
    private ConnectionHandler handler;
    /** Replaces the handler at the next call; null if there is none. */
    private ConnectionHandler nextHandler;
    /** Whether a worker has the connection, or it waits for one. */
    private boolean isInFlight;
    /** Whether the user wishes to pause. */
    private boolean isPaused;
    /** Whether the user has resumed, so that the unread bytes are given again. */
    private boolean isResumed;
    /** Whether the peer's end of the stream has come. */
    private boolean isInputEnded;
    /** Whether the handler has to be notified of it. */
    private boolean isEndDue;
    /** Whether only {@link #last} may be called. */
    private boolean isOver;
    /** The call of {@link ConnectionHandler#onClosed}; null before. */
    private Call last;
    /** The timeout that has ended the connection in good order; null if there is none. */
    private IdleTimeoutException timedOut;

    PooledHandler(WorkerPool pool, ConnectionHandler handler) {
        this.pool = pool;
        this.handler = handler;
    }

    // The calls of the real connection, on the loop's thread.

    @Override
    public void onOpen(Connection opened) {
        if (connection != null) {
            throw new IllegalStateException("a handler of a pool is for one connection");
        }
        connection = new WorkerConnection(opened);
        hold(current -> current.onOpen(connection));
    }

    @Override
    public void onData(Connection same, ByteBuffer data) {
        // the connection keeps bytes beyond the limit, and gives them again when these are handled
        int count = Math.min(data.remaining(), UNREAD_LIMIT - unread.remaining());
        ByteBuffer copy = ByteBuffer.allocate(count).put(data.slice(data.position(), count)).flip();
        data.position(data.position() + count);
        hold(current -> handle(current, copy));
    }

    @Override
    public void onWritable(Connection same) {
        hold(current -> {
            current.onWritable(connection);
            giveAgain(); // as after an automatic pause
        });
    }

    @Override
    public void onInputClosed(Connection same, ByteBuffer rest) {
        ByteBuffer copy = ByteBuffer.allocate(rest.remaining()).put(rest).flip();
        hold(current -> {
            unread = joined(copy);
            endInput();
        });
    }

    @Override
    public boolean onTimeout(Connection same, IdleTimeoutException timeout) {
        if (!isInFlight()) {
            hold(current -> {
                boolean mayWrite = connection.pendingBytes() == 0;
                if (!current.onTimeout(connection, timeout)) {
                    timedOut(timeout, mayWrite);
                }
            });
        }
        return true;
    }

    @Override
    public void onDrain(Connection same) {
        hold(current -> current.onDrain(connection));
    }

    @Override
    public void onClosed(Connection same, Throwable cause) {
        if (connection == null) {
            connection = new WorkerConnection(same); // it never opened
        } else if (connection.real() != same) {
            return; // onOpen has refused it
        }
        synchronized (this) {
            Throwable first = timedOut == null ? cause : timedOut;
            last = current -> current.onClosed(connection, first);
        }
        pass(last);
    }

    /** On the loop's thread: pauses reading until the call is made. */
    private void hold(Call call) {
        connection.real().pauseReading();
        pass(call);
    }

    private void pass(Call call) {
        boolean isFirst;
        synchronized (this) {
            calls.add(call);
            isFirst = !isInFlight;
            isInFlight = true;
        }
        if (isFirst) {
            pool.execute(this);
        }
    }

    private synchronized boolean isInFlight() {
        return isInFlight;
    }

    private synchronized boolean isOver() {
        return isOver;
    }

    // The calls of the user's handler, on a worker.

    @Override
    public void run() {
        makeCall();
        if (isDone()) {
            connection.loop().runInLoop(this::followPause);
        } else {
            pool.execute(this);
        }
    }

    private void makeCall() {
        try {
            nextCall().make(handler);
        } catch (Throwable e) {
            fail(e);
        }
    }

    /** Returns the next call: of a replacement, with unread bytes that are given again, or that waits. */
    private synchronized Call nextCall() {
        boolean isReplaced = nextHandler != null && !isOver && last == null;
        boolean isGivenAgain = isResumed && !isOver && unread.hasRemaining();
        if (isReplaced) {
            handler = nextHandler;
        }
        nextHandler = null;
        isResumed = isReplaced; // the replacement gets the unread bytes and the end of the stream, too
        isEndDue |= isReplaced && isInputEnded;
        if (isReplaced) {
            return current -> current.onOpen(connection);
        }
        if (isGivenAgain) {
            return current -> handle(current, NO_BYTES);
        }
        if (isEndDue && !isPaused && !isOver) {
            isEndDue = false;
            ByteBuffer rest = unread;
            unread = NO_BYTES;
            return current -> current.onInputClosed(connection, rest.hasRemaining() ? rest : ByteBuffer.allocate(0));
        }
        Call call = calls.poll();
        return call == null || isOver && call != last ? NO_CALL : call;
    }

    private void handle(ConnectionHandler current, ByteBuffer fresh) throws IOException {
        ByteBuffer data = joined(fresh);
        if (isPaused()) {
            unread = data; // by another thread or a replacement, since these bytes were read
            return;
        }
        int limit = data.limit();
        current.onData(connection, data);
        if (data.limit() != limit) {
            throw new IllegalStateException("onData has changed its buffer's limit: " + current);
        }
        unread = data.hasRemaining() ? ByteBuffer.allocate(data.remaining()).put(data).flip() : NO_BYTES;
        if (unread.remaining() == UNREAD_LIMIT && isStuck()) {
            throw new IllegalStateException(
                    "onData has left " + UNREAD_LIMIT + " bytes unread, and reading is not paused: " + current);
        }
    }

    /** Returns the unread bytes with others behind them. */
    private ByteBuffer joined(ByteBuffer fresh) {
        if (!unread.hasRemaining()) {
            return fresh;
        }
        return ByteBuffer.allocate(unread.remaining() + fresh.remaining()).put(unread).put(fresh).flip();
    }

    private synchronized boolean isPaused() {
        return isPaused;
    }

    private synchronized boolean isStuck() {
        return !isPaused && nextHandler == null && !isOver;
    }

    private synchronized boolean isDone() {
        isResumed &= unread.hasRemaining();
        isInFlight = !calls.isEmpty() || nextHandler != null || isResumed || isEndDue && !isPaused && !isOver;
        return !isInFlight;
    }

    /** On the loop's thread: pauses or resumes reading as the state is by now. */
    private void followPause() {
        boolean isHeld;
        synchronized (this) {
            isHeld = isInFlight || isPaused;
        }
        if (isHeld) {
            connection.real().pauseReading();
        } else {
            connection.real().resumeReading();
        }
    }

    private void fail(Throwable e) {
        Runnable report = () -> connection.loop().reportFailure(connection.real(), e);
        if (!connection.loop().runInLoop(report)) {
            report.run();
        }
        end(e);
    }

    /** Closes after the bytes that were written, as far as the socket takes them. */
    private void end(Throwable cause) {
        endCalls();
        connection.loop().runInLoop(() -> {
            connection.real().flush();
            connection.real().closeNow(cause);
        });
    }

    private void timedOut(IdleTimeoutException timeout, boolean mayWrite) {
        if (mayWrite) {
            endCalls();
            synchronized (this) {
                timedOut = timeout;
            }
            connection.real().close(); // delivers what the handler has written
        } else {
            end(timeout);
        }
    }

    private synchronized void giveAgain() {
        isResumed = true;
    }

    private synchronized void endInput() {
        isInputEnded = true;
        isEndDue = true;
    }

    /** No worker will make the calls that wait, so the connection ends, and the loop's thread makes the last one. */
    @Override
    public void abandon(Throwable refusal) {
        if (refusal == null || isOver()) {
            end(WorkerPool.closed());
        } else {
            fail(refusal);
        }
        if (!connection.loop().runInLoop(this::makeLastCall)) {
            makeLastCall();
        }
    }

    private void makeLastCall() {
        do {
            makeCall();
        } while (!isDone());
    }

    /** The connection that the user's handler has. */
    private final class WorkerConnection extends ForwardingConnection {
        WorkerConnection(Connection real) {
            super(real);
        }

        Connection real() {
            return target();
        }

        @Override
        public ConnectionHandler handler() {
            synchronized (PooledHandler.this) {
                return nextHandler == null ? handler : nextHandler;
            }
        }

        @Override
        public void handler(ConnectionHandler next) {
            Objects.requireNonNull(next);
            synchronized (PooledHandler.this) {
                nextHandler = next;
            }
            pass(NO_CALL);
        }

        @Override
        public void pauseReading() {
            synchronized (PooledHandler.this) {
                isPaused = true;
            }
            connection.loop().runInLoop(PooledHandler.this::followPause);
        }

        @Override
        public void resumeReading() {
            boolean isFirst;
            synchronized (PooledHandler.this) {
                isResumed |= isPaused;
                isPaused = false;
                isFirst = (isResumed && unread.hasRemaining() || isEndDue) && !isInFlight;
                isInFlight |= isFirst;
            }
            if (isFirst) {
                pool.execute(PooledHandler.this);
            } else {
                connection.loop().runInLoop(PooledHandler.this::followPause);
            }
        }

        // After these the handler gets nothing more but onClosed, also no call that waits.

        @Override
        public void close(Throwable cause) {
            endCalls();
            super.close(cause);
        }

        @Override
        public void closeNow(Throwable cause) {
            endCalls();
            super.closeNow(cause);
        }

        @Override
        public void reset() {
            endCalls();
            super.reset();
        }

        // The bytes are not transformed, so the real connection may send a file without reading it.

        @Override
        public void sendFile(FileFd file, long offset, long count, WriteCompletion completion) {
            target().sendFile(file, offset, count, completion == WriteCompletion.NONE
                    ? completion : (same, cause) -> completion.completed(this, cause));
        }
    }

    private synchronized void endCalls() {
        isOver = true;
    }
}
