package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_RCVBUF;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.UdpSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A UDP socket on an {@link EventLoop}, and its {@link DatagramHandler}.
 *
 * <p>Datagrams that the socket does not take at once wait in a queue with a limit; beyond it they are dropped, as the
 * network drops them, and counted. On most systems that is rare: what a receiver has no room for is dropped without a
 * word, by the kernel.
 *
 * <p>Thread-safe: every method, from any thread. On the loop's thread it acts at once, from elsewhere as a task of the
 * loop, in the order of that thread's calls. Ownership: the reactor closes its endpoints; each may be closed before.
 */
public final class DatagramEndpoint implements AutoCloseable {
    /** How many errors of earlier datagrams are cleared to send one. */
    private static final int MOST_REPORTS = 8;

    private final LoopConnections siblings;
    private final EventLoop loop;
    private final UdpSocket socket;
    private final DatagramConfig config;
    private final DatagramHandler handler;
    private final Consumer<DatagramEndpoint> whenClosed;
    private final InetSocketAddress localAddress;
    private final InetSocketAddress remoteAddress;
    private final DatagramQueue queue;
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean isOpen = true;
    private Registration registration;
    private boolean isPaused;
    /** The socket has refused a datagram, and the queue was not empty since. */
    private boolean isBlocked;

    private DatagramEndpoint(LoopConnections siblings, UdpSocket socket, InetSocketAddress remoteAddress,
            DatagramConfig config, DatagramHandler handler, Consumer<DatagramEndpoint> whenClosed)
            throws ErrnoException {
        this.siblings = siblings;
        this.loop = siblings.loop();
        this.socket = socket;
        this.config = config;
        this.queue = new DatagramQueue(config.queueLimit());
        this.handler = handler;
        this.whenClosed = whenClosed;
        this.remoteAddress = remoteAddress;
        if (config.receiveBuffer() > 0) {
            socket.set(SO_RCVBUF, config.receiveBuffer());
        }
        if (remoteAddress != null) {
            socket.connect(remoteAddress);
        }
        this.localAddress = socket.localAddress();
    }

    /** Takes a socket, which is connected to an address or to none (null), and closed if this throws. */
    static DatagramEndpoint open(LoopConnections siblings, UdpSocket socket, InetSocketAddress remoteAddress,
            DatagramConfig config, DatagramHandler handler, Consumer<DatagramEndpoint> whenClosed)
            throws ErrnoException {
        try {
            DatagramEndpoint endpoint = new DatagramEndpoint(
                    siblings, socket, remoteAddress, config, Objects.requireNonNull(handler), whenClosed);
            endpoint.loop.execute(endpoint::register);
            return endpoint;
        } catch (Throwable e) {
            socket.close();
            throw e;
        }
    }

    private void register() {
        if (isOpen) {
            try {
                registration = loop.register(socket.fd(), interest(), (ready, events) -> ready(events));
            } catch (Throwable e) {
                end(e);
                loop.report(this, e);
            }
        }
    }

    /**
     * Tells the loop that this endpoint stays on.
     *
     * @return the loop
     */
    public EventLoop loop() {
        return loop;
    }

    /**
     * Tells where this receives.
     *
     * @return the address, with the port that the kernel chose if it was 0
     */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /**
     * Tells the peer that this endpoint is connected to.
     *
     * @return the address; null if it is not connected
     */
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    /**
     * Tells whether the socket is open still.
     *
     * @return false from the moment that the endpoint has ended, just before {@link DatagramHandler#onClosed}
     */
    public boolean isOpen() {
        return isOpen;
    }

    /**
     * Counts the datagrams that were dropped here, since too much waited, or the endpoint was closed.
     *
     * @return their number; what the network and the receiver drop is not known
     */
    public long dropped() {
        return dropped.get();
    }

    /**
     * Counts what waits to be sent.
     *
     * @return the bytes, with {@link DatagramConfig#OVERHEAD} for each datagram
     */
    public int pendingBytes() {
        return queue.pendingBytes();
    }

