package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_LINGER;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.net.ReadBuffer;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.LoopTimer;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.reactor.loop.ReadyHandler;
import io.github.epoll4j.reactor.loop.Registration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

/**
 * A connection on a stream socket: a state machine that is driven by the socket's events and by the calls of
 * {@link Connection}.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>state</th><th>meaning</th><th>next state, and why</th></tr>
 * <tr><td>OPEN</td><td>bytes are read and written</td><td>DRAINING by {@link #close()}; LINGERING when both directions
 *     have ended and the peer has not acknowledged all bytes; CLOSED when both have ended and it has, by
 *     {@link #closeNow()}, {@link #reset()}, a failure or a timeout</td></tr>
 * <tr><td>DRAINING</td><td>pending bytes are written; bytes are read and dropped</td><td>LINGERING when all are written
 *     and the end of the stream is sent; CLOSED if the peer's end had come and all is acknowledged, or by a failure or
 *     the close timeout</td></tr>
 * <tr><td>LINGERING</td><td>waits for acknowledgements and for the peer's end; bytes are read and dropped</td>
 *     <td>CLOSED when the peer has acknowledged all bytes and has sent its end, or had a second for it; by a failure or
 *     the close timeout</td></tr>
 * <tr><td>CLOSED</td><td>the socket is closed; {@link ConnectionHandler#onClosed} is called in a
 * task</td><td></td></tr>
 * </table>
 *
 * <p>Beside the state: isInputEnded (the peer's end was read), isOutputEnding (no byte is accepted any more) and
 * isOutputShutdown (the end of the stream was sent).
 *
 * <p>Each event, and each step of other code that has called a method, ends in {@link #settle()}: it writes the
 * collected bytes, makes the handler's calls that are due, advances the state, and sets the interest. So no method
 * calls a handler, and what a handler's call writes leaves in one system call.
 *
 * <p>For the loop's thread, except the methods of {@link Connection}.
 */
final class StreamConnection implements Connection, ReadyHandler, Runnable {
    private enum State { OPEN, DRAINING, LINGERING, CLOSED }

    private static final AtomicLongFieldUpdater<StreamConnection> HELD =
            AtomicLongFieldUpdater.newUpdater(StreamConnection.class, "heldBytes");
    private static final AtomicReferenceFieldUpdater<StreamConnection, ConnectionHandler> NEXT_HANDLER =
            AtomicReferenceFieldUpdater.newUpdater(
                    StreamConnection.class, ConnectionHandler.class, "nextHandler");

    private static final int HANG_UP = EPOLLERR | EPOLLHUP;
    private static final int INPUT = EPOLLIN | EPOLLPRI | EPOLLRDHUP | HANG_UP;
    private static final int EVERY_EDGE = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    /** The time that a peer has for its end of the stream when it has acknowledged all bytes. */
    private static final Duration LINGER = Duration.ofSeconds(1);
    /** The time until the first check of its acknowledgements; the next ones double, up to LINGER. */
    private static final Duration FIRST_CHECK = Duration.ofMillis(10);
    /** The frames of a method that needs little that are more than the end needs, whichever of them is compiled. */
    private static final int STACK_OF_END = 1000;

    /** Null for a connection that this end has opened. */
    final Listener listener;
    StreamConnection before;
    StreamConnection after;
    private final LoopContext context;
    private final StreamSocket socket;
    private volatile ConnectionConfig config;
    private volatile Object attachment;
    private volatile SocketAddress localAddress;

    private volatile State state = State.OPEN;
    private volatile boolean isInputEnded;
    /** True if the peer's end has arrived while nothing is read. */
    private volatile boolean isEndReported;
    private boolean isOutputEnding;
    private boolean isOutputShutdown;
    /** The failure that ends the connection unless another one comes first; null for none. */
    private Throwable cause;
    /** Null before the handler factory has returned. */
    private volatile ConnectionHandler handler;
    /** The handler that replaces the other one when its current call has returned; null for none. */
    private volatile ConnectionHandler nextHandler;
    /** True while an event or a step is handled: {@link #settle()} comes at its end. Also until the first call. */
    private boolean isBusy = true;
    /** True if {@link #run()} comes at the end of the current step. */
    private boolean isSettleDue;
    /** True if a timer continues in the next iteration. */
    private boolean isContinueDue;

    /**
     * Null before the first call of the handler; and while reading is paused after a hang-up: EPOLLHUP cannot be masked
     * under level trigger, so the descriptor is deregistered.
     */
    private Registration registration;
    /** Of one-shot: false from a report until the registration is armed again. */
    private boolean isArmed;
    /** The events whose input was not read to its end; an edge is not reported again. */
    private int unread;
    /** The bytes that the handler has left unread, to be read; null for none. */
    private ByteBuffer rest;
    /** True if the handler is to get the rest again without new bytes. */
    private boolean isRestDue;
    private boolean isPaused;
    private boolean isInputEndHandled;
    private boolean isDraining;
    /** True if the handler is to be asked to end the connection. */
    private boolean isDrainDue;

