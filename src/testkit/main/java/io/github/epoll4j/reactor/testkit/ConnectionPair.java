package io.github.epoll4j.reactor.testkit;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A connection that {@link ConnectionContract} tests, seen from its peer. For the test's thread.
 *
 * <p>The bytes are those of the application: for a layer the pair transforms them as the peer's own layer would.
 */
public interface ConnectionPair extends AutoCloseable {
    /**
     * Sends bytes from the peer.
     *
     * @param bytes the bytes
     * @throws IOException if they cannot be sent
     */
    void send(byte[] bytes) throws IOException;

    /**
     * Sends the peer's end of the stream. It receives on.
     *
     * @throws IOException if it cannot be sent
     */
    void sendEnd() throws IOException;

    /**
     * Resets the connection from the peer's side. Called only if {@link ConnectionContract#canReset()}.
     *
     * @throws IOException if it cannot be reset
     */
    void reset() throws IOException;

    /** Stops receiving, so that the bytes of the connection wait until {@link #receiveAgain()}. */
    void stopReceiving();

    /** Receives again. */
    void receiveAgain();

    /**
     * Returns the bytes that the peer has received.
     *
     * @return all bytes since the beginning, as far as they are here
     */
    byte[] received();

    /**
     * Returns whether the peer has received the end of the stream, behind all bytes.
     *
     * @return false also after a reset
     */
    boolean isEndReceived();

    /**
     * Returns whether the peer has received a reset.
     *
     * @return true after a reset
     */
    boolean isResetReceived();

    /**
     * Drains the connection, as its listener does. Called only if {@link ConnectionContract#canDrain()}.
     */
    void drain();

    /**
     * Lets time pass for the timeouts of the connection: advances a manual clock; does nothing where time passes by
     * itself.
     *
     * @param time the time
     */
    void advance(Duration time);

    /**
     * Iterates the loop, or waits for its thread, until a condition holds.
     *
     * @param description the condition in words, for the message
     * @param condition   the condition, evaluated in the calling thread
     * @throws AssertionError if it does not hold within a time that no healthy implementation needs
     */
    void await(String description, BooleanSupplier condition);

    /**
     * Returns the failures that were reported to the failure handler of the loop.
     *
     * @return the failures since the beginning
     */
    List<Throwable> failures();

    /**
     * Ends the connection and what belongs to it.
     *
     * @throws IOException if that fails
     */
    @Override
    void close() throws IOException;
}
