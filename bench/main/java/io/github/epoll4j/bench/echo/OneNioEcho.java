package io.github.epoll4j.bench.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import one.nio.net.Session;
import one.nio.net.Socket;
import one.nio.server.AcceptorConfig;
import one.nio.server.Server;
import one.nio.server.ServerConfig;

/** one-nio with one selector thread; it accepts in another thread. */
final class OneNioEcho {
    private static final int BACKLOG = 4096;

    private OneNioEcho() {
    }

    static void run() throws IOException {
        AcceptorConfig acceptor = new AcceptorConfig();
        acceptor.address = "127.0.0.1";
        acceptor.port = freePort(); // it cannot tell which one it was given
        acceptor.noDelay = true;
        acceptor.backlog = BACKLOG;
        ServerConfig config = new ServerConfig();
        config.acceptors = new AcceptorConfig[] {acceptor};
        config.selectors = 1;
        new Server(config) {
            @Override
            public Session createSession(Socket socket) {
                return new Echo(socket);
            }
        }.start();
        JavaServer.listening(acceptor.port);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Writes what it reads. */
    private static final class Echo extends Session {
        Echo(Socket socket) {
            super(socket);
        }

        @Override
        protected void processRead(byte[] buffer) throws IOException {
            int count = read(buffer, 0, buffer.length);
            if (count > 0) {
                write(buffer, 0, count);
            }
        }
    }
}