    /** Bytes that are collected until the end of the step, to be flipped; null for none. */
    private ByteBuffer batch;
    /** Null while the socket is not full. */
    private OutboundQueue queue;
    /** Of edges: true if the socket is not full, and the budget has ended the last write. */
    private boolean isOutputReady;
    /** Null while no completion waits. */
    private WriteCompletions completions;
    /** The failure of the output, while the input may go on; null for none. */
    private IOException outputFailure;
    /** The pending bytes in memory: in the batch, the queue, and tasks of other threads. One number, without gaps. */
    private volatile long heldBytes;
    /** Those of them in the batch and the queue. */
    private long heldHere;
    /** True from above the high-water mark until {@link ConnectionHandler#onWritable} is called. */
    private volatile boolean isCongested;

    /** Null without timeouts. */
    private IdleTimeouts.Entry idle;
    /** True if the handler has reported that the bytes so far end inside a message. */
    private boolean isInMessage;
    /** The progress of the close; null before it. */
    private Closing closing;

    /** The progress of a close, which takes memory of its own, as few connections are in one. */
    private static final class Closing {
        private LoopTimer timer;
        /** The bytes that were pending, or not acknowledged, at the last check with progress, and its time. */
        private long remaining;
        private long progressNanos;
        private long lingerNanos;
    }

    StreamConnection(LoopContext context, StreamSocket socket, Listener listener, ConnectionConfig config) {
        this.context = context;
        this.socket = socket;
        this.listener = listener;
        this.config = config;
        if (listener != null && !isWildcard(listener.localAddress())) {
            localAddress = listener.localAddress();
        }
    }

    private static boolean isWildcard(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress().isAnyLocalAddress();
    }

    /** Returns null, or the failure of the handler's first call, which was reported. */
    Throwable open(ConnectionHandler first) {
        handler = first;
        if (state == State.CLOSED) {
            notifyClosed(); // by the factory
            return null;
        }
        Throwable failure = null;
        try {
            if (idle == null && config.hasTimeout()) { // the factory may have set it
                idle = context.idleTimeouts().add(this);
            }
            failure = watchFirst();
            if (state == State.OPEN) {
                handler.onOpen(this);
            }
        } catch (Throwable e) {
            failure = e;
            fail(e);
        }
        isBusy = false;
        settle();
        return failure;
    }

    /** Returns null, or the reason why the loop cannot watch the socket: the connection has ended then. */
    private Throwable watchFirst() {
        try {
            register();
            return null;
        } catch (ErrnoException e) {
            end(e);
            return e;
        }
    }

    // ---- state ----

    @Override
    public EventLoop loop() {
        return context.loop();
    }

    @Override
    public boolean isOpen() {
        return state != State.CLOSED;
    }

    @Override
    public boolean isInputClosed() {
        return isInputEnded || isEndReported;
    }

    @Override
    public SocketAddress localAddress() {
        SocketAddress known = localAddress;
        if (known == null) {
            try {
                known = switch (socket) {
                    case TcpStream tcp -> tcp.localAddress();
                    case UnixStream unix -> unix.localAddress();
                };
                localAddress = known;
            } catch (ErrnoException | IllegalStateException e) {
                return null;
            }
        }
        return known;
    }

    @Override
    public SocketAddress remoteAddress() {
        try {
            return switch (socket) {
                case TcpStream tcp -> tcp.remoteAddress();
                case UnixStream unix -> unix.remoteAddress();
            };
        } catch (ErrnoException | IllegalStateException e) {
            return null;
        }
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
        ConnectionHandler next = nextHandler;
        return next != null ? next : handler;
    }

    @Override
    public void handler(ConnectionHandler next) {
        nextHandler = Objects.requireNonNull(next, "no handler for a connection");
        onLoop(() -> { });
    }

    @Override
    public ConnectionConfig config() {
        return config;
    }

    @Override
    public void config(ConnectionConfig newConfig) {
        if (newConfig.trigger() != config.trigger()) {
            throw new IllegalArgumentException("the trigger cannot be changed: " + config.trigger());
        }
        config = newConfig;
        onLoop(() -> {
            if (idle != null) {
                context.idleTimeouts().remove(idle);
                idle = null;
            }
            if (config.hasTimeout() && isOpen()) {
                idle = context.idleTimeouts().add(this);
                idle.inMessage(isInMessage);
            }
            noteCongestion();
        });
    }

    @Override
    public <T> T get(SocketOption<T> option) throws IOException {
        try {
            return socket.get(option);
        } catch (IllegalStateException e) {
            throw closedFailure("getsockopt", option);
        }
    }

    @Override
    public <T> void set(SocketOption<T> option, T value) throws IOException {
        Options.requireNoLinger(option, value);
        try {
            socket.set(option, value);
        } catch (IllegalStateException e) {
            throw closedFailure("setsockopt", option);
        }
    }

    private ErrnoException closedFailure(String syscall, SocketOption<?> option) {
        return new ErrnoException(syscall, option.name() + ", " + this, Errno.EBADF);
    }

    @Override
    public void inMessage(boolean isInside) {
        if (!loop().inLoop()) {
            onLoop(() -> inMessage(isInside));
            return;
        }
        isInMessage = isInside;
        if (idle != null) {
            idle.inMessage(isInside);
        }
    }

    @Override
    public void pauseReading() {
        onLoop(() -> isPaused = true);
    }

    @Override
    public void resumeReading() {
        onLoop(() -> {
            isRestDue |= isPaused;
            isPaused = false;
        });
    }

    @Override
    public void flush() {
        onLoop(this::flushBatch);
    }

    @Override
    public void shutdownOutput() {
        onLoop(() -> isOutputEnding = true);
    }

