package io.github.epoll4j.reactor;

/**
 * The limits of a {@link DatagramEndpoint}. Begin with {@link #DEFAULT}, and change what is to be different.
 *
 * @param receiveBudget  how many datagrams are received in one turn of the loop before others have theirs
 * @param queueLimit     how many bytes may wait for a socket that takes none, each datagram counted with its length and
 *     {@value #OVERHEAD} more; what comes beyond is dropped
 * @param receiveBuffer  the size to ask for with SO_RCVBUF, in bytes; 0 for the system's
 */
public record DatagramConfig(int receiveBudget, int queueLimit, int receiveBuffer) {
    /** What a datagram that waits costs beside its bytes. */
    public static final int OVERHEAD = 128;
    /** 64 datagrams each turn; 1 MB may wait; the system's buffer. */
    public static final DatagramConfig DEFAULT = new DatagramConfig(64, 1 << 20, 0);

    /**
     * Checks the limits.
     *
     * @throws IllegalArgumentException if the budget is not above 0, or another one is negative
     */
    public DatagramConfig {
        if (receiveBudget <= 0 || queueLimit < 0 || receiveBuffer < 0) {
            throw new IllegalArgumentException("receive budget " + receiveBudget + ", queue limit " + queueLimit
                    + ", receive buffer " + receiveBuffer);
        }
    }

    /**
     * Changes how many datagrams are received in one turn.
     *
     * @param newBudget their number, above 0
     * @return limits with it
     */
    public DatagramConfig withReceiveBudget(int newBudget) {
        return new DatagramConfig(newBudget, queueLimit, receiveBuffer);
    }

    /**
     * Changes how much may wait.
     *
     * @param newLimit in bytes; 0 to drop what the socket does not take
     * @return limits with it
     */
    public DatagramConfig withQueueLimit(int newLimit) {
        return new DatagramConfig(receiveBudget, newLimit, receiveBuffer);
    }

    /**
     * Changes how much the kernel keeps until it is received.
     *
     * @param newSize in bytes, which the kernel doubles, and caps (net.core.rmem_max); 0 for the system's
     * @return limits with it
     */
    public DatagramConfig withReceiveBuffer(int newSize) {
        return new DatagramConfig(receiveBudget, queueLimit, newSize);
    }
}
