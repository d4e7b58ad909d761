package io.github.epoll4j.examples.websocket;

import io.github.epoll4j.reactor.Connection;
import java.nio.ByteBuffer;

/**
 * An open WebSocket of a server. Thread-safe: what other threads send goes as tasks to the connection's loop, in the
 * order of that thread's calls. What is sent after the end is dropped. More than the connection's queue limit for a
 * client that does not read ends the connection.
 */
public interface WebSocket {
    /** The code of a close in good order. */
    int NORMAL = 1000;
    /** The code of a server that ends. */
    int GOING_AWAY = 1001;
    /** The code for a violation of the protocol. */
    int PROTOCOL_ERROR = 1002;
    /** The code for a kind of message that is not expected. */
    int UNSUPPORTED = 1003;
    /** The code for text that is not UTF-8. */
    int INVALID_TEXT = 1007;
    /** The code for a message that the server's rules refuse. */
    int POLICY_VIOLATION = 1008;
    /** The code for a frame or a message that is too long. */
    int TOO_LONG = 1009;

    /**
     * Returns the connection, for its loop, addresses, attachment and back-pressure.
     *
     * @return the connection, which is not to be written to
     */
    Connection connection();

    /**
     * Returns whether messages can be sent.
     *
     * @return false after {@link #close}, and when the connection has ended
     */
    boolean isOpen();

    /**
     * Sends a message of text.
     *
     * @param text the text
     */
    default void sendText(String text) {
        write(textFrame(text));
    }

    /**
     * Sends a message of bytes.
     *
     * @param bytes the bytes; none remain when this returns
     */
    default void sendBinary(ByteBuffer bytes) {
        write(binaryFrame(bytes));
    }

    /**
     * Sends an encoded frame, such as the same one to many.
     *
     * @param frame a whole frame of {@link #textFrame} or {@link #binaryFrame}; nothing remains of it when this returns
     */
    void write(ByteBuffer frame);

    /** Sends a ping. The client's answer is not reported; its silence ends the connection in time. */
    void ping();

    /**
     * Sends a close frame, and closes the connection behind it. The client's own close frame is awaited for a second.
     *
     * @param code   the code, such as {@link #NORMAL}, or 3000 to 4999 for one of the application
     * @param reason a few words, at most 123 bytes of UTF-8
     */
    void close(int code, String reason);

    /**
     * Encodes a message of text as one frame.
     *
     * @param text the text
     * @return the frame
     */
    static ByteBuffer textFrame(String text) {
        return Frames.text(text);
    }

    /**
     * Encodes a message of bytes as one frame.
     *
     * @param bytes the bytes; none remain when this returns
     * @return the frame
     */
    static ByteBuffer binaryFrame(ByteBuffer bytes) {
        return Frames.binary(bytes);
    }
}