    @Override
    public void close(Throwable reason) {
        onLoop(() -> beginClose(reason));
    }

    private void beginClose(Throwable reason) {
        if (state == State.OPEN) {
            state = State.DRAINING;
            isOutputEnding = true;
            cause = reason;
        }
    }

    @Override
    public void closeNow(Throwable reason) {
        onLoop(() -> end(reason));
    }

    @Override
    public void reset() {
        onLoop(() -> {
            if (isOpen() && socket instanceof TcpStream) {
                try {
                    socket.set(SO_LINGER, Duration.ZERO);
                } catch (ErrnoException e) {
                    end(e);
                }
            }
            end(null);
        });
    }

    /** Runs an action and then settles: at the end of the step, or in a task if this is another thread. */
    private void onLoop(Runnable action) {
        loop().runInLoop(() -> {
            action.run();
            settleLater();
        });
    }

    private void settleLater() {
        if (!isBusy && !isSettleDue && isOpen()) {
            isSettleDue = true;
            loop().afterStep(this);
        }
    }

    /** Settles at the end of a step of other code. */
    @Override
    public void run() {
        isSettleDue = false;
        settle();
    }

    // ---- events ----

    @Override
    public void ready(Registration ready, int events) {
        isArmed = config.trigger() != Trigger.ONESHOT;
        handle(events);
    }

    private void handle(int events) {
        unread = events & INPUT | (isEdge() ? unread : 0);
        if ((unread & (EPOLLRDHUP | HANG_UP)) == EPOLLRDHUP && !isReading()) {
            isEndReported = true;
        }
        isBusy = true;
        try {
            if ((unread & HANG_UP) != 0 && !isInputWanted() && !isReading()) {
                hangUp();
            } else {
                transfer(events);
            }
        } catch (IOException e) {
            end(outputFailureOr(e));
        } catch (Throwable e) { // such as an OutOfMemoryError outside the handler's calls
            fail(e);
        } finally {
            isBusy = false;
        }
        settle();
    }

    private void transfer(int events) throws IOException {
        if ((unread & HANG_UP) != 0) {
            flushQueue(); // fails, and then the queue is empty
        }
        if (unread != 0 && mayRead()) {
            read();
        }
        if ((events & EPOLLOUT) != 0 && isOpen()) {
            flushQueue();
        }
    }

    /** Handles a hang-up while nothing is to be read: the end, unless input waits for reading to be resumed. */
    private void hangUp() throws IOException {
        flushQueue(); // fails, if anything is queued; onWritable may resume reading
        if (!isOpen() || isInputWanted()) {
            return;
        }
        boolean isWaiting = isInputWaiting();
        IOException failure = isWaiting ? null : pendingFailure();
        boolean isExpected = state == State.LINGERING && isInputEnded && failure == null && unsent() > 0;
        if (isWaiting || isPausedOnly() && failure == null || isExpected) {
            if (!isEdge()) {
                registration.cancel();
                registration = null;
            } else if (isExpected) {
                unread = 0; // a timer waits for the acknowledgements
            }
        } else {
            end(failure != null ? failure : cause);
        }
    }

    /** Returns the bytes that a TCP peer has not acknowledged; a Unix peer has them when they are written. */
    private int unsent() throws ErrnoException {
        return socket instanceof TcpStream ? socket.unsent() : 0;
    }

    /** Returns the reason for a hang-up; null if there is no other. */
    private IOException pendingFailure() throws ErrnoException {
        if (outputFailure != null) {
            return outputFailure;
        }
        int errno = socket.error();
        return errno == 0 ? null : new ErrnoException("connection", String.valueOf(remoteAddress()), errno);
    }

    private boolean isEdge() {
        return config.trigger() == Trigger.EDGE;
    }

    /** Returns whether input is handled before the connection ends. */
    private boolean isInputWanted() {
        return !isPaused && !isInputEnded && state == State.OPEN;
    }

    /** Returns whether input is handled when reading is resumed. */
    private boolean isPausedOnly() {
        return isPaused && !isInputEndHandled && state == State.OPEN;
    }

    /** Returns whether there is input, or the peer's end, for reading to be resumed. Throws what a read would. */
    private boolean isInputWaiting() throws ErrnoException {
        // without a peek behind the end of the stream, where an error is still pending
        return isPausedOnly() && (rest != null || isInputEnded || socket.peek() > 0);
    }

    /** Returns whether bytes are read; in DRAINING and LINGERING they are dropped. */
    boolean isReading() {
        return switch (state) {
            case OPEN -> isInputWanted() && nextHandler == null && !(isCongested && config.autoPause());
            case DRAINING, LINGERING -> !isInputEnded; // dropped: a peer may have to be rid of its bytes to take ours
            case CLOSED -> false;
        };
    }

    private boolean mayRead() {
        // after a hang-up a full queue does not keep the handler from the bytes that came before
        return isReading() || (unread & HANG_UP) != 0 && isInputWanted() && nextHandler == null;
    }

