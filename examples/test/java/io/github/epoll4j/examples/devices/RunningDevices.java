package io.github.epoll4j.examples.devices;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.worker.WorkerPool;
import io.github.epoll4j.testing.Eventually;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A server of devices with the users a, b and c, whose password is "right", and its clients. */
final class RunningDevices implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    final Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1));
    final DevicesServer server;
    private final WorkerPool pool;
    private final Users users = new Users(null, true);
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<Closeable> clients = new ArrayList<>();

    RunningDevices(int workers, int queue, Duration timeout) throws IOException {
        for (String user : List.of("a", "b", "c")) {
            users.add(user, "right");
        }
        pool = WorkerPool.open(workers, queue);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = new DevicesServer(reactor, pool, users, timeout, any, any);
    }

    RunningDevices() throws IOException {
        this(3, 5, Duration.ofMinutes(1));
    }

    /** Logs a device in whose heartbeat then waits for a worker, all of which are kept busy. */
    Client logInAndWait(String user) throws Exception {
        Client client = logIn(user);
        blockWorkers();
        client.send(beat(1, 1));
        Eventually.await("it waits", () -> waiting() == 1);
        return client;
    }

    /** Keeps every worker busy until {@link #freeWorkers}. */
    void blockWorkers() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(pool.workers());
        for (int i = 0; i < pool.workers(); i++) {
            assertThat(pool.submit(reactor.loops().getFirst(), () -> {
                busy.countDown();
                release.await();
                return null;
            }, (nothing, failure) -> { })).isTrue();
        }
        busy.await();
    }

    void freeWorkers() {
        release.countDown();
    }

    int waiting() {
        return pool.waiting();
    }

    Client connect() throws IOException {
        Client client = new Client(new Socket(InetAddress.getLoopbackAddress(), server.tcpPort()));
        clients.add(client);
        return client;
    }

    /** Connects a client that is logged in. */
    Client logIn(String user) throws IOException {
        Client client = connect();
        Message answer = client.ask(Message.request(Message.Type.LOGIN, 7,
                Map.of("user", user, "password", "right")));
        assertThat(answer.status()).isEqualTo(Message.Status.OK);
        assertThat(answer.id()).isEqualTo(7);
        client.session = answer.text("session");
        return client;
    }

    DatagramSocket openDatagrams() throws SocketException {
        DatagramSocket socket = new DatagramSocket();
        socket.connect(InetAddress.getLoopbackAddress(), server.udpPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        clients.add(socket);
        return socket;
    }

    static void send(DatagramSocket socket, ByteBuffer data) throws IOException {
        socket.send(new DatagramPacket(data.array(), data.limit()));
    }

    static Message receive(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
        socket.receive(packet);
        return Message.read(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
    }

    static Message beat(long id, long key) {
        return Message.request(Message.Type.HEARTBEAT, id, Map.of("key", key));
    }

    @Override
    public void close() throws IOException {
        freeWorkers();
        for (Closeable client : clients) {
            client.close();
        }
        server.stopNow();
        users.close();
    }

    /** A device's end of a connection. */
    static final class Client implements Closeable {
        final Socket socket;
        String session;
        private final DataInputStream in;

        Client(Socket socket) throws IOException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new DataInputStream(socket.getInputStream());
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        void send(Message message) throws IOException {
            send(bytes(message));
        }

        static byte[] bytes(Message message) {
            ByteBuffer frame = message.frame();
            byte[] bytes = new byte[frame.remaining()];
            frame.get(bytes);
            return bytes;
        }

        Message receive() throws IOException {
            byte[] bytes = new byte[in.readInt()];
            in.readFully(bytes);
            return Message.read(ByteBuffer.wrap(bytes));
        }

        Message ask(Message request) throws IOException {
            send(request);
            return receive();
        }

        /** Waits until the server has ended the connection, and returns whether there was no byte before. */
        boolean isEnded() throws IOException {
            try {
                in.readByte();
                return false;
            } catch (EOFException e) {
                return true;
            } catch (SocketException e) {
                return e.getMessage().contains("reset");
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
