package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.StreamSocket;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** A connection on a stream socket. */
final class StreamConnection implements Connection {
    private static final AtomicIntegerFieldUpdater<StreamConnection> PENDING =
            AtomicIntegerFieldUpdater.newUpdater(StreamConnection.class, "pending");
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int HANG_UP = EPOLLERR | EPOLLHUP;

    StreamConnection before;
    StreamConnection after;
    /** What its listener wants to be told; null if there is none. */
    Runnable whenEnded;
    private final LoopConnections siblings;
    private final StreamSocket socket;
    private final ConnectionConfig config;
    private final OutboundQueue queue;
    private ConnectionHandler handler;
    /** Null while a hang-up waits for reading to be resumed: nothing hides it from epoll and poll. */
    private Registration registration;
    private LoopTimer lingerTimer;
    /** Why nothing can be written any more. */
    private ErrnoException writeFailure;
    private volatile SocketAddress remoteAddress;
    private volatile Object attachment;
    private volatile boolean isOpen = true;
    /** Bytes in the queue, as far as they are counted, and in tasks of other threads. */
    private volatile int pending;
    private int countedQueue;
    private boolean isPaused;
    private boolean isInputClosed;
    private boolean isOutputEnding;
    private boolean isOutputClosed;
    private boolean isClosing;

    StreamConnection(LoopConnections siblings, StreamSocket socket, ConnectionConfig config) {
        this.siblings = siblings;
        this.socket = socket;
        this.config = config;
        this.queue = new OutboundQueue(config);
    }

    void open(ConnectionHandler handler) throws ErrnoException {
        this.handler = handler;
        register();
        call(() -> handler.onOpen(this));
    }

    private void register() throws ErrnoException {
        registration = loop().register(socket.fd(), interest(), this::ready);
    }