    private void read() throws IOException {
        ReadBuffer input = takeInput();
        isRestDue = isFull(input); // the handler has to consume some of it first
        try {
            int count;
            for (int budget = config.budget(); budget > 0 && mayRead() && !isRestDue; budget -= count) {
                count = socket.read(input);
                if (count < 0) {
                    unread = 0;
                    isInputEnded = true;
                    return;
                }
                // a short read has found all, but for an urgent mark, and for the end of the stream behind it; a Unix
                // socket reads no further than passed descriptors
                boolean isLast = count == 0 || input.buffer().limit() < input.buffer().capacity()
                        && (unread & (EPOLLPRI | EPOLLRDHUP | HANG_UP)) == 0 && socket instanceof TcpStream;
                if (isLast) {
                    unread = 0;
                }
                if (count > 0) {
                    received(count, input);
                    isRestDue |= isFull(input);
                }
                if (isLast) {
                    return;
                }
            }
        } finally {
            keepRest(input);
        }
    }

    private static boolean isFull(ReadBuffer input) {
        return input.buffer().remaining() == input.buffer().capacity();
    }

    /** Returns the loop's buffer with the bytes that the handler has left. */
    private ReadBuffer takeInput() {
        ReadBuffer input = loop().readBuffer().clear();
        if (rest != null) {
            input.put(rest);
            rest = null;
        }
        return input;
    }

    /** Copies the bytes that the handler has left, since the buffer is the loop's. */
    private void keepRest(ReadBuffer input) {
        ByteBuffer left = input.buffer();
        if (state == State.OPEN && left.hasRemaining()) {
            rest = ByteBuffer.allocate(left.remaining()).put(left).flip();
        }
        input.clear();
    }

    private void received(int count, ReadBuffer input) {
        context.countRead(count);
        if (idle != null) {
            idle.wasRead = true;
        }
        if (state == State.OPEN) {
            deliver(input);
        } else {
            input.clear();
        }
    }

    /** Calls onData, and then flushes. */
    private void deliver(ReadBuffer input) {
        ByteBuffer data = input.buffer().order(ByteOrder.BIG_ENDIAN); // a handler may have changed it
        int position = data.position();
        int limit = data.limit();
        try {
            handler.onData(this, data);
            requireUnchanged(data, position, limit);
        } catch (Throwable e) {
            input.clear();
            fail(e);
            return;
        }
        if (batch != null) {
            flushBatch();
        }
    }

    private void requireUnchanged(ByteBuffer data, int position, int limit) throws IOException {
        if (data.limit() != limit || data.position() < position) {
            // the rest of the buffer holds the bytes of other connections
            throw new IllegalStateException("a handler may only move the position, forward: position " + position
                    + " and limit " + limit + " became " + data.position() + " and " + data.limit() + " in " + handler);
        }
        if (data.remaining() == data.capacity() && state == State.OPEN && isReading()) {
            throw new IOException(data.capacity() + " bytes are left unread by " + handler);
        }
    }

    // ---- the end of each event and step ----

    private void settle() {
        if (isBusy) {
            return;
        }
        isBusy = true;
        try {
            flushBatch();
            if (nextHandler != null && state == State.OPEN) {
                replaceHandler();
            }
            if (isWritableDue()) {
                becomeWritable();
            }
            if (isRestReady()) {
                deliverRest();
            }
            if (isInputEnded && !isInputEndHandled && !isPaused && state == State.OPEN && nextHandler == null) {
                endInput();
            }
            if (isDrainDue && handler != null && state == State.OPEN && nextHandler == null) {
                isDrainDue = false;
                call(() -> handler.onDrain(this));
            }
            advance();
            if (isOpen()) {
                watch();
            }
        } catch (IOException e) {
            end(outputFailureOr(e));
        } catch (Throwable e) {
            fail(e);
        } finally {
            isBusy = false;
        }
    }

    private void replaceHandler() {
        ConnectionHandler next = nextHandler;
        handler = next;
        NEXT_HANDLER.compareAndSet(this, next, null); // not one that another thread has set meanwhile: it is the next
        isRestDue = true;
        isInputEndHandled = false; // each handler is notified
        isDrainDue = isDraining;
        call(() -> handler.onOpen(this));
    }

    /** Returns whether the handler is to get the rest again. */
    private boolean isRestReady() {
        return isRestDue && rest != null && isInputWanted() && nextHandler == null
                && !(isCongested && config.autoPause());
    }

    private void deliverRest() {
        ReadBuffer input = takeInput();
        isRestDue = false;
        try {
            deliver(input);
        } finally {
            keepRest(input);
        }
    }

    private void endInput() {
        isInputEndHandled = true;
        ByteBuffer left = ByteBuffer.allocate(rest == null ? 0 : rest.remaining());
        if (rest != null) {
            left.put(rest).flip();
        }
        rest = null;
        if (outputFailure != null) {
            end(outputFailure);
        } else {
            call(() -> handler.onInputClosed(this, left));
            rest = nextHandler != null && left.hasRemaining() ? left : null;
        }
    }

    private boolean isWritableDue() {
        return isCongested && pendingBytes() <= config.lowWaterMark() && state == State.OPEN && nextHandler == null;
    }

    private void becomeWritable() {
        isCongested = false;
        noteCongestion(); // another thread may have passed the mark meanwhile
        isRestDue |= config.autoPause();
        if (!isOutputEnding) {
            call(() -> handler.onWritable(this));
        }
    }

