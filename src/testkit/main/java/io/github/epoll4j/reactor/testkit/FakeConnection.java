package io.github.epoll4j.reactor.testkit;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.github.epoll4j.reactor.WriteCompletion;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.LoopTimer;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A connection without a socket: the test is the peer. It calls its handler as a connection of a reactor does, on the
 * loop of a {@link TestLoop}, and collects the bytes that are written to it.
 *
 * <p>The peer takes all bytes at once unless {@link #acceptBytes} limits them. It closes its own side as soon as {@link
 * #close()} has delivered the last byte. The buffer that a handler was called with is overwritten after the call, so
 * that a handler that keeps it fails here. Timeouts are exact. The bytes of a file that is sent count
 * for {@link ConnectionConfig#queueLimit()}, which those of a socket do not. A socket option has the value that was set
 * here, and none before.
 *
 * <p>The methods of {@link Connection} are for any thread. The others are the peer's side, and for the loop's thread;
 * outside the loop's iterations they iterate it until it is idle.
 */
public final class FakeConnection implements Connection {
    /** The bytes of one call of the handler, and those that it may leave. */
    private static final int READ_SIZE = 64 << 10;
    /** The bytes that are collected before they are written. */
    private static final int BATCH_SIZE = 16 << 10;
    private static final IdleTimeoutException.Kind[] KINDS = IdleTimeoutException.Kind.values();

    private final TestLoop test;
    private final EventLoop loop;
    private final SocketAddress local;
    private final SocketAddress remote;
    private final Map<SocketOption<?>, Object> options = new ConcurrentHashMap<>();
    private final Consumer<Throwable> loopStopped = this::end;
    private volatile ConnectionConfig config;
    /** Null until the handler factory has returned. */
    private volatile ConnectionHandler handler;
    private volatile Object attachment;
    private volatile boolean isOpen = true;
    private volatile boolean isInputClosed;
    /** The bytes that were written and not taken, and those in tasks of other threads. */
    private final AtomicLong pending = new AtomicLong();
    /** True from above the high-water mark, as any thread has seen it, to the low one. */
    private volatile boolean isCongested;

    // the rest is for the loop's thread: its input
    private final ByteQueue input = new ByteQueue();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_SIZE);
    /** The bytes at the head of the input that the handler was given and has left. */
    private int left;
    /** True if the bytes that are left are due again. */
    private boolean isLeftDue;
    private boolean isPaused;
    /** True if the handler has not had its onOpen. */
    private boolean isNew;
    private boolean isEndReceived;
    private boolean isEndHandled;
    private boolean isScheduled;

    // its output
    private final ByteQueue output = new ByteQueue();
    private final ByteQueue written = new ByteQueue();
    private final Deque<Write> writes = new ArrayDeque<>();
    /** The bytes that may still be taken. */
    private long acceptable = Long.MAX_VALUE;
    private long offered;
    private long taken;
    private boolean isFlushDue;
    private boolean isCompletionDue;
    private boolean isShutdown;
    private boolean isClosing;
    /** The cause that close() was given; null for none. */
    private Throwable closeCause;
    private boolean isDraining;
    private boolean isDrainDue;
    private boolean isEndSent;
    private boolean isResetSent;
    /** Null unless the peer takes nothing any more. */
    private IOException failure;
    private Throwable cause;

    // its timeouts
    private final long[] since = new long[KINDS.length];
    private boolean isInMessage;
    /** Null before the first one. */
    private LoopTimer timer;

    /** A write whose completion waits until the socket has taken all bytes up to an offset of the stream. */
    private record Write(WriteCompletion completion, long offset, Throwable failure) {
    }

    /** A call of the handler. */
    @FunctionalInterface
    private interface Call {
        void run() throws IOException;
    }

    FakeConnection(TestLoop test, ConnectionConfig config, SocketAddress local, SocketAddress remote) {
        this.test = test;
        this.loop = test.loop();
        this.config = Objects.requireNonNull(config);
        this.local = Objects.requireNonNull(local);
        this.remote = Objects.requireNonNull(remote);
        loop.addStopListener(loopStopped);
    }

    void open(Function<Connection, ConnectionHandler> handlerFactory) {
        try {
            handler = Objects.requireNonNull(handlerFactory.apply(this), "no handler for a connection");
        } catch (Throwable e) {
            fail(e);
            return;
        }
        if (isOpen) {
            isNew = true;
            restartTimes();
            schedule();
        }
    }

    // ---- the peer's side

    /**
     * Sends bytes to the handler.
     *
     * @param bytes the bytes, which arrive together
     * @throws IllegalStateException if the peer has sent its end, or was the one to fail
     */
    public void receive(byte... bytes) {
        receive(ByteBuffer.wrap(bytes));
    }

    /**
     * Sends text to the handler.
     *
     * @param text the text, in UTF-8
     * @throws IllegalStateException as {@link #receive(byte...)}
     */
    public void receive(String text) {
        receive(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Sends bytes to the handler. They are dropped if the connection has ended.
     *
     * @param bytes the bytes from the position to the limit, which arrive together; the position moves to the limit
     * @throws IllegalStateException as {@link #receive(byte...)}
     */
    public void receive(ByteBuffer bytes) {
        requirePeer();
        input.add(bytes);
        if (!isOpen || isClosing) {
            input.clear();
        }
        arrived();
    }

    /**
     * Sends the peer's end of the stream, behind the bytes that it has sent.
     *
     * @throws IllegalStateException as {@link #receive(byte...)}
     */
    public void receiveEnd() {
        requirePeer();
        isEndReceived = true;
        arrived();
    }

    /**
     * Lets the peer fail, such as by a reset. Pending bytes are dropped; bytes that it has sent before are still
     * handled, and then the connection ends.
     *
     * @param reason the cause, such as an {@link ErrnoException} with ECONNRESET
     * @throws IllegalStateException if it has failed already
     */
    public void fail(IOException reason) {
        if (failure != null) {
            throw new IllegalStateException("the peer has failed already", failure);
        }
        failure = Objects.requireNonNull(reason);
        dropOutput();
        arrived();
    }

    private void requirePeer() {
        if (isEndReceived || failure != null) {
            throw new IllegalStateException("the peer has sent its end, or has failed", failure);
        }
    }

    private void arrived() {
        noteEnd();
        schedule();
        test.settle();
    }

    /** Calls {@link ConnectionHandler#onDrain}, as a listener or a reactor that is being drained. */
    public void drain() {
        loop.execute(() -> {
            isDraining = true;
            isDrainDue = true;
            schedule();
        });
        test.settle();
    }

    /**
     * Limits the bytes that the peer takes from now on.
     *
     * @param count the number of bytes, zero or more; {@link Long#MAX_VALUE} for all, as at the beginning
     * @throws IllegalArgumentException if the number is negative
     */
    public void acceptBytes(long count) {
        if (count < 0) {
            throw new IllegalArgumentException("negative number of bytes: " + count);
        }
        acceptable = count;
        loop.execute(this::flushNow);
        test.settle();
    }

    /**
     * Returns the bytes that the peer has taken and that were not returned yet.
     *
     * @return the bytes since the last call of this method or of {@link #takeText()}
     */
    public byte[] take() {
        byte[] bytes = written.toArray();
        written.clear();
        return bytes;
    }

    /**
     * Returns the bytes that the peer has taken and that were not returned yet, as text.
     *
     * @return the text, decoded from UTF-8
     */
    public String takeText() {
        return new String(take(), StandardCharsets.UTF_8);
    }

    /**
     * Returns the bytes that the peer has taken, and leaves them for {@link #take()}.
     *
     * @return the bytes since the last call of {@link #take()} or {@link #takeText()}
     */
    public byte[] written() {
        return written.toArray();
    }

    /**
     * Returns the number of bytes that the peer has sent and the handler has not read.
     *
     * @return the bytes that wait, and those that the handler has left
     */
    public int unreadBytes() {
        return input.size();
    }

    /**
     * Returns whether bytes of the peer would be read now.
     *
     * @return false while reading is paused, by the handler or since too many bytes are pending, and after the end
     */
    public boolean isReading() {
        return isActive() && mayRead();
    }

    /**
     * Returns whether the peer was sent the end of the stream.
     *
     * @return true after {@link #shutdownOutput()} or an end in good order, when the last byte was taken
     */
    public boolean isEndSent() {
        return isEndSent;
    }

    /**
     * Returns whether the peer was sent a reset.
     *
     * @return true after {@link #reset()}
     */
    public boolean isResetSent() {
        return isResetSent;
    }

    /**
     * Returns the cause of the end.
     *
     * @return the argument of {@link ConnectionHandler#onClosed}; null also while the connection is open
     */
    public Throwable cause() {
        return cause;
    }

    // ---- state and control

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    @Override
    public SocketAddress localAddress() {
        return local;
    }

    @Override
    public SocketAddress remoteAddress() {
        return remote;
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
    public ConnectionHandler handler() {
        return handler;
    }

    @Override
    public void handler(ConnectionHandler next) {
        Objects.requireNonNull(next);
        loop.runInLoop(() -> {
            if (isOpen) {
                handler = next;
                isNew = true;
                isLeftDue = true;
                isEndHandled = false;
                isDrainDue = isDraining;
                schedule();
            }
        });
    }

    @Override
    public ConnectionConfig config() {
        return config;
    }

    @Override
    public void config(ConnectionConfig next) {
        if (next.trigger() != config.trigger()) {
            throw new IllegalArgumentException("the trigger is " + config.trigger() + " and cannot be changed");
        }
        loop.runInLoop(() -> {
            config = next;
            countPending(0);
            restartTimes();
            schedule();
        });
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T get(SocketOption<T> option) throws IOException {
        requireOpen("getsockopt", option);
        Object value = options.get(option);
        if (value == null) {
            throw new UnsupportedOperationException("this option was not set here: " + option);
        }
        return (T) value;
    }

    @Override
    public <T> void set(SocketOption<T> option, T value) throws IOException {
        boolean isPositive = value instanceof Integer seconds && seconds > 0
                || value instanceof Duration time && time.isPositive();
        if (option.name().equals("SO_LINGER") && isPositive) {
            throw new IllegalArgumentException("SO_LINGER above zero blocks the loop in close(2): " + value);
        }
        requireOpen("setsockopt", option);
        options.put(option, value);
    }

    private void requireOpen(String syscall, SocketOption<?> option) throws ErrnoException {
        if (!isOpen) {
            throw new ErrnoException(syscall, option.name() + ", " + this, Errno.EBADF);
        }
    }

    @Override
    public long pendingBytes() {
        return pending.get();
    }

    @Override
    public boolean isInputClosed() {
        return isInputClosed;
    }

    @Override
    public void inMessage(boolean isInside) {
        loop.runInLoop(() -> {
            if (isInside && !isInMessage) {
                since[IdleTimeoutException.Kind.MESSAGE.ordinal()] = loop.nanoTime();
            }
            isInMessage = isInside;
            restartTimer();
        });
    }

    @Override
    public void pauseReading() {
        loop.runInLoop(() -> isPaused = true);
    }

    @Override
    public void resumeReading() {
        loop.runInLoop(() -> {
            if (isPaused) {
                isPaused = false;
                readingResumed();
            }
        });
    }

    private void readingResumed() {
        isLeftDue = true;
        since[IdleTimeoutException.Kind.READ.ordinal()] = loop.nanoTime();
        restartTimer();
        schedule();
    }

    // ---- output

    @Override
    public void write(ByteBuffer data, WriteCompletion completion) {
        Objects.requireNonNull(completion);
        int length = data.remaining();
        if (loop.inLoop()) {
            countPending(length);
            writeNow(data, completion);
            return;
        }
        ByteBuffer copy = ByteBuffer.allocate(length).put(data).flip();
        countPending(length);
        try {
            loop.execute(() -> writeNow(copy, completion));
        } catch (RejectedExecutionException e) {
            pending.addAndGet(-length);
            if (completion != WriteCompletion.NONE) {
                throw e;
            }
        }
    }

    /** Counts pending bytes, on any thread. A task follows that calls onWritable if that is due. */
    private void countPending(long change) {
        if (pending.addAndGet(change) > config.highWaterMark()) {
            isCongested = true;
        }
    }

    private void writeNow(ByteBuffer data, WriteCompletion completion) {
        int length = data.remaining();
        boolean isTaken = isOpen && !isShutdown && failure == null;
        if (isTaken) {
            output.add(data);
            offered += length;
        } else {
            data.position(data.limit());
            countPending(-length);
            schedule();
        }
        if (completion != WriteCompletion.NONE) {
            writes.add(new Write(completion, offered, isTaken ? null : endOfOutput()));
            scheduleCompletions();
        }
        if (isTaken) {
            collect(length);
        }
    }

    private void collect(int length) {
        if (output.size() > BATCH_SIZE) {
            flushNow();
        } else if (!isFlushDue) {
            isFlushDue = true;
            loop.afterStep(this::flushNow);
        }
        if (output.size() > config.queueLimit() && output.size() > length) {
            end(new IOException("more than " + config.queueLimit() + " bytes are pending: " + this));
        }
    }

    private Throwable endOfOutput() {
        return failure != null ? failure : cause != null ? cause : new ClosedChannelException();
    }

    @Override
    public void flush() {
        loop.runInLoop(this::flushNow);
    }

    private void flushNow() {
        isFlushDue = false;
        int count = (int) Math.min(output.size(), acceptable);
        if (count > 0) {
            written.add(output.peek(count));
            output.remove(count);
            acceptable -= acceptable == Long.MAX_VALUE ? 0 : count;
            taken += count;
            countPending(-count);
            passed(IdleTimeoutException.Kind.WRITE, IdleTimeoutException.Kind.BOTH, IdleTimeoutException.Kind.CLOSE);
        }
        scheduleCompletions();
        if (isCongested) {
            schedule();
        }
        if (isOpen && isShutdown && output.size() == 0) {
            isEndSent = true;
            if (isClosing || isEndHandled) {
                end(failure);
            }
        }
    }

    /** The peer takes no more. */
    private void dropOutput() {
        int count = output.size();
        output.clear();
        countPending(-count);
        scheduleCompletions();
    }

    private void scheduleCompletions() {
        if (!isCompletionDue && isNextComplete()) {
            isCompletionDue = true;
            loop.execute(this::complete);
        }
    }

    private boolean isNextComplete() {
        Write next = writes.peek();
        return next != null && (next.offset <= taken || !isOpen || failure != null);
    }

    private void complete() {
        isCompletionDue = false;
        for (int i = writes.size(); i > 0 && isNextComplete(); i--) {
            Write write = writes.remove();
            Throwable reason = write.failure != null || write.offset <= taken ? write.failure : endOfOutput();
            try {
                write.completion.completed(this, reason);
            } catch (Throwable e) {
                fail(e);
            }
        }
        scheduleCompletions();
    }

    // ---- the end

    @Override
    public void shutdownOutput() {
        loop.runInLoop(() -> {
            isShutdown = true;
            flushNow();
        });
    }

    @Override
    public void close(Throwable reason) {
        loop.runInLoop(() -> {
            if (isOpen && !isClosing) {
                isClosing = true;
                closeCause = reason;
                isShutdown = true;
                input.clear();
                left = 0;
                passed(IdleTimeoutException.Kind.CLOSE);
                restartTimer();
                flushNow();
            }
        });
    }

    @Override
    public void closeNow(Throwable reason) {
        loop.runInLoop(() -> end(reason));
    }

    @Override
    public void reset() {
        loop.runInLoop(() -> {
            isResetSent |= isOpen;
            end(null);
        });
    }

    /** Ends the connection with a failure of its handler or a completion, and reports it. */
    private void fail(Throwable thrown) {
        if (isOpen) {
            flushNow();
        }
        end(thrown);
        loop.reportFailure(this, thrown);
    }

    private void end(Throwable reason) {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        cause = reason != null ? reason : closeCause;
        isEndSent |= !isResetSent && failure == null;
        if (timer != null) {
            timer.cancel();
        }
        loop.removeStopListener(loopStopped);
        dropOutput();
        loop.execute(this::closed);
    }

    private void closed() {
        complete(); // also what another thread has written before the end
        if (handler != null) {
            try {
                handler.onClosed(this, cause);
            } catch (Throwable e) {
                loop.reportFailure(this, e);
            }
        }
    }

    // ---- the handler's calls

    private void schedule() {
        if (!isScheduled && isOpen) {
            isScheduled = true;
            loop.execute(this::handleEvents);
        }
    }

    private boolean isActive() {
        return isOpen && !isClosing && handler != null;
    }

    private boolean mayRead() {
        return !isPaused && !(isCongested && config.autoPause() && failure == null);
    }

    /** Calls the handler for each event that is due, once. */
    private void handleEvents() {
        isScheduled = false;
        if (isNew && isActive()) {
            isNew = false;
            call(() -> handler.onOpen(this));
        }
        if (isReady() && isDataDue()) {
            call(this::handleData);
        }
        if (isOpen && failure != null && (isInputRead() || isClosing)) {
            end(failure);
        }
        if (!isNew && isActive() && isCongested && pending.get() <= config.lowWaterMark()) {
            isCongested = false;
            readingResumed();
            call(() -> handler.onWritable(this));
        }
        if (isReady() && isInputClosed && !isEndHandled && !isDataDue()) {
            isEndHandled = true;
            call(this::handleEnd);
        }
        if (isDrainDue && !isNew && isActive()) {
            isDrainDue = false;
            call(() -> handler.onDrain(this));
        }
        if (!isScheduled && isActive() && (isNew || isReady() && isDataDue())) {
            isScheduled = true;
            loop.schedule(Duration.ZERO, this::handleEvents); // in the next iteration, after others had their share
        }
    }

    private boolean isReady() {
        return isActive() && !isNew && mayRead();
    }

    private boolean isDataDue() {
        return input.size() > left || isLeftDue && left > 0;
    }

    /** Returns whether no byte of the peer waits, also none for reading to be resumed. */
    private boolean isInputRead() {
        return isPaused ? input.size() == 0 : !isDataDue();
    }

    private void noteEnd() {
        if (isEndReceived && input.size() == left) {
            isInputClosed = true;
        }
    }

    private void handleData() throws IOException {
        int count = Math.min(input.size(), READ_SIZE);
        if (count > left) {
            passed(IdleTimeoutException.Kind.READ, IdleTimeoutException.Kind.BOTH);
        }
        isLeftDue = false;
        ConnectionHandler called = handler;
        int read = read(count, data -> called.onData(this, data));
        input.remove(Math.min(read, input.size())); // none are there after close()
        left = isClosing ? 0 : count - read;
        if (left == READ_SIZE && mayRead() && handler == called) {
            throw new IllegalStateException(called + " has left " + left + " bytes unread and has not paused reading");
        }
        noteEnd();
    }

    private void handleEnd() throws IOException {
        ConnectionHandler called = handler;
        int read = read(left, rest -> called.onInputClosed(this, rest));
        boolean isReplaced = handler != called;
        input.remove(isReplaced ? Math.min(read, input.size()) : input.size());
        left = input.size();
        isEndHandled = !isReplaced;
    }

    /** Takes a buffer. */
    @FunctionalInterface
    private interface Reader {
        void read(ByteBuffer data) throws IOException;
    }

    /** Has the first bytes of the input read; returns how many were. */
    private int read(int count, Reader reader) throws IOException {
        buffer.clear().order(ByteOrder.BIG_ENDIAN).put(input.peek(count)).flip();
        try {
            reader.read(buffer);
            if (buffer.limit() != count) {
                throw new IllegalStateException(handler + " has changed the limit of a buffer that is not its own");
            }
            return buffer.position();
        } finally {
            buffer.clear();
            for (int i = 0; i < count; i++) {
                buffer.put(i, (byte) 0xee);
            }
        }
    }

    private void call(Call call) {
        try {
            call.run();
        } catch (Throwable e) {
            fail(e);
            return;
        }
        flushNow();
    }

    // ---- timeouts

    private void passed(IdleTimeoutException.Kind... kinds) {
        for (IdleTimeoutException.Kind kind : kinds) {
            since[kind.ordinal()] = loop.nanoTime();
        }
    }

    private void restartTimes() {
        passed(KINDS);
        restartTimer();
    }

    private Duration timeout(IdleTimeoutException.Kind kind) {
        return switch (kind) {
            case READ -> config.readIdleTimeout();
            case WRITE -> config.writeIdleTimeout();
            case BOTH -> config.idleTimeout();
            case MESSAGE -> config.messageTimeout();
            case CLOSE -> config.closeTimeout();
        };
    }

    private boolean isRunning(IdleTimeoutException.Kind kind) {
        return timeout(kind).isPositive() && isClosing == (kind == IdleTimeoutException.Kind.CLOSE) && switch (kind) {
            case READ -> mayRead() && !isEndReceived;
            case MESSAGE -> isInMessage;
            default -> true;
        };
    }

    private long nanosTo(IdleTimeoutException.Kind kind) {
        return since[kind.ordinal()] + TimeUnit.NANOSECONDS.convert(timeout(kind)) - loop.nanoTime();
    }

    /** Sets the timer to the first timeout that runs. */
    private void restartTimer() {
        long first = Long.MAX_VALUE;
        for (IdleTimeoutException.Kind kind : KINDS) {
            first = isRunning(kind) ? Math.min(first, nanosTo(kind)) : first;
        }
        if (!isOpen || first == Long.MAX_VALUE) {
            return; // a timer that runs finds nothing
        }
        Duration delay = Duration.ofNanos(Math.max(0, first));
        if (timer == null) {
            timer = loop.schedule(delay, this::checkTimeouts);
        } else {
            timer.restart(delay);
        }
    }

    private void checkTimeouts() {
        for (IdleTimeoutException.Kind kind : KINDS) {
            if (isOpen && isRunning(kind) && nanosTo(kind) <= 0) {
                passed(kind);
                timedOut(kind);
            }
        }
        restartTimer();
    }

    private void timedOut(IdleTimeoutException.Kind kind) {
        IdleTimeoutException timeout = new IdleTimeoutException(kind, timeout(kind));
        if (isClosing) {
            end(timeout);
            return;
        }
        call(() -> {
            if (!handler.onTimeout(this, timeout)) {
                flushNow();
                end(timeout);
            }
        });
    }

    /**
     * Describes the connection for a log.
     *
     * @return such as {@code FakeConnection[/192.0.2.2:40000]}
     */
    @Override
    public String toString() {
        return "FakeConnection[" + remote + "]";
    }
}