    @Override
    public EventLoop loop() {
        return siblings.loop();
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    @Override
    public SocketAddress remoteAddress() {
        if (remoteAddress == null) {
            remoteAddress = LoopConnections.remoteAddress(socket);
        }
        return remoteAddress;
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
        return pending;
    }

    @Override
    public void write(ByteBuffer data) {
        if (loop().inLoop()) {
            write(data, 0);
            return;
        }
        int length = data.remaining();
        if (isOpen && length > config.queueLimit() - PENDING.getAndAdd(this, length)) {
            PENDING.getAndAdd(this, -length);
            onLoop(() -> end(queue.overflow()));
        } else if (isOpen) {
            ByteBuffer copy = ByteBuffer.allocate(length).put(data).flip();
            onLoop(() -> write(copy, length));
        }
        data.position(data.limit());
    }

    /** On the loop's thread; so many of the bytes are counted as pending already. */
    private void write(ByteBuffer data, int counted) {
        if (isOpen && !isOutputEnding && writeFailure == null) {
            try {
                boolean isTaking = queue.isEmpty();
                while (isTaking && data.hasRemaining()) {
                    isTaking = socket.write(data) > 0;
                }
            } catch (ErrnoException e) {
                failWriting(e);
            }
            if (writeFailure == null && data.hasRemaining()
                    && (data.remaining() > config.queueLimit() - pending + counted || !queue.add(data))) {
                end(queue.overflow());
            }
        }
        count(counted);
        watch();
        data.position(data.limit());
    }

    private void count(int arrived) {
        int change = queue.size() - countedQueue - arrived;
        countedQueue = queue.size();
        if (change != 0) {
            PENDING.getAndAdd(this, change);
        }
    }

    @Override
    public void pauseReading() {
        onLoop(() -> pause(true));
    }

    @Override
    public void resumeReading() {
        onLoop(() -> pause(false));
    }

    private void pause(boolean isWanted) {
        isPaused = isWanted;
        watch();
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
            isClosing = true;
            isOutputEnding = true;
            advance();
        });
    }

    @Override
    public void closeNow() {
        onLoop(() -> end(null));
    }

    private void onLoop(Runnable action) {
        if (loop().inLoop()) {
            action.run();
            return;
        }
        try {
            loop().execute(action);
        } catch (RejectedExecutionException e) {
            isOpen = false; // the loop is gone, and has ended its connections
        }
    }

    private boolean isReading() {
        return isOpen && !isInputClosed && (isClosing ? isOutputClosed : !isPaused && !queue.isCongested());
    }

    private int interest() {
        return (isReading() ? EPOLLIN | EPOLLRDHUP : 0) | (queue.isEmpty() ? 0 : EPOLLOUT);
    }

    /** Watches for what is wanted now. */
    private void watch() {
        if (!isOpen) {
            return;
        }
        try {
            if (registration != null) {
                registration.interest(interest());
            } else if (isReading()) {
                register();
            }
        } catch (ErrnoException e) {
            end(e);
        }
    }

    private void ready(Registration ready, int events) {
        try {
            if ((events & HANG_UP) != 0 && (isInputClosed || isPaused || isClosing && !isOutputClosed)) {
                hangUp(events);
                return;
            }
            if ((events & HANG_UP) != 0 && !queue.isEmpty()) {
                flush(); // fails, and then a full queue keeps nobody from reading what came before
            }
            if ((events & (EPOLLIN | EPOLLRDHUP | HANG_UP)) != 0) {
                read(events);
            }
            if ((events & EPOLLOUT) != 0 && isOpen) {
                flush();
            }
            watch();
        } catch (ErrnoException e) {
            end(writeFailure != null ? writeFailure : e);
        }
    }

    /** A hang-up while nothing is to be read: the end, but what has arrived waits if reading is paused only. */
    private void hangUp(int events) throws ErrnoException {
        int errno = socket.error();
        if (errno == 0 && isPaused && !isInputClosed && !isClosing) {
            registration.cancel();
            registration = null;
        } else {
            end(errno != 0 ? new ErrnoException("getsockopt", "SO_ERROR, fd=" + socket.fd(), errno) : writeFailure);
        }
    }

    private void read(int events) throws ErrnoException {
        boolean isGone = (events & HANG_UP) != 0;
        ByteBuffer buffer = siblings.readBuffer();
        for (int budget = config.readBudget(); budget > 0; budget -= buffer.limit()) {
            if (!isReading() && (!isGone || !isOpen || isPaused || isInputClosed || isClosing)) {
                return;
            }
            buffer.clear();
            int count = socket.read(buffer);
            if (count < 0) {
                isInputClosed = true;
                endOfInput();
                return;
            }
            boolean isLast = buffer.hasRemaining() && (events & (EPOLLRDHUP | HANG_UP)) == 0;
            buffer.flip();
            if (count > 0 && !isClosing) {
                deliver(buffer);
            }
            if (count == 0 || isLast) {
                return;
            }
            buffer.limit(count);
        }
    }

    /** As call, without an object for each. */
    private void deliver(ByteBuffer data) {
        try {
            handler.onData(this, data);
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private void endOfInput() {
        if (!isClosing && writeFailure == null) {
            call(() -> handler.onInputClosed(this));
        }
        if (writeFailure != null || isOutputClosed) {
            end(writeFailure);
        }
    }

    private void flush() {
        boolean wasCongested = queue.isCongested();
        try {
            queue.writeTo(socket);
        } catch (ErrnoException e) {
            failWriting(e);
            return;
        }
        count(0);
        if (wasCongested && !queue.isCongested() && !isOutputEnding) {
            call(() -> handler.onWritable(this));
        }
        advance();
    }

    /** The peer takes nothing any more; what it sent before is still read. */
    private void failWriting(ErrnoException e) {
        writeFailure = e;
        queue.clear();
        count(0);
        if (e.errno() != Errno.EPIPE && e.errno() != Errno.ECONNRESET || isPaused || isInputClosed || isClosing) {
            end(e);
        }
    }

    /** Goes on with the end of the output, if the queue is empty. */
    private void advance() {
        if (isOpen && isOutputEnding && queue.isEmpty()) {
            if (!isOutputClosed && !(isClosing && isInputClosed)) {
                isOutputClosed = true;
                try {
                    socket.shutdownOutput();
                } catch (ErrnoException e) {
                    end(writeFailure != null ? writeFailure : e);
                }
            }
            if (isInputClosed) {
                end(writeFailure);
            } else if (isOpen && isClosing && lingerTimer == null) {
                lingerTimer = loop().schedule(LINGER, () -> end(null));
            }
        }
        watch();
    }

    private void call(LoopConnections.Step step) {
        if (!isOpen) {
            return;
        }
        try {
            step.run();
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private void fail(Exception e) {
        end(e);
        loop().report(handler, e);
    }

    /** Ends the connection, once; the handler is told in a task, never inside a call of its own or of another's. */
    void end(Throwable cause) {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        if (registration != null) {
            registration.cancel();
        }
        if (lingerTimer != null) {
            lingerTimer.cancel();
        }
        queue.clear();
        count(0);
        socket.close();
        Runnable last = () -> {
            try {
                handler.onClosed(this, cause);
            } catch (RuntimeException e) {
                loop().report(handler, e);
            }
        };
        try {
            loop().execute(last);
        } catch (RejectedExecutionException e) {
            last.run();
        }
        siblings.remove(this);
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