    /** A call of the handler. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private void call(Step step) {
        if (isOpen()) {
            try {
                step.run();
            } catch (Throwable e) {
                fail(e);
                return;
            }
            flushBatch();
        }
    }

    /** Advances the end of the output, when all bytes are written. */
    private void advance() throws IOException {
        if (!isOutputEnding || state == State.CLOSED) {
            return;
        }
        if (batch != null || queue != null) {
            if (state == State.DRAINING && closing == null && config.closeTimeout().isPositive()) {
                closing = new Closing();
                closing.remaining = pendingHere();
                closing.timer = loop().schedule(config.closeTimeout(), this::checkDrain);
            }
            return;
        }
        boolean isClosing = state != State.OPEN || isInputEndHandled;
        if (isClosing && isInputEnded && unsent() == 0) {
            end(outputFailureOr(cause));
            return;
        }
        if (!isOutputShutdown) {
            isOutputShutdown = true;
            try {
                socket.shutdownOutput();
            } catch (ErrnoException e) { // ENOTCONN: a reset has come, which no event has reported yet
                IOException reset = pendingFailure();
                outputFailure = reset != null ? reset : e;
                failOutput();
                return;
            }
        }
        if (isClosing && state != State.LINGERING) {
            linger();
        }
    }

    /** The flush goes on while the peer takes some bytes in each of these times. */
    private void checkDrain() {
        if (state == State.DRAINING) {
            if (pendingHere() < closing.remaining) {
                closing.remaining = pendingHere();
                closing.timer.restart(config.closeTimeout());
            } else {
                end(new IdleTimeoutException(IdleTimeoutException.Kind.CLOSE, config.closeTimeout()));
            }
        }
    }

    private void linger() throws IOException {
        state = State.LINGERING;
        cancelCloseTimer();
        closing = new Closing();
        closing.lingerNanos = loop().nanoTime();
        closing.progressNanos = closing.lingerNanos;
        closing.remaining = unsent();
        closing.timer = loop().schedule(FIRST_CHECK, () -> checkLinger(FIRST_CHECK));
    }

    /** Ends the connection when the peer has all bytes, and its own end came or had a second. */
    private void checkLinger(Duration delay) {
        try {
            IOException failure = pendingFailure();
            if (failure != null) {
                end(failure);
                return;
            }
            long now = loop().nanoTime();
            int unsent = unsent();
            if (unsent == 0 && (isInputEnded || now - closing.lingerNanos >= LINGER.toNanos())) {
                end(outputFailureOr(cause));
                return;
            }
            if (unsent < closing.remaining) {
                closing.remaining = unsent;
                closing.progressNanos = now;
            } else if (unsent > 0 && config.closeTimeout().isPositive()
                    && now - closing.progressNanos >= config.closeTimeout().toNanos()) {
                end(new IdleTimeoutException(IdleTimeoutException.Kind.CLOSE, config.closeTimeout()));
                return;
            }
            Duration next = delay.multipliedBy(2).compareTo(LINGER) < 0 ? delay.multipliedBy(2) : LINGER;
            long toLinger = closing.lingerNanos + LINGER.toNanos() - now;
            if (toLinger > 0 && toLinger < next.toNanos()) {
                next = Duration.ofNanos(toLinger);
            }
            Duration wait = next;
            closing.timer = loop().schedule(wait, () -> checkLinger(wait));
        } catch (ErrnoException e) {
            end(e);
        } catch (Throwable e) { // no timer would end it any more
            fail(e);
        }
    }

    private void cancelCloseTimer() {
        if (closing != null) {
            closing.timer.cancel();
            closing = null;
        }
    }

    // ---- interest ----

    private void register() throws ErrnoException {
        registration = loop().register(socket.fd(), interest(), this);
        isArmed = true;
    }

    private int interest() {
        int wanted = inputInterest() | (queue == null ? 0 : EPOLLOUT);
        return switch (config.trigger()) {
            case LEVEL -> wanted;
            case EDGE -> EVERY_EDGE;
            case ONESHOT -> wanted | EPOLLONESHOT;
        };
    }

    private int inputInterest() {
        if (isReading()) {
            return EPOLLIN | EPOLLRDHUP;
        }
        // select reports the end as input, again and again
        boolean isEndWanted = state == State.OPEN && !isInputClosed() && loop().mechanism() != Mechanism.SELECT;
        return isEndWanted ? EPOLLRDHUP : 0;
    }

    /** Watches for the events that the connection waits for now. */
    private void watch() throws ErrnoException {
        if (registration == null) {
            boolean isHangUpExpected = state == State.LINGERING && isInputEnded;
            if (isReading() || !isPaused && !isHangUpExpected) { // a full queue too learns of the hang-up
                register();
            }
        } else if (!isEdge()) {
            int wanted = interest();
            if (!isArmed || registration.interest() != wanted) {
                registration.interest(wanted);
                isArmed = true;
            }
        }
        boolean isInputDue = isEdge() && unread != 0
                && (mayRead() || (unread & HANG_UP) != 0 && state != State.OPEN);
        // a call that settle() has made may have written more than the high-water mark, all of which is flushed by now
        if (isInputDue || isOutputReady || isRestReady() || isWritableDue()
                || nextHandler != null && state == State.OPEN) {
            continueLater();
        }
    }

    /** Continues in the next iteration, after other connections have had their share. */
    private void continueLater() {
        if (!isContinueDue) {
            isContinueDue = true;
            loop().schedule(Duration.ZERO, () -> {
                isContinueDue = false;
                if (isOpen()) {
                    int events = isOutputReady ? EPOLLOUT : 0;
                    isOutputReady = false;
                    handle(events);
                }
            });
        }
    }

