package io.github.epoll4j.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * The other side of a TLS connection under test: an engine of the JDK on a non-blocking channel. {@link #transfer()}
 * does what can be done without waiting. For one thread.
 */
public final class TlsPeer implements AutoCloseable {
    private static final int RECORD = 17 << 10;

    private final SSLEngine engine;
    private final SocketChannel channel;
    private final ByteBuffer input = ByteBuffer.allocate(256 << 10);
    private final ByteBuffer plain = ByteBuffer.allocate(64 << 10);
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private ByteBuffer unsent = ByteBuffer.allocate(0);
    private ByteBuffer output = ByteBuffer.allocate(0);
    private boolean isReceiving = true;
    private boolean isEndDue;
    private boolean isEndReceived;
    private boolean isSocketEnded;
    private boolean isReset;
    private boolean isEstablished;
    private SSLException failure;

    /**
     * Begins a handshake.
     *
     * @param engine  the engine, of a client or a server
     * @param channel a connected channel, which becomes non-blocking
     */
    public TlsPeer(SSLEngine engine, SocketChannel channel) throws IOException {
        this.engine = engine;
        this.channel = channel;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true); // or a reset drops bytes that wait for an ACK
        engine.beginHandshake();
    }

    /** Returns the engine. */
    public SSLEngine engine() {
        return engine;
    }

    /** Returns the channel. */
    public SocketChannel channel() {
        return channel;
    }

    /** Sends, receives and shakes hands as far as the channel allows. */
    public void transfer() {
        try {
            boolean hasMoved = true;
            while (hasMoved && failure == null) {
                hasMoved = runTasks() | write() | wrap() | read() | unwrap();
            }
        } catch (SSLException e) {
            failure = e;
            sendAlert();
        } catch (IOException e) {
            isReset = true;
        }
    }

    private boolean runTasks() {
        boolean hasRun = false;
        for (Runnable task; (task = engine.getDelegatedTask()) != null;) {
            task.run();
            hasRun = true;
        }
        return hasRun;
    }

    private boolean write() throws IOException {
        return !isReset && channel.isOpen() && output.hasRemaining() && channel.write(output) > 0;
    }

    private boolean wrap() throws IOException {
        boolean isIdle = engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
        boolean isWanted = isIdle ? unsent.hasRemaining() || isEndDue
                : engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        if (output.hasRemaining() || !isWanted || engine.isOutboundDone()) {
            return false;
        }
        if (isIdle && !unsent.hasRemaining()) {
            engine.closeOutbound();
        }
        ByteBuffer records = ByteBuffer.allocate(4 * RECORD);
        SSLEngineResult result;
        do {
            result = engine.wrap(unsent, records);
            note(result);
        } while (result.getStatus() == Status.OK && records.remaining() > RECORD && unsent.hasRemaining()
                && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING);
        output = records.flip();
        return output.hasRemaining();
    }

    private void sendAlert() {
        try {
            ByteBuffer records = ByteBuffer.allocate(4 * RECORD);
            engine.wrap(ByteBuffer.allocate(0), records);
            output = records.flip();
            write();
        } catch (IOException e) {
            isReset = true;
        }
    }

    private boolean read() throws IOException {
        if (!isReceiving || isSocketEnded || isReset || !channel.isOpen()) {
            return false;
        }
        int count = channel.read(input);
        isSocketEnded = count < 0;
        return count > 0;
    }

    private boolean unwrap() throws SSLException {
        boolean hasMoved = false;
        input.flip();
        try {
            while (input.hasRemaining() && !engine.isInboundDone()
                    && engine.getHandshakeStatus() != HandshakeStatus.NEED_TASK
                    && engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
                SSLEngineResult result = engine.unwrap(input, plain);
                note(result);
                received.write(plain.array(), 0, plain.position());
                plain.clear();
                if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
                    break;
                }
                hasMoved = true;
            }
        } finally {
            input.compact();
        }
        isEndReceived |= engine.isInboundDone();
        return hasMoved;
    }

    private void note(SSLEngineResult result) {
        isEstablished |= result.getHandshakeStatus() == HandshakeStatus.FINISHED;
    }

    /** Sends bytes, and waits until the channel has taken them. */
    public void send(byte[] bytes) {
        unsent = ByteBuffer.wrap(bytes);
        Eventually.await("the connection takes " + bytes.length + " bytes", () -> {
            transfer();
            return !unsent.hasRemaining() && !output.hasRemaining() || failure != null || isReset;
        });
    }

    /** Sends close_notify, and the end of the socket's stream behind it. */
    public void sendEnd() throws IOException {
        sendCloseNotify();
        if (channel.isOpen() && !isReset) {
            channel.shutdownOutput();
        }
    }

    /** Sends close_notify. */
    public void sendCloseNotify() {
        isEndDue = true;
        Eventually.await("close_notify is sent", () -> {
            transfer();
            return engine.isOutboundDone() && !output.hasRemaining() || isReset || failure != null;
        });
    }

    /** Sends bytes as they are. */
    public void sendRaw(byte[] bytes) throws IOException {
        ByteBuffer data = ByteBuffer.wrap(bytes);
        Eventually.await("the socket takes " + bytes.length + " bytes", () -> {
            channel.write(data);
            return !data.hasRemaining();
        });
    }

    /** Resets the connection. */
    public void reset() throws IOException {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
    }

    /** Stops, or resumes, the reading of the channel. */
    public void receive(boolean isWanted) {
        isReceiving = isWanted;
    }

    /** Waits for the end of the handshake. */
    public void awaitHandshake() {
        Eventually.await("the end of the handshake", () -> {
            transfer();
            return isEstablished || failure != null || isSocketEnded || isReset;
        });
    }

    /** Returns whether the handshake is complete. */
    public boolean isEstablished() {
        return isEstablished;
    }

    /** Returns all bytes that were received, after another {@link #transfer()}. */
    public byte[] received() {
        transfer();
        return received.toByteArray();
    }

    /** Returns whether close_notify was received, after another {@link #transfer()}. */
    public boolean isEndReceived() {
        transfer();
        return isEndReceived;
    }

    /** Returns whether the socket's stream has ended, after another {@link #transfer()}. */
    public boolean isSocketEnded() {
        transfer();
        return isSocketEnded;
    }

    /** Returns whether the connection was reset, after another {@link #transfer()}. */
    public boolean isReset() {
        transfer();
        return isReset;
    }

    /** Returns the failure of the engine, such as an alert; null for none. */
    public SSLException failure() {
        transfer();
        return failure;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
