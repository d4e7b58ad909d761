package io.github.epoll4j.reactor.tls;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.ForwardingConnection;
import io.github.epoll4j.reactor.ForwardingHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.github.epoll4j.reactor.WriteCompletion;
import io.github.epoll4j.reactor.loop.LoopTimer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSession;

/**
 * A connection that encrypts on another one. {@link Tls} creates it; the package page has what its handler sees.
 *
 * <p>Thread-safe, as every {@link Connection}: all work is done on the loop's thread.
 */
public final class TlsConnection extends ForwardingConnection {
    /** The records that may bring no data, such as session tickets and key updates; data allows for more. */
    private static final int MOST_EMPTY_RECORDS = 32;
    private static final int BYTES_FOR_AN_EMPTY_RECORD = 1 << 10;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    private static final String TLS_1_3 = "TLSv1.3";
    /** The type of a record. TLS 1.3 encrypts it, and leaves the length to guess it by. */
    private static final byte ALERT = 21;
    private static final int RECORD_HEADER = 5;
    private static final int ENCRYPTED_ALERT_LENGTH = 2 + 1 + 16;

    private final SSLEngine engine;
    private final TlsConfig tls;
    private final TlsBuffers buffers;
    /** The number of TLS connections below this one. */
    private final int depth;
    private volatile ConnectionConfig config;

    // the state
    /** True when the handshake is complete. */
    private volatile boolean isEstablished;
    /** True when the peer's close_notify was read. */
    private volatile boolean isInputEnded;
    /** True after shutdownOutput, and in a close: no byte is accepted any more. */
    private boolean isOutputEnding;
    /** True when close_notify was written. */
    private boolean isOutputEnded;
    /** True in a close, and after a violation of the protocol: the handler gets nothing but onClosed. */
    private boolean isClosing;
    /** The cause that a close was given; null for none. */
    private Throwable cause;
    /** The violation, truncation or timeout that ends the connection, whatever comes later; null for none. */
    private Throwable failure;
    /** True when the engine encrypts no more, as the peer has ended both directions. */
    private boolean isEngineEnded;
    /** Null unless a close waits until all is encrypted. */
    private LoopTimer closeTimer;
    private long closeRemaining;
    /** True while the engine's delegated tasks run on the executor. */
    private boolean isTaskRunning;
    private boolean isBegun;
    /** Null before the handshake, and without a limit. */
    private LoopTimer handshakeTimer;
    /** Null unless {@link Tls#connect} waits for the handshake. */
    private CompletableFuture<TlsConnection> handshake;

    // input
    /** The plaintext that the handler has left unread; null for none. */
    private ByteBuffer rest;
    /** True if the handler is to get the rest without new bytes. */
    private boolean isRestDue;
    /** True if ciphertext was left in the other connection. */
    private boolean isCiphertextLeft;
    private boolean isPaused;
    private boolean isTargetPaused;
    /** True inside a message that the user has reported. */
    private boolean isInMessage;
    /** The records that brought no data, and the bytes of the others. */
    private long emptyRecords;
    private long dataBytes;

    // output
    /** The writes that wait for the handshake, or for a file before them. */
    private final Deque<Item> held = new ArrayDeque<>(0);
    /** The plaintext in memory that was not encrypted yet: in tasks of other threads, and in the items. */
    private final AtomicLong heldBytes = new AtomicLong();
    private volatile long heldFileBytes;
    /** The bytes that were encrypted since the beginning. */
    private long encryptedBytes;
    /** True from above the high-water mark, as any thread has seen it, until {@link ConnectionHandler#onWritable}. */
    private volatile boolean isCongested;
    private boolean isWatchingPending;

    // steps
    /** True while a call of the other connection, or a step of this one, runs: due calls come at its end. */
    private boolean isBusy;
    private final Runnable settle = this::settle;
    private boolean isSettleDue;
    private boolean isContinueDue;

    /** A write that waits. */
    private static final class Item {
        /** The plaintext; null for a file, and for a write that is dropped. */
        private final ByteBuffer data;
        /** Null unless this is a part of a file. */
        private final FileFd file;
        private long offset;
        private long count;
        private final WriteCompletion completion;

        Item(ByteBuffer data, FileFd file, long offset, long count, WriteCompletion completion) {
            this.data = data;
            this.file = file;
            this.offset = offset;
            this.count = count;
            this.completion = completion;
        }

        boolean isDropped() {
            return data == null && file == null;
        }
    }