    // ---- output ----

    @Override
    public long pendingBytes() {
        long held = heldBytes; // before the queue is read, as other threads may read it
        OutboundQueue waiting = queue;
        return held + (waiting == null ? 0 : waiting.fileBytes());
    }

    @Override
    public boolean isWritable() {
        if (pendingBytes() <= config.highWaterMark()) {
            return true;
        }
        if (!isCongested) { // the mark was lowered a moment ago, or the sum is of two moments: onWritable is due now
            isCongested = true;
            onLoop(() -> { });
        }
        return false;
    }

    @Override
    public void write(ByteBuffer data, WriteCompletion completion) {
        Objects.requireNonNull(completion);
        if (loop().inLoop()) {
            requireCompletable(completion);
            writeHere(data, 0, completion);
        } else {
            writeElsewhere(data, completion);
        }
    }

    /** Refuses a completion that no task would call any more. */
    private void requireCompletable(WriteCompletion completion) {
        if (completion != WriteCompletion.NONE && context.isStopped() && !isOpen()) {
            throw new RejectedExecutionException("the loop has stopped");
        }
    }

    private void writeElsewhere(ByteBuffer data, WriteCompletion completion) {
        int length = isOpen() ? data.remaining() : 0;
        if (length > 0 || completion != WriteCompletion.NONE) {
            if (reserve(length)) {
                copyToTask(data, length, completion);
            } else {
                IOException reason = overflow(heldBytes + length);
                execute(() -> refuse(reason, completion), 0, completion);
            }
        }
        data.position(data.limit());
    }

    private void copyToTask(ByteBuffer data, int length, WriteCompletion completion) {
        try {
            ByteBuffer copy = ByteBuffer.allocate(length);
            if (length > 0) {
                copy.put(data).flip();
                Thread.holdsLock(this); // a call into the JVM, which throws here if the buffer's file has shrunk
            }
            noteCongestion();
            execute(() -> writeHere(copy, length, completion), length, completion);
        } catch (OutOfMemoryError | InternalError e) {
            execute(() -> {
                HELD.getAndAdd(this, -length);
                refuse(notCopied(e), completion);
            }, length, completion);
        }
    }

    /** Counts bytes that come from another thread; returns false if the limit does not allow them. */
    private boolean reserve(int length) {
        long before;
        do {
            before = heldBytes;
            if (isBeyondLimit(length)) {
                return false;
            }
        } while (!HELD.compareAndSet(this, before, before + length));
        return true;
    }

    /** Returns whether more bytes would exceed the limit; a single write may, if nothing is pending. */
    private boolean isBeyondLimit(int length) {
        long held = heldBytes;
        return held > 0 && length > config.queueLimit() - held;
    }

    /** Runs an action, which releases the reserved bytes, on the loop. Returns false if the loop has stopped. */
    private boolean execute(Runnable action, int reserved, WriteCompletion completion) {
        try {
            loop().execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            HELD.getAndAdd(this, -reserved);
            if (completion != WriteCompletion.NONE) {
                throw e;
            }
            return false;
        }
    }

    /** There is no memory to copy to, or the buffer's file has shrunk under its mapping. */
    private static IOException notCopied(Throwable e) {
        return new IOException("bytes to be written cannot be copied: " + e, e);
    }

    private IOException overflow(long pending) {
        return new IOException("the queue limit of " + config.queueLimit() + " bytes is exceeded: " + pending
                + " bytes would be pending");
    }

    private static IOException outputEnded() {
        return new IOException("the connection, or its output, has ended before these bytes were taken");
    }

    private boolean isOutputOpen() {
        return state == State.OPEN && !isOutputEnding && outputFailure == null;
    }

    /** Writes bytes. Those of another thread are reserved until they are counted here. */
    private void writeHere(ByteBuffer data, int reserved, WriteCompletion completion) {
        boolean isAccepted = isOutputOpen();
        IOException refusal = isAccepted && data.hasRemaining() ? accept(data, reserved > 0) : null;
        data.position(data.limit());
        countPending(reserved);
        if (refusal != null) {
            refuse(refusal, completion);
            return;
        }
        if (completion != WriteCompletion.NONE) {
            await(completion, isAccepted ? outputFailure : outputEnded());
        }
        if (isAccepted && outputFailure != null) {
            failOutput(); // after the completion is queued, which comes before the handler's last call
        }
        settleLater();
    }

    /** Collects, writes or queues bytes; returns null, or the reason that ends the connection. */
    private IOException accept(ByteBuffer data, boolean isReserved) {
        try {
            if (queue == null) {
                int collected = batch == null ? 0 : batch.position();
                boolean isSmall = collected + data.remaining() < LoopContext.CHUNK_SIZE;
                if (isSmall && (batch != null || context.hasChunk())) {
                    if (batch == null) {
                        batch = context.takeChunk();
                    }
                    batch.put(data);
                    return null;
                }
                writeNow(data);
            }
            if (outputFailure == null && data.hasRemaining()) {
                countPending();
                if (!isReserved && isBeyondLimit(data.remaining())) {
                    return overflow(heldBytes + data.remaining());
                }
                queue().add(data);
            }
            return null;
        } catch (OutOfMemoryError | InternalError e) {
            return notCopied(e);
        }
    }

