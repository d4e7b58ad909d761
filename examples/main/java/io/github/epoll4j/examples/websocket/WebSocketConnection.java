package io.github.epoll4j.examples.websocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.function.Function;

/** A connection after the handshake: joins frames to messages, answers pings, and closes. */
final class WebSocketConnection implements WebSocket, ConnectionHandler {
    private static final System.Logger LOGGER = System.getLogger("io.github.epoll4j.examples.websocket");

    private final Connection connection;
    private final WebSocketConfig config;
    private final Frames.Decoder decoder;
    private final WebSocketHandler handler;
    /** The frames of a message that is not complete; null between messages of several frames. */
    private ByteBuf message;
    private boolean isText;
    private boolean isPingSent;
    private volatile boolean isClosing;

    WebSocketConnection(Connection connection, WebSocketConfig config, WebSocketDecoderConfig decoderConfig,
            Function<? super WebSocket, ? extends WebSocketHandler> handlerFactory) {
        this.connection = connection;
        this.config = config;
        this.decoder = new Frames.Decoder(decoderConfig);
        this.handler = handlerFactory.apply(this);
    }

    static void log(Connection connection, String what) {
        LOGGER.log(System.Logger.Level.WARNING, "client " + connection.remoteAddress() + ": " + what);
    }

    @Override
    public Connection connection() {
        return connection;
    }

    @Override
    public boolean isOpen() {
        return !isClosing && connection.isOpen();
    }

    @Override
    public void write(ByteBuffer frame) {
        connection.write(frame);
    }

    @Override
    public void ping() {
        connection.write(Frames.ping());
    }

    @Override
    public void close(int code, String reason) {
        close(Frames.close(code, reason), null);
    }

    /** Sends a frame, and the end of the stream. What is written later is dropped, and so is what the client sends. */
    private void close(ByteBuffer frame, Throwable cause) {
        isClosing = true;
        connection.write(frame);
        connection.close(cause);
    }

    @Override
    public void onOpen(Connection same) throws IOException {
        handler.onOpen(this);
    }

    @Override
    public void onData(Connection same, ByteBuffer data) throws IOException {
        isPingSent = false;
        ByteBuf in = Unpooled.wrappedBuffer(data);
        try {
            WebSocketFrame frame;
            while (!isClosing && (frame = decoder.next(in)) != null) {
                handle(frame);
            }
        } catch (WebSocketException e) {
            log(connection, e.code() + " " + e.getMessage());
            close(Frames.close(e.code(), e.getMessage()), e);
        }
        data.position(data.limit() - in.readableBytes());
        connection.inMessage(decoder.isInside() || message != null);
    }

    private void handle(WebSocketFrame frame) throws IOException {
        switch (frame) {
            case PingWebSocketFrame ping -> connection.write(Frames.pong(ping.content()));
            case PongWebSocketFrame pong -> { }
            case CloseWebSocketFrame close -> close(Frames.close(close), null);
            default -> handleData(frame);
        }
    }

    private void handleData(WebSocketFrame frame) throws IOException {
        ByteBuf content = frame.content();
        if (message == null) {
            isText = frame instanceof TextWebSocketFrame;
            if (frame.isFinalFragment()) {
                requireLength(content.readableBytes());
                pass(content);
                return;
            }
            message = Unpooled.buffer(content.readableBytes());
        }
        requireLength(message.readableBytes() + content.readableBytes());
        message.writeBytes(content);
        if (frame.isFinalFragment()) {
            ByteBuf whole = message;
            message = null;
            pass(whole);
        }
    }

    private void requireLength(int bytes) throws WebSocketException {
        if (bytes > config.maxMessageBytes()) {
            throw new WebSocketException(TOO_LONG, "a message has at most " + config.maxMessageBytes() + " bytes");
        }
    }

    private void pass(ByteBuf whole) throws IOException {
        ByteBuffer bytes = whole.nioBuffer();
        if (isText) {
            String text;
            try {
                text = UTF_8.newDecoder().decode(bytes).toString();
            } catch (CharacterCodingException e) {
                throw new WebSocketException(INVALID_TEXT, "a text is not UTF-8");
            }
            handler.onText(this, text);
        } else {
            handler.onBinary(this, bytes);
        }
    }

    /** Asks a silent client for a sign of life once, and then ends the connection. */
    @Override
    public boolean onTimeout(Connection same, IdleTimeoutException timeout) {
        if (timeout.kind() != IdleTimeoutException.Kind.READ || isPingSent) {
            return false;
        }
        isPingSent = true;
        ping();
        return true;
    }

    @Override
    public void onDrain(Connection same) throws IOException {
        handler.onDrain(this);
    }

    @Override
    public void onClosed(Connection same, Throwable cause) {
        isClosing = true;
        handler.onClosed(this, cause);
    }
}