    /** A step of the connection, which may call the handler. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    TlsConnection(Connection target, TlsConfig tls, SSLEngine engine) {
        super(target);
        this.tls = tls;
        this.engine = engine;
        // TLS in TLS is busy at the same time as the one below
        this.depth = target instanceof TlsConnection below ? below.depth + 1
                : target instanceof ForwardingConnection ? 1 : 0;
        this.buffers = TlsBuffers.of(target.loop(), depth);
        this.config = target.config();
        target.config(ofTarget());
    }

    /**
     * Returns the configuration of the other connection. The limit of the queue is this one's own, as one large write
     * is several of the other connection. The handshake has its own limit of time.
     */
    private ConnectionConfig ofTarget() {
        ConnectionConfig other = config.withQueueLimit(Integer.MAX_VALUE);
        if (!isEstablished) {
            return other.withIdleTimeout(Duration.ZERO).withReadIdleTimeout(Duration.ZERO)
                    .withWriteIdleTimeout(Duration.ZERO).withMessageTimeout(Duration.ZERO);
        }
        return config.messageTimeout().isZero() ? other.withMessageTimeout(recordTimeout()) : other;
    }

    /** Returns the time for a record if messages have no limit: byte by byte it would defeat the idle timeouts. */
    private Duration recordTimeout() {
        return config.readIdleTimeout().isPositive() ? config.readIdleTimeout() : config.idleTimeout();
    }

    ConnectionHandler wrap(ConnectionHandler next) {
        return new Layer(next);
    }

    void completeWithHandshake(CompletableFuture<TlsConnection> future) {
        handshake = future;
    }

    /** The other connection's handler, one for each handler of the user. */
    private final class Layer extends ForwardingHandler {
        /** True from the call of the other connection's onOpen. */
        private boolean isInstalled;
        /** True from the call of the user's onOpen, which waits for the handshake. */
        private boolean isOpened;
        private boolean isInputEndHandled;

        Layer(ConnectionHandler next) {
            super(TlsConnection.this, next);
        }

        @Override
        public void onOpen(Connection target) throws IOException {
            isInstalled = true;
            inStep(TlsConnection.this::begin);
        }

        @Override
        public void onData(Connection target, ByteBuffer data) throws IOException {
            isBusy = true; // as inStep, whose argument would be an object for each read
            try {
                decrypt(this, data);
                callDue();
            } finally {
                isBusy = false;
            }
        }

        @Override
        public void onInputClosed(Connection target, ByteBuffer left) throws IOException {
            inStep(TlsConnection.this::targetEnded);
        }

        @Override
        public void onWritable(Connection target) throws IOException {
            inStep(TlsConnection.this::drain);
        }

        @Override
        public boolean onTimeout(Connection target, IdleTimeoutException timeout) throws IOException {
            if (!isOpened || isClosing) {
                return false;
            }
            boolean[] isKept = new boolean[1];
            inStep(() -> isKept[0] = timedOut(this, ofUser(timeout)));
            return isKept[0];
        }

        @Override
        public void onDrain(Connection target) throws IOException {
            inStep(() -> {
                if (isOpened && !isClosing) {
                    super.onDrain(target);
                } else {
                    beginClose(null);
                }
            });
        }

        @Override
        public void onClosed(Connection target, Throwable reason) {
            Throwable known = failure != null ? failure : reason != null ? reason : cause;
            ended(known);
            try {
                next().onClosed(TlsConnection.this, known);
            } finally {
                if (handshake != null) {
                    handshake.completeExceptionally(known != null ? known : closedInHandshake());
                }
            }
        }

        void open() throws IOException {
            isOpened = true;
            isRestDue = true;
            next().onOpen(TlsConnection.this);
            if (handshake != null) {
                CompletableFuture<TlsConnection> future = handshake;
                handshake = null;
                loop().execute(() -> future.complete(TlsConnection.this));
            }
        }

        void data(ByteBuffer plain) throws IOException {
            forwardData(plain);
        }

        void inputClosed(ByteBuffer left) throws IOException {
            forwardInputClosed(left);
        }
    }

    private static SSLHandshakeException closedInHandshake() {
        return new SSLHandshakeException("the connection has ended during the handshake");
    }

    // ---- state

    /**
     * Returns the session, with the cipher suite and the peer's certificates.
     *
     * @return the session; null before the end of the handshake
     */
    public SSLSession session() {
        return isEstablished ? engine.getSession() : null;
    }

    /**
     * Returns the application protocol that was agreed on (ALPN).
     *
     * @return the protocol; the empty string for none; null before the end of the handshake
     */
    public String applicationProtocol() {
        return isEstablished ? engine.getApplicationProtocol() : null;
    }