    /** Writes the collected bytes and as much of these as the socket takes. Only notes a failure. */
    private void writeNow(ByteBuffer data) {
        int limit = data.limit();
        data.limit((int) Math.min(limit, (long) data.position() + config.budget()));
        try {
            boolean isTaking = true;
            if (batch != null) {
                isTaking = writeBehindBatch(data);
            }
            while (isTaking && data.hasRemaining()) {
                int written = socket.write(data);
                count(written);
                isTaking = written > 0;
            }
            isOutputReady = isEdge() && isTaking && limit > data.limit();
        } catch (ErrnoException e) {
            outputFailure = e;
        } finally {
            data.limit(limit);
        }
    }

    /** Writes the collected bytes and these in one call; returns false if the socket is full. */
    private boolean writeBehindBatch(ByteBuffer data) throws ErrnoException {
        ByteBuffer first = batch.flip();
        int collected = first.remaining();
        context.gathered[0] = first;
        context.gathered[1] = data;
        long written;
        try {
            written = socket.write(context.gathered, 0, 2);
        } catch (ErrnoException e) {
            collectOn();
            throw e;
        } finally {
            context.gathered[0] = null;
            context.gathered[1] = null;
        }
        count(written);
        return endBatch(Math.min(written, collected));
    }

    /** Undoes the flip of a batch that was not written. */
    private void collectOn() {
        batch.position(batch.limit()).limit(batch.capacity());
    }

    /** Ends a batch of which so many bytes were written, and queues the others; returns whether there is none. */
    private boolean endBatch(long written) {
        ByteBuffer bytes = batch;
        batch = null;
        boolean isWritten = !bytes.hasRemaining();
        if (!isWritten) {
            queue().add(bytes);
        }
        context.releaseChunk(bytes);
        took(written);
        return isWritten;
    }

    private OutboundQueue queue() {
        if (queue == null) {
            queue = new OutboundQueue(context);
        }
        return queue;
    }

    /** Writes the collected bytes, as far as the socket takes them. */
    private void flushBatch() {
        if (batch == null || queue != null || outputFailure != null) {
            return;
        }
        writeBatch(false);
        countPending();
        if (outputFailure != null) {
            failOutput();
        }
    }

    private void writeBatch(boolean isMoreToCome) {
        ByteBuffer bytes = batch.flip();
        int written;
        try {
            written = isMoreToCome ? socket.writeMore(bytes) : socket.write(bytes);
        } catch (ErrnoException e) {
            collectOn();
            outputFailure = e;
            return;
        }
        count(written);
        endBatch(written);
    }

    /** Writes what is queued, as far as the budget allows and the socket takes it. */
    private void flushQueue() {
        if (queue == null) {
            return;
        }
        long before = queue.size();
        IOException failure = null;
        boolean isTaking = false;
        try {
            isTaking = queue.writeTo(socket, config.budget());
        } catch (IOException e) {
            failure = e;
        }
        long written = before - queue.size();
        if (queue.isEmpty()) {
            queue = null;
        }
        isOutputReady = isEdge() && isTaking && queue != null;
        count(written);
        countPending();
        took(written);
        if (failure != null) {
            outputFailure = failure;
            failOutput();
        }
    }

    /** Counts bytes that the socket has taken. */
    private void count(long written) {
        if (written > 0) {
            context.countWritten(written);
            if (idle != null) {
                idle.wasWritten = true;
            }
        }
    }

    /** Notifies the completions of pending bytes that the socket has taken. */
    private void took(long bytes) {
        if (completions != null && bytes > 0) {
            completions.took(bytes);
        }
    }

    /** Returns the number of bytes in the batch and the queue, files included. */
    private long pendingHere() {
        return (batch == null ? 0 : batch.position()) + (queue == null ? 0 : queue.size());
    }

    private void countPending() {
        countPending(0);
    }

    /** Counts the memory that is pending here, and releases bytes that were reserved by another thread. */
    private void countPending(int reserved) {
        long now = pendingHere() - (queue == null ? 0 : queue.fileBytes());
        long change = now - heldHere;
        if (change != reserved) {
            HELD.getAndAdd(this, change - reserved);
        }
        if (change != 0) {
            heldHere = now;
            context.countQueued(change);
        }
        noteCongestion();
    }

    private void noteCongestion() {
        if (pendingBytes() > config.highWaterMark() && !isCongested) {
            isCongested = true;
        }
    }

    private void await(WriteCompletion completion, Throwable failure) {
        if (completions == null) {
            completions = new WriteCompletions(this);
        }
        completions.add(completion, pendingHere(), failure);
    }

    /** Drops the completions' object: none waits any more. */
    void allCompleted() {
        completions = null;
    }

    private void refuse(IOException reason, WriteCompletion completion) {
        if (completion != WriteCompletion.NONE) {
            await(completion, reason); // before the handler's last call
        }
        end(reason);
    }

    private Throwable outputFailureOr(Throwable other) {
        return outputFailure != null ? outputFailure : other;
    }

    /** The peer takes no more: drops the output. What the peer has sent before is still read. */
    private void failOutput() {
        dropOutput(outputFailure);
        boolean isPeerGone = outputFailure instanceof ErrnoException e
                && (e.errno() == Errno.EPIPE || e.errno() == Errno.ECONNRESET);
        if (!isPeerGone || !isInputLeft()) {
            end(outputFailure);
        }
    }

