package io.github.epoll4j.examples;

import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Makes the calls of a server once: the first has the JVM link, and each has it initialise classes. In a thread of its
 * own, while the command line is read.
 */
final class Linking {
    private Linking() {
    }

    static void run() {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (EpollInstance epoll = EpollInstance.open();
                TcpListener listener = TcpListener.bind(anyPort);
                SocketPair<UnixStream> pair = SocketPair.open()) {
            epoll.add(listener.fd(), 0);
            listener.accept();
            pair.first().write(ByteBuffer.allocateDirect(1));
            pair.second().read(ByteBuffer.allocateDirect(1));
        } catch (IOException | UnsupportedOperationException e) {
            // the server that is about to start meets the same, and tells
            return;
        }
    }
}