    /**
     * Returns the name of the server that the client has asked for (SNI).
     *
     * @return the name in ASCII; null if it has asked for none, and before the end of the handshake
     */
    public String serverName() {
        return IdentityKeyManager.requestedName(session());
    }

    private boolean hasHalfClose() {
        return TLS_1_3.equals(engine.getSession().getProtocol());
    }

    @Override
    public boolean isInputClosed() {
        return isInputEnded || super.isInputClosed();
    }

    @Override
    public ConnectionHandler handler() {
        return target().handler() instanceof Layer current ? current.next() : null;
    }

    @Override
    public void handler(ConnectionHandler next) {
        target().handler(new Layer(next));
    }

    @Override
    public ConnectionConfig config() {
        return config;
    }

    @Override
    public void config(ConnectionConfig next) {
        if (next.trigger() != config.trigger()) {
            throw new IllegalArgumentException("the trigger cannot be changed: " + config.trigger());
        }
        config = next;
        onLoop(() -> {
            target().config(ofTarget());
            target().inMessage(isMessageTimed());
            noteCongestion();
            drain(); // a file that waited for other water marks
        });
    }

    @Override
    public void inMessage(boolean isInside) {
        onLoop(() -> {
            isInMessage = isInside;
            target().inMessage(isMessageTimed());
        });
    }

