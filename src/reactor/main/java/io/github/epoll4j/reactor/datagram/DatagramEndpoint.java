package io.github.epoll4j.reactor.datagram;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.DatagramInfo;
import io.github.epoll4j.net.ReadBuffer;
import io.github.epoll4j.net.SocketSetting;
import io.github.epoll4j.net.UdpSocket;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Registration;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A UDP socket on an {@link EventLoop} and its {@link DatagramHandler}.
 *
 * <p>Datagrams that the socket does not take at once are queued up to a limit. Beyond it they are dropped, as the
 * network drops them, and counted. Datagrams of up to 65,535 bytes are received whole.
 *
 * <p>An endpoint that is bound to a wildcard address answers from the address that the sender used: see
 * {@link #send(ByteBuffer, InetSocketAddress)}, and for later answers
 * {@link #send(ByteBuffer, InetSocketAddress, InetAddress)}.
 *
 * <p>The endpoint ends with its loop, after the tasks that the loop had before it stopped.
 *
 * <p>Thread-safe. On the loop's thread a method acts at once, on another one in a task of the loop, in the order of
 * that thread's calls. Ownership: the endpoint owns the socket; the caller, or the end of the loop, closes the
 * endpoint.
 */
public final class DatagramEndpoint implements AutoCloseable {
    /** The most errors of earlier datagrams that are cleared to send one. */
    private static final int MOST_REPORTS = 8;

    /** An action that may end the endpoint. */
    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    private final EventLoop loop;
    private final UdpSocket socket;
    private final DatagramConfig config;
    private final DatagramHandler handler;
    private final InetSocketAddress localAddress;
    private final InetSocketAddress remoteAddress;
    private final DatagramQueue queue;
    private final AtomicLong dropped = new AtomicLong();
    private final Consumer<Throwable> stopListener = this::loopStopped;
    private volatile boolean isOpen = true;

    // for the loop's thread

    private final DatagramInfo info = new DatagramInfo();
    /** The sender of the datagram that the handler has at the moment; null outside {@code onDatagram}. */
    private InetSocketAddress currentSender;
    /** Null until the loop has registered the socket. */
    private Registration registration;
    private boolean isPaused;
    /** True from the moment that the socket refuses a datagram until the queue is empty. */
    private boolean isBlocked;
    /** True when the loop waits for events no more. */
    private boolean isStopping;

    private DatagramEndpoint(EventLoop loop, UdpSocket socket, DatagramConfig config, DatagramHandler handler)
            throws ErrnoException {
        this.loop = loop;
        this.socket = socket;
        this.config = config;
        this.handler = Objects.requireNonNull(handler);
        this.queue = new DatagramQueue(config.queueLimit());
        this.localAddress = socket.localAddress();
        this.remoteAddress = socket.remoteAddress();
        if (localAddress.getPort() == 0) {
            throw new IllegalArgumentException("the socket is neither bound nor connected");
        }
        if (remoteAddress == null && localAddress.getAddress().isAnyLocalAddress()) {
            socket.reportLocalAddresses(true);
        }
    }

    /**
     * Opens an endpoint that receives at an address. For any thread.
     *
     * @param loop    the loop that it stays on
     * @param address the address to receive at. Port 0 lets the kernel choose one, see {@link #localAddress()};
     *     {@code [::]} serves both families unless IPV6_V6ONLY is set
     * @param config  the limits and options
     * @param handler called on the loop's thread
     * @return the endpoint
     * @throws ErrnoException as {@link UdpSocket#bind(InetSocketAddress, SocketSetting...)}. A failure to register the
     *     socket with the loop is reported, and ends the endpoint
     * @throws java.nio.channels.UnresolvedAddressException if the address is not resolved
     * @throws RejectedExecutionException if the loop has stopped
     */
    public static DatagramEndpoint open(
            EventLoop loop, InetSocketAddress address, DatagramConfig config, DatagramHandler handler)
            throws ErrnoException {
        UdpSocket socket = UdpSocket.bind(address, settings(config));
        try {
            return start(loop, socket, config, handler);
        } catch (Throwable e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Opens an endpoint that exchanges datagrams with one peer; those of other senders are dropped. ICMP errors, such
     * as that no socket has the peer's port, reach {@link DatagramHandler#onError}. For any thread.
     *
     * @param loop    the loop that it stays on
     * @param peer    the peer
     * @param config  the limits and options
     * @param handler called on the loop's thread
     * @return the endpoint
     * @throws ErrnoException as {@link UdpSocket#open} and {@link UdpSocket#connect}. A failure to register the socket
     *     with the loop is reported, and ends the endpoint
     * @throws java.nio.channels.UnresolvedAddressException if the address is not resolved
     * @throws RejectedExecutionException if the loop has stopped
     */
    public static DatagramEndpoint connect(
            EventLoop loop, InetSocketAddress peer, DatagramConfig config, DatagramHandler handler)
            throws ErrnoException {
        ProtocolFamily family = peer.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6;
        UdpSocket socket = UdpSocket.open(family, settings(config));
        try {
            socket.connect(peer);
            return start(loop, socket, config, handler);
        } catch (Throwable e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Opens an endpoint on a socket that is bound or connected already, such as one that was
     * {@linkplain UdpSocket#adopt(int) adopted} or is in multicast groups. For any thread.
     *
     * @param loop    the loop that it stays on
     * @param socket  the socket. It belongs to the endpoint from now on; it stays the caller's, and open, if this
     *     throws
     * @param config  the limits and options
     * @param handler called on the loop's thread
     * @return the endpoint
     * @throws ErrnoException as {@link UdpSocket#set}. A failure to register the socket with the loop is reported, and
     *     ends the endpoint
     * @throws IllegalArgumentException if the socket is neither bound nor connected
     * @throws IllegalStateException if the socket is closed
     * @throws RejectedExecutionException if the loop has stopped
     */
    public static DatagramEndpoint open(
            EventLoop loop, UdpSocket socket, DatagramConfig config, DatagramHandler handler) throws ErrnoException {
        for (SocketSetting<?> setting : config.options()) {
            set(socket, setting);
        }
        return start(loop, socket, config, handler);
    }

    private static <T> void set(UdpSocket socket, SocketSetting<T> setting) throws ErrnoException {
        socket.set(setting.option(), setting.value());
    }

    private static SocketSetting<?>[] settings(DatagramConfig config) {
        return config.options().toArray(SocketSetting<?>[]::new);
    }

    private static DatagramEndpoint start(
            EventLoop loop, UdpSocket socket, DatagramConfig config, DatagramHandler handler) throws ErrnoException {
        DatagramEndpoint endpoint = new DatagramEndpoint(loop, socket, config, handler);
        loop.execute(() -> endpoint.contain(endpoint::register));
        return endpoint;
    }

    private void register() throws ErrnoException {
        if (isOpen) {
            loop.addStopListener(stopListener);
            if (!isStopping) {
                registration = loop.register(socket.fd(), interest(), (ready, events) -> ready(events));
            }
        }
    }

    /**
     * Returns the loop that this endpoint stays on.
     *
     * @return the loop
     */
    public EventLoop loop() {
        return loop;
    }

    /**
     * Returns the address that this endpoint receives at.
     *
     * @return the address, with the port that the kernel chose if it was 0
     */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /**
     * Returns the peer that this endpoint is connected to.
     *
     * @return the address; null if it is not connected
     */
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    /**
     * Returns whether the endpoint is open.
     *
     * @return false from the moment that it has ended, just before {@link DatagramHandler#onClosed}
     */
    public boolean isOpen() {
        return isOpen;
    }

    /**
     * Returns the number of datagrams that this endpoint has dropped, because the queue was full or the endpoint
     * closed.
     *
     * @return the number; it does not cover what the kernel, the network and the receiver drop
     */
    public long dropped() {
        return dropped.get();
    }

    /**
     * Returns the size of the queue.
     *
     * @return the bytes to be sent, with {@link DatagramConfig#OVERHEAD} for each datagram
     */
    public long pendingBytes() {
        return queue.pendingBytes();
    }

    /**
     * Returns the facts about the datagram that the handler has at the moment. Among them are its length, whether it
     * was cut, and the local address that it was sent to, which is null unless the endpoint is bound to a wildcard
     * address.
     *
     * @return the same object each time, which describes the datagram until {@link DatagramHandler#onDatagram} returns
     * @throws IllegalStateException if this is not a call from inside {@code onDatagram}
     */
    public DatagramInfo currentDatagram() {
        if (!loop.inLoop() || currentSender == null) {
            throw new IllegalStateException("not inside a call of onDatagram");
        }
        return info;
    }

    /**
     * Sends the buffer's remaining bytes as one datagram, of at most 65,507 bytes over IPv4. An answer, which is sent
     * inside {@link DatagramHandler#onDatagram} to the sender of its datagram, comes from the local address that the
     * sender used. For other datagrams the kernel chooses among the addresses that the endpoint is bound to.
     *
     * <p>Nothing remains in the buffer, which is the caller's again when this returns. An error of the socket reaches
     * {@link DatagramHandler#onError}.
     *
     * @param data    the bytes; none sends an empty datagram
     * @param address the receiver
     * @return false if it was dropped, because the queue is full or the endpoint closed
     * @throws IllegalArgumentException if the address is not resolved
     * @throws IllegalStateException if the endpoint is connected
     */
    public boolean send(ByteBuffer data, InetSocketAddress address) {
        boolean isAnswer = loop.inLoop() && address.equals(currentSender);
        return send(data, address, isAnswer ? info.localAddress() : null);
    }

    /**
     * Sends the buffer's remaining bytes from a local address, as {@link #send(ByteBuffer, InetSocketAddress)}. It
     * serves answers that are sent later, by {@link DatagramInfo#localAddress()} of {@link #currentDatagram()}.
     *
     * @param data    the bytes; none sends an empty datagram
     * @param address the receiver
     * @param source  the local address to send from, of the receiver's family; null if the kernel chooses. EINVAL or
     *     ENETUNREACH reaches {@link DatagramHandler#onError} if it is not an address of this host
     * @return false if it was dropped, because the queue is full or the endpoint closed
     * @throws IllegalArgumentException if the address is not resolved, or the source of another family than the
     *     receiver or the socket
     * @throws IllegalStateException if the endpoint is connected
     */
    public boolean send(ByteBuffer data, InetSocketAddress address, InetAddress source) {
        if (remoteAddress != null) {
            throw new IllegalStateException("connected to " + remoteAddress);
        }
        if (address.isUnresolved()) {
            throw new IllegalArgumentException("unresolved: " + address);
        }
        if (source != null) {
            requireFamily(source, address);
        }
        return sendOrQueue(data, address, source);
    }

    private void requireFamily(InetAddress source, InetSocketAddress address) {
        boolean isInet4 = source instanceof Inet4Address;
        boolean isForSocket = isInet4 || !(localAddress.getAddress() instanceof Inet4Address);
        if (!isForSocket || isInet4 != address.getAddress() instanceof Inet4Address) {
            throw new IllegalArgumentException("the source " + source.getHostAddress() + " is of another family than "
                    + (isForSocket ? address : localAddress));
        }
    }

    /**
     * Sends the buffer's remaining bytes to the connected peer, as {@link #send(ByteBuffer, InetSocketAddress)}.
     *
     * @param data the bytes; none sends an empty datagram
     * @return false if it was dropped, because the queue is full or the endpoint closed
     * @throws IllegalStateException if the endpoint is not connected
     */
    public boolean send(ByteBuffer data) {
        if (remoteAddress == null) {
            throw new IllegalStateException("not connected");
        }
        return sendOrQueue(data, null, null);
    }

    private boolean sendOrQueue(ByteBuffer data, InetSocketAddress address, InetAddress source) {
        boolean isAccepted =
                isOpen && (loop.inLoop() ? sendNow(data, address, source) : sendLater(data, address, source));
        data.position(data.limit());
        if (!isAccepted) {
            dropped.incrementAndGet();
        }
        return isAccepted;
    }

    private boolean sendNow(ByteBuffer data, InetSocketAddress address, InetAddress source) {
        if (queue.isEmpty() && transmit(data, address, source)) {
            return true;
        }
        DatagramQueue.Entry entry = queue.reserve(data, address, source);
        if (entry == null) {
            return false;
        }
        queue.add(entry);
        isBlocked = true;
        watch();
        return true;
    }

    private boolean sendLater(ByteBuffer data, InetSocketAddress address, InetAddress source) {
        DatagramQueue.Entry entry = queue.reserve(data, address, source);
        if (entry == null) {
            return false;
        }
        boolean isGiven = later(() -> {
            if (isOpen) {
                queue.add(entry);
                flush(config.budget());
            } else {
                queue.release(entry);
                dropped.incrementAndGet();
            }
        });
        if (!isGiven) {
            queue.release(entry);
        }
        return isGiven;
    }

    /**
     * Sends a datagram; returns false if it would block. In place of sending, a connected socket reports the ICMP error
     * of an earlier datagram, once: the handler gets the error, and the datagram is sent again. The same error a second
     * time is the datagram's own.
     */
    private boolean transmit(ByteBuffer data, InetSocketAddress address, InetAddress source) {
        int errno = 0;
        for (int i = 0; i < MOST_REPORTS; i++) {
            try {
                return socket.send(data, address, source, 0);
            } catch (ErrnoException e) {
                if (e.errno() == errno && errno != Errno.ECONNREFUSED) {
                    return true;
                }
                errno = e.errno();
                later(() -> reportError(e));
                if (remoteAddress == null) {
                    return true;
                }
            }
        }
        return true;
    }

    private void reportError(ErrnoException e) throws IOException {
        if (isOpen) {
            handler.onError(this, e);
        }
    }

    /** Sends queued datagrams until the socket refuses one. */
    private void flush(int most) {
        for (int i = 0; i < most && !queue.isEmpty(); i++) {
            DatagramQueue.Entry first = queue.first();
            if (!transmit(first.data(), first.address(), first.source())) {
                isBlocked = true;
                break;
            }
            queue.removeFirst();
        }
        if (isBlocked && queue.isEmpty()) {
            isBlocked = false;
            later(() -> {
                if (isOpen) {
                    handler.onWritable(this);
                }
            });
        }
        watch();
    }

    /** Receives no more until {@link #resumeReading()}. The kernel drops datagrams that its buffer does not hold. */
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
        if (isOpen && registration != null && !isStopping) {
            try {
                registration.interest(interest());
            } catch (ErrnoException e) {
                fail(e);
            }
        }
    }

    private void ready(int events) {
        try { // as contain, without a lambda for each event
            transfer(events);
        } catch (Throwable e) {
            fail(e);
        }
    }

    private void transfer(int events) throws IOException {
        if ((events & EPOLLERR) != 0 && isPaused) {
            int errno = socket.error(); // or it would be reported again and again
            if (errno != 0) {
                reportError(new ErrnoException("getsockopt", "SO_ERROR, fd=" + socket.fd(), errno));
            }
        }
        if ((events & (EPOLLIN | EPOLLERR)) != 0) {
            receive();
        }
        if ((events & EPOLLOUT) != 0 && isOpen) {
            flush(config.budget());
        }
    }

    private void receive() throws IOException {
        ReadBuffer shared = loop.readBuffer();
        ByteBuffer buffer = shared.buffer();
        try {
            for (int i = 0; i < config.budget() && isOpen && !isPaused; i++) {
                int length;
                try {
                    length = socket.receive(buffer.clear().order(ByteOrder.BIG_ENDIAN), info);
                } catch (ErrnoException e) {
                    reportError(e);
                    continue;
                }
                if (length < 0) {
                    return;
                }
                handle(buffer.flip(), length);
            }
        } finally {
            shared.clear(); // its next reader expects position and limit as a read of its own leaves them
        }
    }

    private void handle(ByteBuffer data, int length) throws IOException {
        currentSender = info.sender();
        try {
            handler.onDatagram(this, data, currentSender);
        } finally {
            currentSender = null;
        }
        if (data.limit() > length) {
            throw new IllegalStateException(handler + " raised the buffer's limit from " + length + " to "
                    + data.limit() + ": the bytes beyond are those of other peers");
        }
    }

    private void onLoop(Action action) {
        loop.runInLoop(() -> contain(action));
    }

    /** Returns false if the loop has stopped, and so has closed its endpoints. */
    private boolean later(Action action) {
        try {
            loop.execute(() -> contain(action));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void contain(Action action) {
        try {
            action.run();
        } catch (Throwable e) { // also an OutOfMemoryError or StackOverflowError outside the handler
            fail(e);
        }
    }

    private void fail(Throwable e) {
        try {
            end(e);
        } finally {
            loop.reportFailure(this, e);
        }
    }

    private void loopStopped(Throwable cause) {
        isStopping = true;
        later(() -> finish(cause)); // after the datagrams that other threads have sent before
    }

    /** Tries once more to send the queued datagrams, and closes the socket. Closing again does nothing. */
    @Override
    public void close() {
        onLoop(() -> finish(null));
    }

    private void finish(Throwable cause) {
        if (isOpen) {
            flush(Integer.MAX_VALUE);
            end(cause);
        }
    }

    /** Ends the endpoint, once. A call that throws, such as for want of stack, is repeated from the start. */
    private void end(Throwable cause) {
        if (isOpen) {
            if (registration != null) {
                registration.cancel();
            }
            loop.removeStopListener(stopListener);
            dropped.addAndGet(queue.clear());
            socket.close();
            later(() -> handler.onClosed(this, cause));
            isOpen = false;
        }
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
