package io.github.epoll4j.reactor.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.TlsPeer;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that breaks the rules ends its own connection, with a cause, and no other. */
@Timeout(120)
class HostileTlsTest extends TlsFixture {
    private static final Duration SHORT = Duration.ofMillis(100);

    private final Echo echo = new Echo();

    /** Shows that others are served. */
    private void assertServes(Listener listener) throws IOException {
        TlsPeer other = connect(listener);
        other.send(bytes("other"));
        awaitReceived(other, "other");
        assertThat(failures).isEmpty();
    }

    private static SSLEngine clientEngine() throws IOException {
        SSLEngine engine = trusting().createSSLEngine("localhost", 1);
        engine.setUseClientMode(true);
        return engine;
    }

    private static byte[] clientHello() throws IOException {
        SSLEngine engine = clientEngine();
        ByteBuffer record = ByteBuffer.allocate(20_000);
        engine.wrap(ByteBuffer.allocate(0), record);
        byte[] bytes = new byte[record.flip().remaining()];
        record.get(bytes);
        return bytes;
    }

    @Test
    @DisplayName("a client that speaks another protocol gets an alert, and ends with the engine's failure")
    void shouldEndWhenTheClientSpeaksPlaintext() throws Exception {
        Listener listener = listen(server(), connection -> echo);
        try (SocketChannel client = SocketChannel.open(listener.localAddress())) {
            client.write(ByteBuffer.wrap(bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")));
            ByteBuffer answer = ByteBuffer.allocate(100);
            client.socket().setSoTimeout(20_000);
            assertThat(client.read(answer)).isPositive();
            assertThat(answer.get(0)).as("an alert").isEqualTo((byte) 21);
        }
        assertThat(echo.awaitCause()).isInstanceOf(SSLException.class);
        assertThat(echo.calls).containsExactly("onClosed");
        assertServes(listener);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x4001, 0x5000, 0xFFFF})
    @DisplayName("a record that announces too many bytes ends the connection before they come")
    void shouldEndWhenARecordIsTooLong(int length) throws Exception {
        Listener listener = listen(server(), connection -> echo);
        TlsPeer peer = connectEchoed(listener);
        byte[] record = new byte[5 + Math.min(length, 0x4801)];
        record[0] = 23;
        record[1] = 3;
        record[2] = 3;
        record[3] = (byte) (length >> 8);
        record[4] = (byte) length;
        peer.sendRaw(record);
        assertThat(echo.awaitCause()).isInstanceOf(SSLException.class)
                .isNotInstanceOf(TlsTruncatedException.class);
        assertServes(listener);
    }

    @Test
    @DisplayName("a record that is cut by the end of the socket is a truncation; bytes before it are handled")
    void shouldEndWithATruncationWhenARecordIsCut() throws Exception {
        Listener listener = listen(server(), connection -> echo);
        TlsPeer peer = connectEchoed(listener);
        peer.sendRaw(new byte[] {23, 3, 3, 1, 0, 42});
        peer.channel().shutdownOutput();
        assertThat(echo.awaitCause()).isInstanceOf(TlsTruncatedException.class);
        assertThat(echo.calls).containsExactly("onOpen", "onData", "onClosed");
        assertServes(listener);
    }

    @Test
    @DisplayName("whole records before a damaged one are handled")
    void shouldHandleWhatCameBeforeWhenARecordIsDamaged() throws Exception {
        Listener listener = listen(server(), connection -> echo);
        TlsPeer peer = connectEstablished(listener);
        ByteBuffer records = ByteBuffer.allocate(40_000);
        peer.engine().wrap(ByteBuffer.wrap(bytes("good")), records);
        int good = records.position();
        peer.engine().wrap(ByteBuffer.wrap(bytes("bad")), records);
        records.put(good + 8, (byte) ~records.get(good + 8)).flip();
        byte[] both = new byte[records.remaining()];
        records.get(both);
        peer.sendRaw(both);
        assertThat(echo.awaitCause()).isInstanceOf(SSLException.class);
        assertThat(echo.calls).containsExactly("onOpen", "onData", "onClosed");
        assertServes(listener);
    }

    @Test
    @DisplayName("a client that stops in the handshake, or drips it, ends after the handshake's time")
    void shouldEndWhenTheHandshakeTakesTooLong() throws Exception {
        byte[] hello = clientHello();
        Listener listener = listen(server().withHandshakeTimeout(SHORT), connection -> echo);
        try (SocketChannel silent = SocketChannel.open(listener.localAddress());
                SocketChannel dripping = SocketChannel.open(listener.localAddress())) {
            assertThat(silent.isConnected()).isTrue();
            try {
                for (int i = 0; i < hello.length && echo.causes.size() < 2; i++) {
                    dripping.write(ByteBuffer.wrap(hello, i, 1));
                    TimeUnit.MILLISECONDS.sleep(10);
                }
            } catch (IOException e) {
                assertThat(echo.causes).isNotEmpty();
            }
            Eventually.await("both have ended", () -> echo.causes.size() == 2);
        }
        assertThat(echo.causes).allSatisfy(cause -> assertThat(cause).isInstanceOf(SSLHandshakeException.class));
        assertThat(echo.causes).anySatisfy(cause -> assertThat((Throwable) cause).hasMessageContaining("PT0.1S"));
    }

    @Test
    @DisplayName("a record that comes byte by byte does not extend the idle time, nor that of a message")
    void shouldTimeOutWhenARecordDrips() throws Exception {
        for (ConnectionConfig config : List.of(ConnectionConfig.DEFAULT.withIdleTimeout(SHORT),
                ConnectionConfig.DEFAULT.withReadIdleTimeout(SHORT),
                ConnectionConfig.DEFAULT.withIdleTimeout(Duration.ofHours(1)).withMessageTimeout(SHORT))) {
            Echo handler = new Echo();
            Listener listener = listen(server(), config, connection -> handler);
            TlsPeer peer = connectEstablished(listener);
            ByteBuffer record = ByteBuffer.allocate(20_000);
            peer.engine().wrap(ByteBuffer.wrap(new byte[10_000]), record);
            record.flip();
            try {
                while (record.hasRemaining() && handler.causes.isEmpty()) {
                    peer.channel().write(ByteBuffer.wrap(new byte[] {record.get()}));
                    TimeUnit.MILLISECONDS.sleep(5);
                }
            } catch (IOException e) {
                assertThat(handler.causes).isNotEmpty();
            }
            assertThat(handler.awaitCause()).isInstanceOf(IdleTimeoutException.class);
            assertThat(record.hasRemaining()).isTrue();
            IdleTimeoutException.Kind expected = config.messageTimeout().isPositive()
                    ? IdleTimeoutException.Kind.MESSAGE : config.readIdleTimeout().isPositive()
                    ? IdleTimeoutException.Kind.READ : IdleTimeoutException.Kind.BOTH;
            assertThat(((IdleTimeoutException) handler.causes.getFirst()).kind()).isEqualTo(expected);
        }
    }

    @Test
    @DisplayName("large records one behind the other are no message that takes too long")
    void shouldNotTimeOutWhenRecordsAreCompleted() throws Exception {
        Listener listener = listen(server(), ConnectionConfig.DEFAULT.withMessageTimeout(Duration.ofMillis(300)),
                connection -> echo);
        TlsPeer peer = connectEstablished(listener);
        long end = System.nanoTime() + Duration.ofMillis(900).toNanos();
        byte[] sent = new byte[15_000];
        ByteBuffer left = ByteBuffer.allocate(0); // the end of one record comes with the beginning of the next
        int count = 0;
        while (System.nanoTime() < end) {
            ByteBuffer record = ByteBuffer.allocate(40_000).put(left);
            peer.engine().wrap(ByteBuffer.wrap(sent), record);
            count += sent.length;
            record.flip();
            byte[] most = new byte[record.remaining() - 1000];
            record.get(most);
            peer.sendRaw(most);
            left = record;
            peer.received();
            TimeUnit.MILLISECONDS.sleep(20);
        }
        byte[] rest = new byte[left.remaining()];
        left.get(rest);
        peer.sendRaw(rest);
        int expected = count;
        Eventually.await("all bytes", () -> peer.received().length == expected);
        assertThat(echo.causes).isEmpty();
    }

    @Test
    @DisplayName("a renegotiation of TLS 1.2 is refused")
    void shouldEndWhenTheClientRenegotiates() throws Exception {
        Listener listener = listen(server().withProtocols("TLSv1.2"), connection -> echo);
        TlsPeer peer = connectEchoed(listener);
        peer.engine().beginHandshake();
        peer.transfer();
        assertThat(echo.awaitCause()).isInstanceOf(SSLException.class);
        assertThat(((Throwable) echo.causes.getFirst())).hasMessageContaining("renegotiation");
        assertServes(listener);
    }

    @Test
    @DisplayName("a key update is answered, a flood of them ends the connection")
    void shouldEndWhenKeyUpdatesBringNoData() throws Exception {
        Listener listener = listen(server(), connection -> echo);
        TlsPeer peer = connectEchoed(listener);
        for (int i = 0; i < 5; i++) {
            peer.engine().beginHandshake(); // of TLS 1.3: a key update
            peer.send(bytes("b"));
            String expected = "a" + "b".repeat(i + 1);
            awaitReceived(peer, expected);
        }
        for (int i = 0; i < 1000 && echo.causes.isEmpty() && peer.failure() == null && !peer.isSocketEnded(); i++) {
            peer.engine().beginHandshake();
            peer.transfer();
        }
        assertThat(echo.awaitCause()).isInstanceOf(SSLException.class);
        assertThat(((Throwable) echo.causes.getFirst())).hasMessageContaining("brought no data");
        assertServes(listener);
    }

    @Test
    @DisplayName("a thousand handshakes that stop half-way hold up no other client, and end after their time")
    void shouldServeOthersWhenManyHandshakesStop() throws Exception {
        byte[] hello = clientHello();
        Listener listener = listen(server().withHandshakeTimeout(Duration.ofSeconds(2)), connection -> echo);
        List<SocketChannel> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                SocketChannel client = SocketChannel.open(listener.localAddress());
                clients.add(client);
                client.write(ByteBuffer.wrap(hello, 0, i % hello.length));
            }
            assertServes(listener);
            Eventually.await("the end of all", () -> echo.causes.size() >= 1000);
            assertThat(echo.causes).hasSize(1000)
                    .allSatisfy(cause -> assertThat(cause).isInstanceOf(SSLException.class));
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    @Test
    @DisplayName("a reset at any stage ends that connection with a cause, and no other")
    void shouldEndWhenTheClientResets() throws Exception {
        Listener listener = listen(server(), connection -> echo);
        byte[] hello = clientHello();
        List<Integer> lengths = List.of(0, 1, 5, 6, hello.length / 2, hello.length - 1, hello.length);
        for (int length : lengths) {
            try (SocketChannel client = SocketChannel.open(listener.localAddress())) {
                client.setOption(StandardSocketOptions.SO_LINGER, 0);
                client.write(ByteBuffer.wrap(hello, 0, length));
            }
        }
        try (SocketChannel client = SocketChannel.open(listener.localAddress())) {
            client.setOption(StandardSocketOptions.SO_LINGER, 0);
            client.write(ByteBuffer.wrap(hello));
            assertThat(client.read(ByteBuffer.allocate(1))).as("the server's first byte").isEqualTo(1);
        }
        for (int i = 0; i < 5; i++) {
            TlsPeer peer = connectEstablished(listener);
            peer.sendRaw(new byte[i]);
            peer.reset();
        }
        int all = lengths.size() + 1 + 5;
        Eventually.await("the end of all", () -> echo.causes.size() == all);
        assertThat(echo.causes).allSatisfy(cause -> assertThat(cause).isInstanceOf(IOException.class));
        assertServes(listener);
        assertThat(reactor.metrics().open()).as("connections, with the one that is served").isEqualTo(1);
    }

    @Test
    @DisplayName("handshakes whose expensive steps wait for an executor do not hold up the loop")
    void shouldServeOthersWhenTheExecutorIsBusy() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (var executor = Executors.newSingleThreadExecutor()) {
            executor.execute(() -> awaitLatch(release));
            Listener slow = listen(server().withTaskExecutor(executor), connection -> echo);
            Listener other = listen(server(), connection -> new Echo());
            TlsPeer waiting = connect(slow);
            waiting.transfer();
            assertServes(other);
            assertThat(waiting.isEstablished()).isFalse();
            release.countDown();
            waiting.send(bytes("a"));
            awaitReceived(waiting, "a");
        } finally {
            release.countDown();
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("a close while a step of the handshake runs does not hold up the loop")
    void shouldNotWaitWhenAConnectionIsClosedDuringATask() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (var executor = Executors.newSingleThreadExecutor()) {
            Executor slow = task -> executor.execute(() -> {
                begun.countDown();
                awaitLatch(release);
                task.run();
            });
            Listener listener = listen(server().withTaskExecutor(slow), connection -> {
                echo.opened.add(connection);
                return echo;
            });
            TlsPeer peer = connect(listener);
            peer.transfer();
            begun.await();
            echo.connection().close();
            assertServes(listen(server(), connection -> new Echo()));
            release.countDown();
            assertThat(echo.awaitCause()).isEqualTo("good order");
            assertThat(peer.isEstablished()).isFalse();
        } finally {
            release.countDown();
        }
    }

    @Test
    @DisplayName("key updates between single bytes end the connection too")
    void shouldEndWhenKeyUpdatesBringLittleData() throws Exception {
        Listener listener = listen(server(), connection -> echo);
        TlsPeer peer = connectEstablished(listener);
        for (int i = 0; i < 1000 && echo.causes.isEmpty() && peer.failure() == null && !peer.isSocketEnded(); i++) {
            peer.engine().beginHandshake();
            peer.send(bytes("b"));
        }
        assertThat(echo.awaitCause()).isInstanceOf(SSLException.class);
        assertThat(((Throwable) echo.causes.getFirst())).hasMessageContaining("brought no data");
    }

    @Test
    @DisplayName("an error of a step of the handshake ends it at once")
    void shouldEndWhenATaskThrows() throws Exception {
        Executor throwing = task -> {
            throw new NoClassDefFoundError("a provider");
        };
        Listener listener = listen(server().withTaskExecutor(throwing), connection -> echo);
        connect(listener).awaitHandshake();
        assertThat(echo.awaitCause()).isInstanceOf(SSLHandshakeException.class);
        assertThat((Throwable) echo.causes.getFirst()).hasCauseInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    @DisplayName("an executor that refuses ends the handshake; one that runs on the loop's thread works")
    void shouldEndWhenTheExecutorRefuses() throws Exception {
        Executor refusing = task -> {
            throw new RejectedExecutionException("full");
        };
        Listener refused = listen(server().withTaskExecutor(refusing), connection -> echo);
        TlsPeer peer = connect(refused);
        peer.awaitHandshake();
        assertThat(echo.awaitCause()).isInstanceOf(SSLHandshakeException.class);
        assertServes(listen(server().withTaskExecutor(Runnable::run), connection -> new Echo()));
    }

    @Test
    @DisplayName("a handler that throws ends its layer, whose earlier writes are delivered, and is reported")
    void shouldEndTheLayerWhenTheHandlerThrows() throws Exception {
        IOException thrown = new IOException("thrown");
        Listener listener = listen(server(), connection -> new ConnectionHandler() {
            @Override
            public void onData(Connection on, ByteBuffer data) throws IOException {
                on.write(ByteBuffer.wrap(bytes("400")));
                throw thrown;
            }
        });
        TlsPeer peer = connect(listener);
        peer.send(bytes("a"));
        awaitReceived(peer, "400");
        Eventually.await("the report", () -> failures.contains(thrown));
        assertThat(failures).containsExactly(thrown);
    }

    @Test
    @DisplayName("damaged bytes at any place, with seeds: the connection ends, or every byte of the answer is right")
    void shouldEndOrEchoWhenBytesAreDamaged() throws Exception {
        long seconds = Long.getLong("epoll4j.fuzz.seconds", 1);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        Listener listener = listen(server(), connection -> echo);
        for (long seed = 0; System.nanoTime() < end; seed++) {
            Random random = new Random(seed);
            int before = echo.causes.size();
            try (SocketChannel channel = SocketChannel.open(listener.localAddress())) {
                TlsPeer peer = new TlsPeer(clientEngine(), channel);
                boolean isInHandshake = random.nextBoolean();
                if (!isInHandshake) {
                    awaitEstablished(peer);
                }
                byte[] bytes = isInHandshake ? clientHello() : record(peer, random);
                damage(bytes, random);
                peer.sendRaw(bytes);
                channel.shutdownOutput();
                if (!isInHandshake) {
                    Eventually.await("the end, seed " + seed, () -> peer.isSocketEnded() || peer.isReset());
                }
            } catch (IOException e) {
                assertThat(e).as("seed %d", seed).hasMessageMatching("(?s).*(reset|Broken pipe|closed).*");
            }
            Eventually.await("the server's end, seed " + seed, () -> echo.causes.size() > before);
            assertThat(failures).as("seed %d", seed).isEmpty();
        }
        assertThat(echo.causes).doesNotContain("good order");
        assertServes(listener);
    }

    private static byte[] record(TlsPeer peer, Random random) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(40_000);
        peer.engine().wrap(ByteBuffer.allocate(1 + random.nextInt(16_000)), record);
        byte[] bytes = new byte[record.flip().remaining()];
        record.get(bytes);
        return bytes;
    }

    /** Changes, removes, repeats or adds bytes. */
    private static void damage(byte[] bytes, Random random) {
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt();
                default -> {
                    int count = random.nextInt(bytes.length - at);
                    System.arraycopy(bytes, random.nextInt(bytes.length - count), bytes, at, count);
                }
            }
        }
    }
}