    private boolean isMessageTimed() {
        return isInMessage && config.messageTimeout().isPositive();
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
    public void shutdownOutput() {
        onLoop(() -> {
            if (!isOutputEnding) {
                isOutputEnding = true;
                drain();
            }
        });
    }

    @Override
    public void close(Throwable reason) {
        onLoop(() -> beginClose(reason));
    }

    private void beginClose(Throwable reason) {
        if (!isClosing) {
            isClosing = true;
            isOutputEnding = true;
            cause = reason;
            if (isOutputEnded) {
                target().close(cause);
                return;
            }
            drain();
            if (!isOutputEnded && config.closeTimeout().isPositive()) {
                closeRemaining = pendingBytes();
                closeTimer = loop().schedule(config.closeTimeout(), this::checkClose);
            }
        }
    }

    /** The close goes on while the peer takes some bytes in each of these times. */
    private void checkClose() {
        if (isOutputEnded || !isOpen()) {
            return;
        }
        long pending = pendingBytes();
        if (pending < closeRemaining) {
            closeRemaining = pending;
            closeTimer.restart(config.closeTimeout());
        } else {
            closeNow(new IdleTimeoutException(IdleTimeoutException.Kind.CLOSE, config.closeTimeout()));
        }
    }

    @Override
    public void closeNow(Throwable reason) {
        onLoop(() -> {
            isClosing = true;
            target().closeNow(reason);
        });
    }

    @Override
    public void reset() {
        onLoop(() -> {
            isClosing = true;
            target().reset();
        });
    }

    // ---- steps

    /** Runs an action, in a task if this is another thread. Calls that become due come at the end of the step. */
    private void onLoop(Runnable action) {
        loop().runInLoop(() -> { // dropped if the loop has stopped, and this connection with it
            action.run();
            settleLater();
        });
    }

    private void settleLater() {
        if (!isBusy && !isSettleDue && isOpen()) {
            isSettleDue = true;
            loop().afterStep(settle);
        }
    }

    /** Calls the handler where that is due, outside the calls of the other connection. */
    private void settle() {
        isSettleDue = false;
        if (isBusy || !isOpen()) {
            return;
        }
        try {
            inStep(() -> { });
        } catch (Throwable e) { // of the handler
            isClosing = true;
            try {
                target().flush();
            } finally {
                target().closeNow(e);
                loop().reportFailure(this, e);
            }
        }
    }

    /** Runs a step, and then makes the calls that are due. */
    private void inStep(Step step) throws IOException {
        isBusy = true;
        try {
            step.run();
            callDue();
        } finally {
            isBusy = false;
        }
    }

    private void callDue() throws IOException {
        if (target().handler() instanceof Layer layer && layer.isInstalled) {
            callHandler(layer);
        }
        updateReading();
    }

    private void callHandler(Layer layer) throws IOException {
        openIfDue(layer);
        if (!layer.isOpened) {
            return;
        }
        if (isCongested && pendingBytes() <= config.lowWaterMark() && isActive(layer)) {
            isCongested = false;
            noteCongestion(); // another thread may have passed the mark meanwhile
            isRestDue |= config.autoPause();
            if (!isOutputEnding) {
                layer.next().onWritable(this);
            }
        }
        if (isRestDue && rest != null && isReading(layer)) {
            deliver(layer, takeRest());
            keepRest();
        }
        if (isInputEnded && !layer.isInputEndHandled && !isPaused && isActive(layer)) {
            endInput(layer);
        }
        watchPending();
        if (isRestDue && rest != null && isReading(layer)) { // reading was paused and resumed in the last call
            continueLater();
        }
    }

    private void openIfDue(Layer layer) throws IOException {
        if (isEstablished && !layer.isOpened && isActive(layer)) {
            layer.open();
        }
    }

    private boolean isActive(Layer layer) {
        return !isClosing && isOpen() && target().handler() == layer;
    }

    private boolean isReading(Layer layer) {
        return isActive(layer) && !isPaused && !(isCongested && config.autoPause());
    }

    /** Pauses the other connection while bytes have to wait there. */
    private void updateReading() {
        boolean isAutoPaused = isCongested && config.autoPause() && isCiphertextLeft;
        boolean isWaiting = isTaskRunning && !isOutputEnded
                || isEstablished && !isClosing && (isPaused || isAutoPaused);
        if (isWaiting != isTargetPaused) {
            isTargetPaused = isWaiting;
            if (isWaiting) {
                target().pauseReading();
            } else {
                target().resumeReading();
            }
        }
    }

    // ---- handshake

    private void begin() {
        if (isBegun || isOutputEnded) {
            return; // the handler was replaced, or its factory has closed the connection
        }
        isBegun = true;
        Duration timeout = tls.handshakeTimeout();
        if (timeout.isPositive()) {
            handshakeTimer = loop().schedule(timeout, () -> {
                if (!isOutputEnded) {
                    closeNow(new SSLHandshakeException("the handshake was not complete within " + timeout));
                }
            });
        }
        try {
            engine.beginHandshake();
            advance();
        } catch (SSLException e) {
            violated(e);
        }
    }

    /** Does what the engine wants to do next, until it needs bytes of the peer. */
    private void advance() throws SSLException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    runTasks();
                    return;
                }
                case NEED_WRAP -> {
                    if (!wrapRecords()) {
                        return;
                    }
                    if (isEstablished && memory() > config.queueLimit()) {
                        closeNow(overflow(0)); // a peer makes us answer, and reads nothing
                    }
                }
                default -> {
                    noteEstablished();
                    return;
                }
            }
        }
    }

    /** Writes the records that the engine has of its own; returns false if it has none, as its output has ended. */
    private boolean wrapRecords() throws SSLException {
        ByteBuffer cipher = buffers.cipher.clear();
        try {
            SSLEngineResult result;
            do {
                result = engine.wrap(EMPTY, cipher);
                if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                    target().write(cipher.flip());
                    cipher.clear();
                } else if (result.getStatus() == Status.CLOSED || result.bytesProduced() == 0) {
                    return false;
                }
            } while (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
            return true;
        } finally {
            target().write(cipher.flip());
            noteCongestion();
        }
    }

    /** Runs the expensive steps on the executor. Nothing is read meanwhile. */
    private void runTasks() {
        isTaskRunning = true;
        try {
            tls.taskExecutor().execute(() -> {
                try {
                    for (Runnable task; isOpen() && (task = engine.getDelegatedTask()) != null;) {
                        task.run(); // an exception is kept by the engine, and thrown by its next call
                    }
                    onLoop(() -> tasksDone(null));
                } catch (Throwable e) {
                    onLoop(() -> tasksDone(e));
                }
            });
        } catch (Throwable e) { // such as a RejectedExecutionException
            tasksDone(e);
        }
    }

    private void tasksDone(Throwable thrown) {
        isTaskRunning = false;
        if (!isOpen() || isOutputEnded) {
            return;
        }
        try {
            if (thrown != null) {
                throw (SSLException) new SSLHandshakeException("a step of the handshake has failed: " + thrown)
                        .initCause(thrown);
            }
            if (isClosing && isNothingHeld()) {
                endOutput();
            } else {
                advance();
            }
        } catch (SSLException e) {
            violated(e);
        }
    }

    private void noteEstablished() {
        if (!isEstablished && !engine.isOutboundDone()
                && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
            isEstablished = true;
            if (handshakeTimer != null) {
                handshakeTimer.cancel();
            }
            target().config(ofTarget());
            drain();
        }
    }

    /** The peer has violated the protocol, or refuses ours: sends the alert, and ends the connection. */
    private void violated(SSLException e) {
        isClosing = true;
        isOutputEnding = true;
        failure = failure == null ? e : failure;
        wrapLastRecords();
        target().close(failure);
    }

    /** Writes the engine's last records: an alert, or close_notify. */
    private void wrapLastRecords() {
        isOutputEnded = true;
        engine.closeOutbound();
        try {
            wrapRecords();
        } catch (SSLException e) {
            failure = failure == null ? e : failure;
        }
        target().flush();
    }

    // ---- input

    /** The result of one step of the decryption. */
    private enum Progress { RECORD, CUT, FULL, VIOLATED }

    /** Decrypts bytes, which are copied first: the engine would copy those of a direct buffer several times. */
    private void decrypt(Layer layer, ByteBuffer direct) throws IOException {
        ByteBuffer data = buffers.input;
        do {
            int count = Math.min(direct.remaining(), data.capacity());
            data.clear().put(0, direct, direct.position(), count).limit(count);
            try {
                decryptHere(layer, data);
            } finally {
                direct.position(direct.position() + data.position());
            }
        } while (direct.hasRemaining() && data.position() > 0 && !isCiphertextLeft && isOpen());
    }

    private void decryptHere(Layer layer, ByteBuffer data) throws IOException {
        ByteBuffer plain = takeRest();
        boolean isRecordComplete = false;
        boolean isNew = false;
        SSLException violation = null;
        Progress progress = Progress.RECORD;
        isCiphertextLeft = false;
        try {
            while (data.hasRemaining() && progress == Progress.RECORD) {
                if (isInputEnded || isClosing && (isEstablished || isOutputEnded)) {
                    data.position(data.limit()); // dropped
                    break;
                }
                if (isTaskRunning || isEstablished && !isReading(layer)) {
                    isCiphertextLeft = true;
                    break;
                }
                if (isNew && isAlert(data)) {
                    deliver(layer, plain); // an alert may end the output, too: first the answers
                    isNew = false;
                    continue;
                }
                int before = plain.position();
                try {
                    progress = decryptRecord(data, plain);
                } catch (SSLException e) {
                    violation = e;
                    progress = Progress.VIOLATED;
                    isOutputEnding = true; // the engine encrypts no more: answers to the bytes before are dropped
                    failure = failure == null ? e : failure;
                }
                isNew |= plain.position() > before;
                isRecordComplete |= progress == Progress.RECORD;
                openIfDue(layer);
                if (progress == Progress.FULL) {
                    deliver(layer, plain);
                    isNew = false;
                    progress = Progress.RECORD;
                }
            }
            if (isNew) {
                deliver(layer, plain);
            }
        } finally {
            keepRest();
        }
        if (violation != null) {
            violated(violation);
        }
        noteRecord(isRecordComplete, progress == Progress.CUT);
    }

    private Progress decryptRecord(ByteBuffer data, ByteBuffer plain) throws SSLException {
        SSLEngineResult result = engine.unwrap(data, plain);
        if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
            return Progress.CUT;
        }
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            return Progress.FULL;
        }
        if (isEstablished && result.bytesProduced() > 0
                && result.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
            dataBytes += result.bytesProduced();
            return Progress.RECORD;
        }
        if (engine.isInboundDone()) {
            if (!isEstablished) {
                throw closedInHandshake();
            }
            isInputEnded = true;
            isOutputEnding |= !hasHalfClose(); // the engine's output has ended too
            return Progress.RECORD;
        }
        dataBytes += result.bytesProduced();
        if (isEstablished && ++emptyRecords > MOST_EMPTY_RECORDS + dataBytes / BYTES_FOR_AN_EMPTY_RECORD) {
            throw new SSLException(emptyRecords + " records have brought no data");
        }
        if (isEstablished && engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING && !hasHalfClose()) {
            throw new SSLException("renegotiation is refused");
        }
        advance();
        return Progress.RECORD;
    }

    /** Returns whether the next record is an alert, or may be one. */
    private static boolean isAlert(ByteBuffer data) {
        return data.get(data.position()) == ALERT || data.remaining() >= RECORD_HEADER
                && data.getShort(data.position() + RECORD_HEADER - 2) == ENCRYPTED_ALERT_LENGTH;
    }

    /** Returns the loop's buffer with the bytes that the handler has left, to be filled on. */
    private ByteBuffer takeRest() {
        ByteBuffer plain = buffers.plain.clear();
        if (rest != null) {
            plain.put(rest);
            rest = null;
        }
        return plain;
    }

    /** Copies the bytes that are left, since the buffer is the loop's. */
    private void keepRest() {
        ByteBuffer plain = buffers.plain.flip();
        if (plain.hasRemaining() && !isClosing && isOpen()) {
            rest = ByteBuffer.allocate(plain.remaining()).put(plain).flip();
        }
        plain.clear();
    }

    private void deliver(Layer layer, ByteBuffer plain) throws IOException {
        if (!isActive(layer)) {
            return;
        }
        isRestDue = false;
        plain.flip();
        try {
            layer.data(plain);
        } catch (Throwable e) {
            plain.position(plain.limit());
            throw e;
        } finally {
            plain.compact();
        }
        if (plain.position() >= TlsBuffers.MOST_UNREAD && isReading(layer)) {
            throw new IOException(plain.position() + " bytes are left unread by " + layer.next());
        }
    }

    /** A record that is cut is subject to the time of a message, unless the user has reported one. */
    private void noteRecord(boolean isComplete, boolean isCut) {
        if (isMessageTimed()) {
            return;
        }
        if (isComplete) {
            target().inMessage(false);
        }
        if (isCut) {
            target().inMessage(true);
        }
    }

    /** The socket has no more bytes. */
    private void targetEnded() {
        if (!isEstablished) {
            closeNow(closedInHandshake());
        } else if (!isInputEnded && !isClosing) {
            failure = new TlsTruncatedException();
            beginClose(failure); // the peer may take what was written
        }
    }

    private void endInput(Layer layer) throws IOException {
        layer.isInputEndHandled = true;
        ByteBuffer left = rest != null ? rest : ByteBuffer.allocate(0);
        rest = null;
        layer.inputClosed(left);
        if (isActive(layer)) {
            if (isOutputEnding) { // both directions have ended; without a half-close this one too
                beginClose(null);
            }
        } else if (left.hasRemaining() && !isClosing) {
            rest = left; // for the handler that replaces this one
        }
    }

    private IdleTimeoutException ofUser(IdleTimeoutException timeout) {
        if (timeout.kind() != IdleTimeoutException.Kind.MESSAGE || config.messageTimeout().isPositive()) {
            return timeout;
        }
        boolean isRead = config.readIdleTimeout().isPositive();
        return new IdleTimeoutException(
                isRead ? IdleTimeoutException.Kind.READ : IdleTimeoutException.Kind.BOTH, recordTimeout());
    }

    private boolean timedOut(Layer layer, IdleTimeoutException timeout) throws IOException {
        long encryptedBefore = encryptedBytes;
        long pendingBefore = pendingBytes();
        boolean isKept = layer.next().onTimeout(this, timeout);
        if (!isKept && !isClosing) {
            if (pendingBefore == 0 && encryptedBytes != encryptedBefore) {
                beginClose(timeout); // with the word that the handler has written
            } else {
                failure = timeout;
            }
        }
        return isKept || isClosing;
    }

    // ---- output

    @Override
    public long pendingBytes() {
        return memory() + heldFileBytes;
    }

    /** Returns the pending bytes without files. */
    private long memory() {
        return heldBytes.get() + super.pendingBytes();
    }

    @Override
    public boolean isWritable() {
        if (pendingBytes() <= config.highWaterMark()) {
            return true;
        }
        if (!isCongested) {
            isCongested = true;
            onLoop(() -> { });
        }
        return false;
    }

    private void noteCongestion() {
        if (!isCongested && pendingBytes() > config.highWaterMark()) {
            isCongested = true;
        }
    }

    /** Has the calls that are due made when the bytes are taken, unless the other connection does so by itself. */
    private void watchPending() {
        if (isCongested && held.isEmpty() && target().isWritable() && !isWatchingPending && isOpen()) {
            isWatchingPending = true;
            target().write(EMPTY, (on, reason) -> {
                isWatchingPending = false;
                settle();
            });
        }
    }

    @Override
    public void write(ByteBuffer data, WriteCompletion completion) {
        Objects.requireNonNull(completion);
        if (loop().inLoop()) {
            writeHere(data, completion);
        } else {
            writeElsewhere(data, completion);
        }
    }

    private void writeHere(ByteBuffer data, WriteCompletion completion) {
        if (!isOpen() || isOutputEnding) {
            data.position(data.limit());
            drop(completion);
        } else if (isBeyondLimit(data.remaining()) && isBeyondLimitAfterFlush(data.remaining())) {
            IOException reason = overflow(data.remaining());
            data.position(data.limit());
            refuse(reason, completion);
        } else if (isEstablished && held.isEmpty()) {
            encrypt(data, completion);
        } else {
            heldBytes.addAndGet(data.remaining());
            held.add(new Item(copy(data), null, 0, 0, completion));
        }
        noteCongestion();
        settleLater();
    }

    private static ByteBuffer copy(ByteBuffer data) {
        return ByteBuffer.allocate(data.remaining()).put(data).flip();
    }

    private boolean isBeyondLimit(int length) {
        long pending = memory();
        return pending > 0 && length > config.queueLimit() - pending;
    }

    private boolean isBeyondLimitAfterFlush(int length) {
        target().flush();
        return isBeyondLimit(length);
    }

    private IOException overflow(int length) {
        return new IOException("the queue limit of " + config.queueLimit() + " bytes is exceeded: "
                + (memory() + length) + " bytes would be pending");
    }

    private void refuse(IOException reason, WriteCompletion completion) {
        closeNow(reason);
        drop(completion);
    }

    /** Completes a write that is dropped with a failure, behind those before. */
    private void drop(WriteCompletion completion) {
        if (completion == WriteCompletion.NONE) {
            return;
        }
        if (held.isEmpty()) {
            target().write(EMPTY, dropped(completion));
        } else {
            held.add(new Item(null, null, 0, 0, completion));
        }
    }

    private WriteCompletion dropped(WriteCompletion completion) {
        return completion == WriteCompletion.NONE ? completion : (target, reason) -> completion.completed(this,
                reason != null ? reason : outputEnded());
    }

    private static IOException outputEnded() {
        return new IOException("the connection, or its output, has ended before these bytes were taken");
    }

    private WriteCompletion ofThis(WriteCompletion completion) {
        return completion == WriteCompletion.NONE
                ? completion : (target, reason) -> completion.completed(this, reason);
    }

    private void writeElsewhere(ByteBuffer data, WriteCompletion completion) {
        int length = isOpen() ? data.remaining() : 0;
        if (length == 0 && completion == WriteCompletion.NONE) {
            data.position(data.limit());
            return;
        }
        if (length > 0 && isBeyondLimit(length)) {
            IOException reason = overflow(length);
            execute(() -> refuse(reason, completion), 0, completion);
        } else {
            ByteBuffer own = length > 0 ? copy(data) : EMPTY;
            heldBytes.addAndGet(length);
            noteCongestion();
            execute(() -> {
                writeReserved(own, completion);
                settleLater();
            }, length, completion);
        }
        data.position(data.limit());
    }

    private void execute(Runnable action, int reserved, WriteCompletion completion) {
        try {
            loop().execute(action);
        } catch (RejectedExecutionException e) {
            heldBytes.addAndGet(-reserved);
            if (completion != WriteCompletion.NONE) {
                throw e;
            }
        }
    }

    /** Writes bytes of another thread, which were counted there. */
    private void writeReserved(ByteBuffer data, WriteCompletion completion) {
        int reserved = data.remaining();
        if (isOpen() && !isOutputEnding && !(isEstablished && held.isEmpty())) {
            held.add(new Item(data, null, 0, 0, completion));
            return;
        }
        if (!isOpen() || isOutputEnding) {
            drop(completion);
        } else {
            encrypt(data, completion);
        }
        heldBytes.addAndGet(-reserved);
    }

    /** Encrypts and writes bytes; returns false if that has ended the connection. */
    private boolean encrypt(ByteBuffer data, WriteCompletion completion) {
        encryptedBytes += data.remaining();
        try {
            int record = engine.getSession().getPacketBufferSize();
            do {
                ByteBuffer cipher = buffers.cipher.clear();
                while (data.hasRemaining() && cipher.remaining() >= record) {
                    SSLEngineResult result = engine.wrap(data, cipher);
                    if (result.getStatus() == Status.CLOSED) {
                        isEngineEnded = true;
                        isOutputEnding = true;
                        data.position(data.limit());
                        target().write(cipher.flip());
                        target().write(EMPTY, dropped(completion));
                        return true;
                    }
                    if (result.getStatus() != Status.OK || result.bytesProduced() == 0) {
                        throw new SSLException("bytes cannot be encrypted: " + result);
                    }
                }
                target().write(cipher.flip(), data.hasRemaining() ? WriteCompletion.NONE : ofThis(completion));
            } while (data.hasRemaining());
            return true;
        } catch (SSLException | RuntimeException | OutOfMemoryError | InternalError e) { // or a file has shrunk
            data.position(data.limit());
            closeNow(new IOException("bytes cannot be encrypted: " + e, e));
            drop(completion);
            return false;
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
            closeNow(e);
            write(EMPTY, completion);
            return;
        }
        if (loop().inLoop()) {
            sendFileHere(own, offset, count, completion);
            return;
        }
        try {
            execute(() -> sendFileHere(own, offset, count, completion), 0, completion);
        } catch (RejectedExecutionException e) {
            own.close();
            throw e;
        }
    }

    private void sendFileHere(FileFd own, long offset, long count, WriteCompletion completion) {
        if (!isOpen() || isOutputEnding || count == 0) {
            own.close();
            writeHere(EMPTY, completion);
            return;
        }
        held.add(new Item(null, own, offset, count, completion));
        heldFileBytes += count;
        drain();
        noteCongestion();
        settleLater();
    }

    /** Encrypts the writes that wait, as far as they can be, and then ends the output if that is wanted. */
    private void drain() {
        if (isOutputEnded || !isOpen()) {
            return;
        }
        if (!isEstablished && (isTaskRunning || !isClosing || !isNothingHeld())) {
            return; // a task holds the engine's lock
        }
        for (Item item; (item = held.peek()) != null && !item.isDropped() && !isEngineEnded;) {
            if (item.file != null ? !sendPieces(item) : !encryptItem(item)) {
                return;
            }
            held.poll();
        }
        if (isOutputEnding) {
            endOutput();
        }
    }

    private boolean isNothingHeld() {
        Item first = held.peek();
        return first == null || first.isDropped();
    }

    private boolean encryptItem(Item item) {
        int length = item.data.remaining();
        boolean isEncrypted = encrypt(item.data, item.completion);
        heldBytes.addAndGet(-length);
        if (!isEncrypted) {
            held.poll();
        }
        return isEncrypted;
    }

    /** Reads and encrypts a file as fast as the peer takes it; returns whether all of it is written. */
    private boolean sendPieces(Item item) {
        long least = item.count - config.budget();
        while (item.count > 0) {
            if (!target().isWritable()) {
                return false; // until onWritable
            }
            if (isEngineEnded) {
                return false;
            }
            if (item.count <= least) {
                continueLater();
                return false;
            }
            ByteBuffer piece = buffers.file().clear();
            piece.limit((int) Math.min(piece.capacity(), item.count));
            try {
                int read = item.file.read(piece, item.offset);
                if (read <= 0) {
                    throw new IOException("a file ends before byte " + (item.offset + item.count) + ": " + item.file);
                }
            } catch (IOException e) {
                closeNow(e);
                return false;
            }
            piece.flip();
            int length = piece.remaining();
            boolean isLast = length == item.count;
            if (!encrypt(piece, isLast ? item.completion : WriteCompletion.NONE)) {
                if (isLast) {
                    held.poll(); // its completion was called
                    discard(item);
                }
                return false;
            }
            item.offset += length;
            item.count -= length;
            heldFileBytes -= length;
        }
        item.file.close();
        return true;
    }

    /** Continues in the next iteration, after other connections have had their share. */
    private void continueLater() {
        if (!isContinueDue) {
            isContinueDue = true;
            loop().schedule(Duration.ZERO, () -> {
                isContinueDue = false;
                drain();
                settleLater();
            });
        }
    }

    private void endOutput() {
        boolean isInputHandled = isInputEnded && target().handler() instanceof Layer layer && layer.isInputEndHandled;
        isClosing |= isEngineEnded || isInputHandled || !hasHalfClose();
        wrapLastRecords();
        if (isClosing) {
            target().close(cause);
        } else {
            target().shutdownOutput();
        }
        for (Item item; (item = held.poll()) != null;) { // writes behind the end
            discard(item);
            target().write(EMPTY, dropped(item.completion));
        }
    }

    // ---- the end

    /** Completes the writes that were not encrypted. */
    private void ended(Throwable known) {
        isClosing = true;
        rest = null;
        if (handshakeTimer != null) {
            handshakeTimer.cancel();
        }
        if (closeTimer != null) {
            closeTimer.cancel();
        }
        Throwable reason = known != null ? known : outputEnded();
        for (Item item; (item = held.poll()) != null;) {
            discard(item);
            try {
                item.completion.completed(this, reason);
            } catch (Throwable e) {
                loop().reportFailure(this, e);
            }
        }
    }

    /** Releases what a write that waits has, its completion aside. */
    private void discard(Item item) {
        if (item.file != null) {
            item.file.close();
            heldFileBytes -= item.count;
        } else if (item.data != null) {
            heldBytes.addAndGet(-item.data.remaining());
        }
    }
}
