package io.netty.channel.epoll;

import io.netty.channel.unix.FileDescriptor;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.IOException;

/** Opens Netty's event array and its wait to the benchmarks: they are visible in this package only. */
public final class NettyWait implements AutoCloseable {
    static {
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE); // SLF4J would complain that it has no way
    }

    private final FileDescriptor epoll = Native.newEpollCreate();
    private final EpollEventArray events;

    /**
     * Opens an epoll instance of Netty's.
     *
     * @param capacity how many events a wait reports at most
     */
    public NettyWait(int capacity) {
        events = new EpollEventArray(capacity);
    }

    /**
     * Watches a descriptor for reading, level-triggered.
     *
     * @param fd the descriptor
     * @throws IOException if the kernel refuses it
     */
    public void add(int fd) throws IOException {
        Native.epollCtlAdd(epoll.intValue(), fd, Native.EPOLLIN);
    }

    /**
     * Asks what is ready.
     *
     * @return how many events there are
     * @throws IOException if the kernel refuses it
     */
    public int await() throws IOException {
        return Native.epollWait(epoll, events, 0);
    }

    /**
     * Reads the number of an event.
     *
     * @param index which event
     * @return the descriptor
     */
    public int fd(int index) {
        return events.fd(index);
    }

    @Override
    public void close() throws IOException {
        events.free();
        epoll.close();
    }
}
