package io.github.epoll4j.examples.soak;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** The ways in which clients behave; each comes, does its thing once, and goes. */
enum SoakClient {
    /** Sends messages, and wants each back. */
    ECHO {
        @Override
        void visit(InetSocketAddress server, Random random) throws IOException {
            try (Socket socket = connect(server)) {
                for (int i = random.nextInt(50); i >= 0; i--) {
                    echo(socket, bytes(1 + random.nextInt(20_000), random));
                }
            }
        }
    },
    /** Sends all that it has and the end of the stream, and wants all of it back, and the end. */
    HALF_CLOSE {
        @Override
        void visit(InetSocketAddress server, Random random) throws IOException {
            try (Socket socket = connect(server)) {
                byte[] message = bytes(random.nextInt(200_000), random);
                socket.getOutputStream().write(message);
                socket.shutdownOutput();
                require(Arrays.equals(socket.getInputStream().readAllBytes(), message), "other bytes came back");
            }
        }
    },
    /** Goes with a reset, with bytes under way or without. */
    RESET {
        @Override
        void visit(InetSocketAddress server, Random random) throws IOException {
            try (Socket socket = connect(server)) {
                socket.setSoLinger(true, 0);
                byte[] message = bytes(random.nextInt(50_000), random);
                socket.getOutputStream().write(message);
                if (message.length > 0 && random.nextBoolean()) {
                    socket.getInputStream().readNBytes(1);
                }
            } catch (SocketException e) {
                require(false, "before its own reset: " + e.getMessage());
            }
        }
    },
    /** Sends until nothing is taken any more, reads nothing, and goes. */
    NEVER_READ {
        @Override
        void visit(InetSocketAddress server, Random random) throws IOException, InterruptedException {
            try (SocketChannel channel = SocketChannel.open(server)) {
                channel.configureBlocking(false);
                ByteBuffer piece = ByteBuffer.wrap(bytes(64 << 10, random));
                int refusals = 0;
                for (long sent = 0; refusals < 20; ) {
                    int count = channel.write(piece.rewind());
                    sent += count;
                    require(sent < 256 << 20, "the server takes everything from who reads nothing");
                    if (count == 0) {
                        refusals++;
                        TimeUnit.MILLISECONDS.sleep(5);
                    }
                }
            }
        }
    },
    /** Sends a byte at a time, with pauses. */
    SLOW {
        @Override
        void visit(InetSocketAddress server, Random random) throws IOException, InterruptedException {
            try (Socket socket = connect(server)) {
                byte[] message = bytes(100, random);
                for (byte b : message) {
                    socket.getOutputStream().write(b);
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(3));
                }
                require(Arrays.equals(socket.getInputStream().readNBytes(100), message), "other bytes came back");
            }
        }
    },
    /** Is silent for most of the time. */
    IDLE {
        @Override
        void visit(InetSocketAddress server, Random random) throws IOException, InterruptedException {
            try (Socket socket = connect(server)) {
                echo(socket, bytes(10, random));
                TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(300));
                echo(socket, bytes(10, random));
            }
        }
    },
    /** Comes and goes, and does nothing. */
    CHURN {
        @Override
        void visit(InetSocketAddress server, Random random) throws IOException {
            connect(server).close();
        }
    };

    private static final int ANSWER_MILLIS = 30_000;

    abstract void visit(InetSocketAddress server, Random random) throws IOException, InterruptedException;

    private static Socket connect(InetSocketAddress server) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.connect(server);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static byte[] bytes(int size, Random random) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void echo(Socket socket, byte[] message) throws IOException {
        socket.getOutputStream().write(message);
        require(Arrays.equals(socket.getInputStream().readNBytes(message.length), message), "other bytes came back");
    }

    private static void require(boolean condition, String failure) throws IOException {
        if (!condition) {
            throw new IOException(failure);
        }
    }
}
