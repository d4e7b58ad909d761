package io.github.epoll4j.reactor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Passes the calls of one connection on to workers: one worker at a time has the connection, and makes the calls in
 * their order. Reading is held back while any call waits or runs.
 */
final class PooledHandler implements ConnectionHandler, Work {
    private final WorkQueue queue;
    private final ConnectionHandler handler;
    /** Guarded by this object, as is the next one. */
    private final Queue<LoopConnections.Step> calls = new ArrayDeque<>();
    private boolean isAway;
    private LoopConnections.Step last;
    private StreamConnection connection;
    /** On the loop's thread: reads again, unless another call came meanwhile. */
    private final Runnable goOn = () -> {
        if (!isAway()) {
            connection.input().hold(false);
        }
    };
    /** After a failure, or when the pool is gone, only the last call is made. */
    private volatile boolean isBroken;

    PooledHandler(WorkQueue queue, ConnectionHandler handler) {
        this.queue = queue;
        this.handler = handler;
    }

    @Override
    public void onOpen(Connection opened) throws IOException {
        if (connection != null) {
            throw new IllegalStateException("a handler of a pool is for one connection");
        }
        connection = (StreamConnection) opened;
        pass(() -> handler.onOpen(connection));
    }

    @Override
    public void onData(Connection same, ByteBuffer data) throws IOException {
        ByteBuffer copy = ByteBuffer.allocate(data.remaining()).put(data).flip();
        pass(() -> handler.onData(connection, copy));
    }

    @Override
    public void onWritable(Connection same) throws IOException {
        pass(() -> handler.onWritable(connection));
    }

    @Override
    public void onInputClosed(Connection same) throws IOException {
        pass(() -> handler.onInputClosed(connection));
    }

    @Override
    public void onClosed(Connection same, Throwable cause) {
        if (connection == null) {
            connection = (StreamConnection) same; // it never opened
        } else if (connection != same) {
            return; // it was refused
        }
        last = () -> handler.onClosed(connection, cause);
        pass(last);
    }

    /** On the loop's thread. */
    private void pass(LoopConnections.Step call) {
        boolean isFirst;
        synchronized (this) {
            calls.add(call);
            isFirst = !isAway;
            isAway = true;
        }
        if (isFirst) {
            connection.input().hold(true);
            hand();
        }
    }

    private void hand() {
        if (!queue.addOrPark(this)) {
            abandon();
        }
    }

    @Override
    public void run() {
        call();
        if (isDone()) {
            connection.onLoop(goOn);
        } else {
            hand();
        }
    }

    private synchronized boolean isAway() {
        return isAway;
    }

    private synchronized boolean isDone() {
        isAway = !calls.isEmpty();
        return !isAway;
    }

    /** Makes the oldest call that waits. */
    private void call() {
        LoopConnections.Step call;
        synchronized (this) {
            call = calls.remove();
        }
        if (isBroken && call != last) {
            return;
        }
        try {
            call.run();
        } catch (Throwable e) {
            isBroken = true;
            fail(e);
        }
    }

    private void fail(Throwable e) {
        if (!connection.onLoop(() -> connection.fail(e))) {
            connection.loop().report(handler, e);
        }
    }

    /** The pool is closed: no worker will make the calls that wait, so the connection ends; the last is made here. */
    @Override
    public void abandon() {
        isBroken = true;
        connection.closeNow();
        do {
            call();
        } while (!isDone());
    }
}
