package io.github.epoll4j.bench.echo;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.tls.Tls;
import io.github.epoll4j.reactor.tls.TlsConfig;
import io.github.epoll4j.reactor.tls.TlsConnection;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Loads TLS servers in slices. Each line of its input, "messages PORT SECONDS" or "handshakes PORT SECONDS", is
 * answered by their number: echoed messages of 16 KB on connections that stay open, or full handshakes.
 */
public final class TlsLoad {
    private static final int CONNECTIONS = 64;
    private static final int CONNECTING = 16;
    private static final int SIZE = 16 << 10;
    private static final ByteBuffer MESSAGE = ByteBuffer.allocateDirect(SIZE);

    private final EventLoop loop;
    private final Reactor reactor;
    private final TlsConfig config;
    private final Map<Integer, List<Client>> clients = new HashMap<>();
    private boolean isRunning;
    private long count;
    private int active;
    private int handshakes;
    private CompletableFuture<Long> result;

    private TlsLoad(Reactor reactor) throws IOException {
        this.reactor = reactor;
        this.config = TlsConfig.DEFAULT.withContext(TlsEcho.context());
        this.loop = reactor.loops().getFirst();
    }

    /**
     * Runs until its input ends.
     *
     * @param args none
     * @throws Exception if a connection fails
     */
    public static void main(String[] args) throws Exception {
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
            TlsLoad load = new TlsLoad(reactor);
            BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line; (line = lines.readLine()) != null;) {
                String[] words = line.split(" ");
                int port = Integer.parseInt(words[1]);
                Duration time = Duration.ofNanos((long) (1e9 * Double.parseDouble(words[2])));
                System.out.println(words[0].equals("messages") ? load.messages(port, time)
                        : load.handshakes(port, time));
            }
        }
    }

    /** A connection that sends its message again when all of it has come back. */
    private final class Client implements ConnectionHandler {
        private final TlsConnection connection;
        private int missing;

        Client(TlsConnection connection) {
            this.connection = connection;
        }

        void send() {
            missing = SIZE;
            connection.write(MESSAGE.duplicate());
        }

        @Override
        public void onData(Connection on, ByteBuffer data) {
            missing -= data.remaining();
            data.position(data.limit());
            if (missing > 0) {
                return;
            }
            count++;
            if (isRunning) {
                send();
            } else {
                ended();
            }
        }
    }

    private void ended() {
        active--;
        if (active == 0) {
            result.complete(count);
        }
    }

    /** Starts connections at work, and returns the count when the last of them has ended. */
    private long run(int connections, Duration time, Runnable start) throws Exception {
        CompletableFuture<Long> all = new CompletableFuture<>();
        loop.execute(() -> {
            isRunning = true;
            count = 0;
            active = connections;
            result = all;
            loop.schedule(time, () -> isRunning = false);
            start.run();
        });
        return all.get();
    }

    private long messages(int port, Duration time) throws Exception {
        if (!clients.containsKey(port)) {
            List<Client> opened = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Tls.connect(reactor, new InetSocketAddress("localhost", port), config, connection -> {
                    opened.add(new Client(connection));
                    return opened.getLast();
                }).get();
            }
            clients.put(port, opened);
        }
        return run(CONNECTIONS, time, () -> clients.get(port).forEach(Client::send));
    }

    private long handshakes(int port, Duration time) throws Exception {
        return run(CONNECTING, time, () -> {
            for (int i = 0; i < CONNECTING; i++) {
                connect(port);
            }
        });
    }

    /** Each connection has a key of its own in the cache of sessions, so that none is resumed. */
    private void connect(int port) {
        handshakes++;
        reactor.connect(new InetSocketAddress("localhost", port), Tls.client(config, "localhost", handshakes,
                connection -> new ConnectionHandler() {
                    @Override
                    public void onOpen(Connection on) {
                        on.reset(); // no port remains in TIME_WAIT
                        count++;
                        if (isRunning) {
                            connect(port);
                        } else {
                            ended();
                        }
                    }

                    @Override
                    public void onData(Connection on, ByteBuffer data) {
                        data.position(data.limit());
                    }

                    @Override
                    public void onClosed(Connection on, Throwable cause) {
                        if (cause != null) {
                            result.completeExceptionally(cause);
                        }
                    }
                }));
    }
}
