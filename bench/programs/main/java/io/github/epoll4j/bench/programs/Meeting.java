package io.github.epoll4j.bench.programs;

import io.github.epoll4j.net.LinuxSocketOptions;
import io.github.epoll4j.net.StreamSocket;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A listener of this process, and connections to it. */
sealed interface Meeting extends AutoCloseable {
    /** The listener's descriptor. */
    int fd();

    /** Connects to the listener; it need not have accepted yet. */
    StreamSocket connect() throws IOException;

    /** Accepts a connection; null if none waits. */
    StreamSocket accept() throws IOException;

    @Override
    void close();

    /** Unix stream sockets under an abstract name. */
    final class OfUnix implements Meeting {
        private static final AtomicLong NUMBER = new AtomicLong();

        private final String name =
                "epoll4j-bench-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
        private final UnixListener listener = UnixListener.bind(UnixAddress.abstractName(name));

        OfUnix() throws IOException {
        }

        @Override
        public int fd() {
            return listener.fd();
        }

        @Override
        public StreamSocket connect() throws IOException {
            return UnixStream.connect(UnixAddress.abstractName(name));
        }

        @Override
        public StreamSocket accept() throws IOException {
            return listener.accept();
        }

        @Override
        public void close() {
            listener.close();
        }
    }

    /** TCP on the loopback. */
    final class OfTcp implements Meeting {
        private final TcpListener listener =
                TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        private final InetSocketAddress address = listener.localAddress();

        OfTcp() throws IOException {
        }

        @Override
        public int fd() {
            return listener.fd();
        }

        @Override
        public StreamSocket connect() throws IOException {
            return TcpStream.connect(address, LinuxSocketOptions.TCP_NODELAY.with(true),
                    LinuxSocketOptions.SO_LINGER.with(Duration.ZERO));
        }

        @Override
        public StreamSocket accept() throws IOException {
            TcpStream stream = listener.accept();
            if (stream != null) {
                stream.set(LinuxSocketOptions.TCP_NODELAY, true);
                stream.set(LinuxSocketOptions.SO_LINGER, Duration.ZERO);
            }
            return stream;
        }

        @Override
        public void close() {
            listener.close();
        }
    }
}