    /**
     * Sends what remains in a buffer as one datagram. The buffer is the caller's again when this returns, with nothing
     * remaining. Failures come to {@link DatagramHandler#onError}.
     *
     * @param data    the bytes; none gives an empty datagram
     * @param address the receiver
     * @return false if it was dropped, since too much waits, or the endpoint is closed
     * @throws IllegalStateException if the endpoint is connected
     */
    public boolean send(ByteBuffer data, InetSocketAddress address) {
        if (remoteAddress != null) {
            throw new IllegalStateException("connected to " + remoteAddress);
        }
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("unresolved: " + address);
        }
        return sendOrQueue(data, address);
    }

    /**
     * Sends what remains in a buffer to the connected peer, as {@link #send(ByteBuffer, InetSocketAddress)}.
     *
     * @param data the bytes; none gives an empty datagram
     * @return false if it was dropped, since too much waits, or the endpoint is closed
     * @throws IllegalStateException if the endpoint is not connected
     */
    public boolean send(ByteBuffer data) {
        if (remoteAddress == null) {
            throw new IllegalStateException("not connected");
        }
        return sendOrQueue(data, null);
    }

    private boolean sendOrQueue(ByteBuffer data, InetSocketAddress address) {
        boolean isTaken = isOpen && (loop.inLoop() ? sendNow(data, address) : sendLater(data, address));
        data.position(data.limit());
        if (!isTaken) {
            dropped.incrementAndGet();
        }
        return isTaken;
    }

    private boolean sendNow(ByteBuffer data, InetSocketAddress address) {
        try {
            if (queue.isEmpty() && give(data, address)) {
                return true;
            }
        } catch (ErrnoException e) {
            later(() -> tell(e));
            return true;
        }
        DatagramQueue.Waiting waiting = queue.reserve(data, address);
        if (waiting == null) {
            return false;
        }
        queue.add(waiting);
        isBlocked = true;
        watch();
        return true;
    }

    private boolean sendLater(ByteBuffer data, InetSocketAddress address) {
        DatagramQueue.Waiting waiting = queue.reserve(data, address);
        return waiting != null && later(() -> {
            if (isOpen) {
                queue.add(waiting);
                flush();
            } else {
                queue.giveBack(waiting);
                dropped.incrementAndGet();
            }
        });
    }

    /**
     * Sends a datagram; false if it would block. In place of sending, a connected socket reports the ICMP error of an
     * earlier datagram, once: the handler is told, and the datagram is sent again.
     */
    private boolean give(ByteBuffer data, InetSocketAddress address) throws ErrnoException {
        if (remoteAddress == null) {
            return transmit(data, address);
        }
        int errno = 0;
        for (int i = 0; i < MOST_REPORTS; i++) {
            try {
                return transmit(data, address);
            } catch (ErrnoException e) {
                if (e.errno() == errno && errno != Errno.ECONNREFUSED) {
                    return true; // the error of this datagram itself, and the handler is told already
                }
                errno = e.errno();
                later(() -> tell(e));
            }
        }
        return true;
    }

    private boolean transmit(ByteBuffer data, InetSocketAddress address) throws ErrnoException {
        // of a connected socket an empty datagram cannot be told from one that would block: it is addressed
        boolean isAddressed = address != null || !data.hasRemaining();
        return isAddressed
                ? socket.send(data, address != null ? address : remoteAddress)
                : socket.write(data) > 0;
    }

    private void flush() {
        DatagramQueue.Waiting first;
        while ((first = queue.first()) != null) {
            try {
                if (!give(first.data(), first.address())) {
                    isBlocked = true;
                    break;
                }
            } catch (ErrnoException e) {
                later(() -> tell(e));
            }
            queue.removeFirst();
        }
        if (isBlocked && queue.isEmpty()) {
            isBlocked = false;
            later(() -> call(() -> handler.onWritable(this)));
        }
        watch();
    }

    /** Receives no more, until {@link #resumeReading()}; the kernel drops what its buffer does not hold. */
    public void pauseReading() {
        onLoop(() -> {
            isPaused = true;
            watch();
        });
    }

    /** Receives again. */
    public void resumeReading() {
        onLoop(() -> {
            isPaused = false;
            watch();
        });
    }

    private int interest() {
        return (isPaused ? 0 : EPOLLIN) | (queue.isEmpty() ? 0 : EPOLLOUT);
    }

    private void watch() {
        if (isOpen && registration != null) {
            try {
                registration.interest(interest());
            } catch (ErrnoException e) {
                end(e);
            }
        }
    }

    private void ready(int events) {
        try {
            transfer(events);
        } catch (Throwable e) { // such as an OutOfMemoryError outside the handler's calls
            fail(e);
        }
    }

    private void transfer(int events) throws ErrnoException {
        if ((events & EPOLLERR) != 0 && isPaused) {
            int errno = socket.error(); // or it would be reported for ever
            if (errno != 0) {
                tell(new ErrnoException("getsockopt", "SO_ERROR, fd=" + socket.fd(), errno));
            }
        }
        if ((events & (EPOLLIN | EPOLLERR)) != 0) {
            receive();
        }
        if ((events & EPOLLOUT) != 0 && isOpen) {
            flush();
        }
    }

    private void receive() {
        ByteBuffer buffer = siblings.readBuffer();
        for (int i = 0; i < config.receiveBudget() && isOpen && !isPaused; i++) {
            InetSocketAddress sender;
            try {
                sender = socket.receive(buffer.clear().order(ByteOrder.BIG_ENDIAN));
            } catch (ErrnoException e) {
                tell(e);
                continue;
            }
            if (sender == null) {
                return;
            }
            buffer.flip();
            try {
                handler.onDatagram(this, buffer, sender);
            } catch (Throwable e) {
                fail(e);
            }
        }
    }

    private void tell(ErrnoException e) {
        call(() -> handler.onError(this, e));
    }

    private void call(LoopConnections.Step step) {
        if (!isOpen) {
            return;
        }
        try {
            step.run();
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void fail(Throwable e) {
        try {
            end(e);
        } finally {
            loop.report(handler, e);
        }
    }

    private void onLoop(Runnable action) {
        if (loop.inLoop()) {
            action.run();
        } else {
            later(action);
        }
    }

    private boolean later(Runnable action) {
        try {
            loop.execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            return false; // the loop has ended, and has closed its endpoints
        }
    }

    /** Tries once more to send what waits, and closes the socket. Closing again does nothing. */
    @Override
    public void close() {
        onLoop(() -> {
            if (isOpen) {
                flush();
                end(null);
            }
        });
    }

    /** Ends the endpoint, once; the handler is told in a task. */
    void end(Throwable reason) {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        Throwable cause = reason != null ? reason : siblings.failure();
        if (registration != null) {
            registration.cancel();
        }
        dropped.addAndGet(queue.clear());
        socket.close();
        siblings.tellLast(() -> {
            try {
                handler.onClosed(this, cause);
            } catch (Throwable e) {
                loop.report(handler, e);
            }
        });
        whenClosed.accept(this);
    }

    /**
     * Describes the endpoint for a log.
     *
     * @return such as {@code DatagramEndpoint[/127.0.0.1:7000]}
     */
    @Override
    public String toString() {
        return "DatagramEndpoint[" + localAddress + (remoteAddress == null ? "" : " to " + remoteAddress) + "]";
    }
}