    /** After a failure of the output: returns whether input is still to be handled before the connection ends. */
    private boolean isInputLeft() {
        try {
            return isInputWanted() || isInputWaiting();
        } catch (ErrnoException e) {
            return false; // nothing has come
        }
    }

    private void dropOutput(Throwable reason) {
        if (batch != null) {
            context.releaseChunk(batch);
            batch = null;
        }
        if (queue != null) {
            queue.clear();
            queue = null;
        }
        isOutputReady = false;
        countPending();
        if (completions != null) {
            completions.fail(reason != null ? reason : outputEnded());
        }
    }

    @Override
    public void sendFile(FileFd file, long offset, long count, WriteCompletion completion) {
        Objects.requireNonNull(completion);
        if (offset < 0 || count < 0) {
            throw new IllegalArgumentException("offset " + offset + ", count " + count);
        }
        FileFd own;
        try {
            own = file.duplicate(); // the caller may close its own when this returns
        } catch (ErrnoException e) {
            onLoop(() -> refuse(e, completion));
            return;
        }
        boolean isTaken = false;
        try {
            if (loop().inLoop()) {
                requireCompletable(completion);
                isTaken = true;
                sendFileHere(own, offset, count, completion);
            } else {
                isTaken = execute(() -> sendFileHere(own, offset, count, completion), 0, completion);
            }
        } finally {
            if (!isTaken) {
                own.close();
            }
        }
    }

    private void sendFileHere(FileFd own, long offset, long count, WriteCompletion completion) {
        if (isOutputOpen() && count > 0) {
            if (batch != null) {
                writeBatch(true);
            }
            boolean isFirst = queue == null;
            queue().addFile(own, offset, count);
            countPending();
            if (completion != WriteCompletion.NONE) {
                await(completion, outputFailure);
            }
            if (outputFailure != null) {
                failOutput();
            } else if (isFirst) {
                flushQueue();
            }
            settleLater();
        } else {
            own.close();
            writeHere(ByteBuffer.allocate(0), 0, completion);
        }
    }

    // ---- the end ----

    /** Handles a timeout that has passed. */
    void timedOut(IdleTimeoutException timeout) {
        if (state != State.OPEN || isBusy) {
            return;
        }
        isBusy = true;
        long pendingBefore = pendingHere();
        try {
            boolean isKept = handler.onTimeout(this, timeout);
            if (!isKept && state == State.OPEN) {
                flushBatch();
                if (pendingBefore == 0 && idle != null && idle.wasWritten) {
                    beginClose(timeout); // with the word that the handler has written
                } else {
                    end(timeout);
                }
            }
        } catch (Throwable e) {
            fail(e);
        } finally {
            isBusy = false;
        }
        settle();
    }

    /** Has the handler end the connection, and each one that replaces it. */
    void drain() {
        isDraining = true;
        isDrainDue = true;
        settleLater();
    }

    /** Ends the connection with a failure of its handler or a completion, and reports it. */
    void fail(Throwable e) {
        try {
            if (batch != null && queue == null && outputFailure == null) {
                writeBatch(false);
            }
        } finally {
            try {
                end(e);
            } finally {
                loop().reportFailure(this, e);
            }
        }
    }

    /**
     * Ends the connection, once. The handler is notified in a task, never inside a call. Without a reason it is the
     * failure of the reactor itself, if there is one.
     */
    void end(Throwable reason) {
        if (state == State.CLOSED) {
            return;
        }
        requireStack(STACK_OF_END);
        localAddress(); // while the socket can be asked
        remoteAddress();
        cause = reason != null ? reason : cause != null ? cause : context.failure();
        state = State.CLOSED;
        try {
            ConnectionEvents.closed(this, cause);
            if (registration != null) {
                registration.cancel();
            }
            cancelCloseTimer();
            if (idle != null) {
                context.idleTimeouts().remove(idle);
                idle = null;
            }
        } finally {
            release();
        }
    }

    /**
     * Throws a StackOverflowError unless there is stack for all steps of the end, which must not stop half-way: the
     * caller may be deep in a handler's recursion.
     */
    private static int requireStack(int frames) {
        return frames == 0 ? 0 : requireStack(frames - 1) + 1;
    }

    private void release() {
        try {
            socket.close();
            rest = null;
            dropOutput(cause);
            if (handler != null) {
                notifyClosed();
            }
        } finally {
            context.remove(this);
            if (listener != null) {
                listener.connectionEnded(socket);
            }
        }
    }

    private void notifyClosed() {
        loop().execute(this::closed);
    }

    private void closed() {
        ConnectionHandler last = handler(); // also one that has replaced the other and was not opened
        try {
            if (completions != null) {
                completions.run(); // also of writes by other threads before the end whose tasks came only now
            }
        } finally {
            try {
                last.onClosed(this, cause);
            } catch (Throwable e) {
                loop().reportFailure(this, e);
            }
        }
    }

    /**
     * Describes the connection for a log.
     *
     * @return such as {@code Connection[/127.0.0.1:7000 to /127.0.0.1:40312, EchoHandler]}
     */
    @Override
    public String toString() {
        ConnectionHandler current = handler();
        return "Connection[" + localAddress() + " to " + remoteAddress()
                + (current == null ? "" : ", " + current.getClass().getSimpleName()) + "]";
    }
}
