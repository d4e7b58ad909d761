package io.github.epoll4j.reactor;

import static io.github.epoll4j.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.echo.EchoHandler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass
@EnumSource
@Timeout(60)
class DatagramEndpointTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Parameter
    private Mechanism mechanism;

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Object> calls = new LinkedBlockingQueue<>();
    private Reactor reactor;

    @BeforeEach
    void open() throws IOException {
        reactor = Reactor.open(1, mechanism, (loop, source, exception) -> failures.add(exception));
    }

    @AfterEach
    void close() {
        reactor.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    /** Sends back, and writes down all else. */
    private class Echoing implements DatagramHandler {
        @Override
        public void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender)
                throws IOException {
            assertThat(endpoint.send(data, sender)).isTrue();
            assertThat(data.hasRemaining()).isFalse();
        }

        @Override
        public void onError(DatagramEndpoint endpoint, ErrnoException error) {
            calls.add(error.errno());
        }

        @Override
        public void onClosed(DatagramEndpoint endpoint, Throwable cause) {
            calls.add(cause == null ? "closed" : cause);
        }
    }

    /** Writes down what arrives. */
    private final class Noting extends Echoing {
        @Override
        public void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender) {
            byte[] bytes = new byte[data.remaining()];
            data.get(bytes);
            calls.add(new String(bytes));
        }
    }

    private Object nextCall() throws InterruptedException {
        return calls.poll(20, TimeUnit.SECONDS);
    }

    private static DatagramSocket client(InetAddress host) throws IOException {
        DatagramSocket client = new DatagramSocket(new InetSocketAddress(host, 0));
        client.setSoTimeout(20_000);
        return client;
    }

    private static DatagramSocket client() throws IOException {
        return client(InetAddress.getLoopbackAddress());
    }

    private static void shouldEcho(DatagramSocket client, DatagramEndpoint endpoint, int size) throws IOException {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) size);
        client.send(new DatagramPacket(bytes, size, endpoint.localAddress()));
        assertThat(receive(client)).isEqualTo(bytes);
    }

    private static byte[] receive(DatagramSocket client) throws IOException {
        DatagramPacket answer = new DatagramPacket(new byte[70_000], 70_000);
        client.receive(answer);
        return Arrays.copyOf(answer.getData(), answer.getLength());
    }

    private static void shouldEcho(Socket client, int size) throws IOException {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) size);
        client.getOutputStream().write(bytes);
        assertThat(client.getInputStream().readNBytes(size)).isEqualTo(bytes);
    }

    private void shouldServeBoth(InetAddress host) throws IOException {
        DatagramEndpoint endpoint = reactor.bind(new InetSocketAddress(host, 0), new Echoing());
        Listener listener = reactor.listen(new InetSocketAddress(host, 0), connection -> new EchoHandler());
        try (DatagramSocket udp = client(host); Socket tcp = new Socket(host, listener.port())) {
            tcp.setSoTimeout(20_000);
            for (int size : new int[] {1, 100, 1400, 9000, 65_507}) {
                shouldEcho(udp, endpoint, size);
                shouldEcho(tcp, size);
            }
        }
        assertThat(endpoint.loop()).isSameAs(reactor.loops().getFirst());
    }

    @Test
    @DisplayName("S10-1, S11-1, S12-9: UDP and TCP echo by one loop, datagrams of up to 65,507 bytes, IPv4")
    void shouldEchoBothWhenTheAddressIsInet4() throws Exception {
        shouldServeBoth(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    }

    @Test
    @DisplayName("S10-1, S11-1, S12-9: UDP and TCP echo by one loop, datagrams of up to 65,507 bytes, IPv6")
    void shouldEchoBothWhenTheAddressIsInet6() throws Exception {
        Path addresses = Path.of("/proc/net/if_inet6");
        assumeTrue(Files.exists(addresses) && Files.readString(addresses).contains(" lo\n"),
                "this host has no IPv6 loopback address");
        shouldServeBoth(InetAddress.getByName("::1"));
    }

    @Test
    @DisplayName("S11-1: an empty datagram is one, and comes back; many senders get their own")
    void shouldAnswerEachSenderWhenManySend() throws Exception {
        DatagramEndpoint endpoint = reactor.bind(ANY, new Echoing());
        try (DatagramSocket first = client(); DatagramSocket second = client()) {
            shouldEcho(first, endpoint, 0);
            for (int i = 1; i < 50; i++) {
                shouldEcho(first, endpoint, i);
                shouldEcho(second, endpoint, 2 * i);
                shouldEcho(second, endpoint, 3 * i);
            }
        }
        assertThat(endpoint.dropped()).isZero();
        assertThat(endpoint.pendingBytes()).isZero();
    }

    @Test
    @DisplayName("datagrams of another thread arrive in their order")
    void shouldKeepTheOrderWhenAnotherThreadSends() throws Exception {
        DatagramEndpoint endpoint = reactor.bind(ANY, new Echoing());
        try (DatagramSocket client = client()) {
            InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), client.getLocalPort());
            ByteBuffer number = ByteBuffer.allocate(4);
            for (int i = 0; i < 100; i++) {
                assertThat(endpoint.send(number.clear().putInt(0, i), to)).isTrue();
                assertThat(number.hasRemaining()).isFalse();
            }
            for (int i = 0; i < 100; i++) {
                assertThat(ByteBuffer.wrap(receive(client)).getInt()).isEqualTo(i);
            }
        }
        await("nothing waits", () -> endpoint.pendingBytes() == 0);
    }

    @Test
    @DisplayName("S11: one loop's turn receives no more than its budget, and what is left comes in the next ones")
    void shouldTakeTurnsWhenManyDatagramsWait() throws Exception {
        DatagramEndpoint endpoint = reactor.bind(ANY, DatagramConfig.DEFAULT.withReceiveBudget(4), new Noting());
        endpoint.pauseReading();
        CompletableFuture.runAsync(() -> { }, endpoint.loop()).get(20, TimeUnit.SECONDS); // it is paused now
        try (DatagramSocket client = client()) {
            for (int i = 0; i < 20; i++) {
                byte[] bytes = String.valueOf(i).getBytes();
                client.send(new DatagramPacket(bytes, bytes.length, endpoint.localAddress()));
            }
            long turns = endpoint.loop().metrics().events();
            assertThat(calls).isEmpty();
            endpoint.resumeReading();
            for (int i = 0; i < 20; i++) {
                assertThat(nextCall()).isEqualTo(String.valueOf(i));
            }
            assertThat(endpoint.loop().metrics().events() - turns).isGreaterThanOrEqualTo(5);
        }
    }

    @Test
    @DisplayName("EMSGSIZE: a datagram that is too long is told, and the next one is sent")
    void shouldTellWhenADatagramIsTooLong() throws Exception {
        DatagramEndpoint endpoint = reactor.bind(ANY, new Echoing());
        try (DatagramSocket client = client()) {
            InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), client.getLocalPort());
            assertThat(endpoint.send(ByteBuffer.allocate(70_000), to)).isTrue();
            assertThat(nextCall()).isEqualTo(Errno.EMSGSIZE);
            shouldEcho(client, endpoint, 10);
        }
        assertThat(endpoint.isOpen()).isTrue();
    }

    @Test
    @DisplayName("ECONNREFUSED: in connected mode, also while paused, without a spin; then the peer is there")
    void shouldTellWhenNobodyListensAtThePeer() throws Exception {
        DatagramSocket peer = client();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.getLocalPort());
        peer.close();
        DatagramEndpoint endpoint = reactor.connectDatagrams(address, DatagramConfig.DEFAULT, new Noting());
        assertThat(endpoint.remoteAddress()).isEqualTo(address);
        endpoint.send(ByteBuffer.wrap(new byte[10]));
        assertThat(nextCall()).isEqualTo(Errno.ECONNREFUSED);
        if (mechanism != Mechanism.SELECT) { // which has no errors without an interest
            endpoint.pauseReading();
            endpoint.send(ByteBuffer.wrap(new byte[0]));
            assertThat(nextCall()).isEqualTo(Errno.ECONNREFUSED);
            endpoint.resumeReading();
        }
        assertThat(endpoint.isOpen()).isTrue();
        assertThat(endpoint.loop().metrics().turns()).isLessThan(100);
        try (DatagramSocket late = new DatagramSocket(address)) {
            late.setSoTimeout(20_000);
            endpoint.send(ByteBuffer.wrap("now".getBytes()));
            assertThat(receive(late)).isEqualTo("now".getBytes());
            late.send(new DatagramPacket("then".getBytes(), 4, endpoint.localAddress()));
            assertThat(nextCall()).isEqualTo("then");
        }
        assertThatIllegalStateException().isThrownBy(() -> endpoint.send(ByteBuffer.allocate(1), address));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("ECONNREFUSED of an earlier datagram is told once, and costs none of those that follow")
    void shouldSendEachWhenAnEarlierOneWasRefused(boolean isOnLoop) throws Exception {
        DatagramSocket closed = client();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), closed.getLocalPort());
        closed.close();
        DatagramEndpoint endpoint = reactor.connectDatagrams(address, DatagramConfig.DEFAULT, new Noting());
        CountDownLatch isQueued = new CountDownLatch(isOnLoop ? 0 : 1);
        CompletableFuture<DatagramSocket> peer = new CompletableFuture<>();
        endpoint.loop().execute(() -> {
            try {
                assertThat(isQueued.await(20, TimeUnit.SECONDS)).isTrue();
                assertThat(endpoint.send(ByteBuffer.wrap("A".getBytes()))).isTrue();
                DatagramSocket late = new DatagramSocket(address);
                late.setSoTimeout(20_000);
                if (isOnLoop) {
                    sendBAndC(endpoint);
                }
                peer.complete(late);
            } catch (IOException | InterruptedException e) {
                peer.completeExceptionally(e);
            }
        });
        if (!isOnLoop) {
            sendBAndC(endpoint);
            isQueued.countDown();
        }
        try (DatagramSocket late = peer.get(20, TimeUnit.SECONDS)) {
            assertThat(receive(late)).isEqualTo("B".getBytes());
            assertThat(receive(late)).isEqualTo("C".getBytes());
            assertThat(nextCall()).isEqualTo(Errno.ECONNREFUSED);
            late.send(new DatagramPacket("D".getBytes(), 1, endpoint.localAddress()));
            assertThat(nextCall()).isEqualTo("D"); // and no second error before it
            assertThat(endpoint.dropped()).isZero();
        }
    }

    private static void sendBAndC(DatagramEndpoint endpoint) {
        assertThat(endpoint.send(ByteBuffer.wrap("B".getBytes()))).isTrue();
        assertThat(endpoint.send(ByteBuffer.wrap("C".getBytes()))).isTrue();
    }

    @Test
    @DisplayName("EMSGSIZE: in connected mode too a datagram that is too long is told once")
    void shouldTellOnceWhenADatagramIsTooLongForThePeer() throws Exception {
        try (DatagramSocket peer = client()) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.getLocalPort());
            DatagramEndpoint endpoint = reactor.connectDatagrams(address, DatagramConfig.DEFAULT, new Noting());
            assertThat(endpoint.send(ByteBuffer.allocate(70_000))).isTrue();
            assertThat(nextCall()).isEqualTo(Errno.EMSGSIZE);
            endpoint.send(ByteBuffer.wrap("next".getBytes()));
            assertThat(receive(peer)).isEqualTo("next".getBytes());
            peer.send(new DatagramPacket("then".getBytes(), 4, endpoint.localAddress()));
            assertThat(nextCall()).isEqualTo("then");
        }
    }

    @Test
    @DisplayName("a handler that fails closes its endpoint alone, with the cause, and is reported once")
    void shouldCloseWhenTheHandlerFails() throws Exception {
        IllegalArgumentException failure = new IllegalArgumentException("handler");
        DatagramEndpoint other = reactor.bind(ANY, new Echoing());
        DatagramEndpoint endpoint = reactor.bind(ANY, new Echoing() {
            @Override
            public void onDatagram(DatagramEndpoint from, ByteBuffer data, InetSocketAddress sender) {
                throw failure;
            }
        });
        try (DatagramSocket client = client()) {
            client.send(new DatagramPacket(new byte[1], 1, endpoint.localAddress()));
            assertThat(nextCall()).isSameAs(failure);
            shouldEcho(client, other, 10);
        }
        assertThat(endpoint.isOpen()).isFalse();
        assertThat(endpoint.send(ByteBuffer.allocate(1), ANY)).isFalse();
        assertThat(failures).containsExactly(failure);
        failures.clear();
    }

    @Test
    @DisplayName("close: told once, whoever closes and how often; the port is free, the reactor closes what is left")
    void shouldTellOnceWhenItIsClosed() throws Exception {
        DatagramEndpoint endpoint = reactor.bind(ANY, new Echoing());
        DatagramEndpoint left = reactor.bind(ANY, new Noting());
        endpoint.close();
        endpoint.close();
        assertThat(nextCall()).isEqualTo("closed");
        try (DatagramSocket next = new DatagramSocket(endpoint.localAddress())) {
            assertThat(next.isBound()).isTrue();
        }
        assertThat(left.isOpen()).isTrue();
        reactor.close();
        assertThat(calls).containsExactly("closed");
        assertThat(left.isOpen()).isFalse();
        endpoint.close();
        assertThatIllegalStateException().isThrownBy(() -> reactor.bind(ANY, new Echoing()));
    }

    @Test
    @DisplayName("the queue has its limit: what comes beyond is dropped and counted, never kept")
    void shouldDropWhenTooMuchWaits() throws Exception {
        DatagramEndpoint endpoint = reactor.bind(ANY, DatagramConfig.DEFAULT.withQueueLimit(1000), new Echoing());
        assertThat(endpoint.send(ByteBuffer.allocate(1000), endpoint.localAddress())).isFalse();
        assertThat(endpoint.dropped()).isOne();
        assertThat(endpoint.pendingBytes()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> DatagramConfig.DEFAULT.withReceiveBudget(0));
        assertThatIllegalArgumentException().isThrownBy(() -> DatagramConfig.DEFAULT.withReceiveBuffer(-1));
        assertThatIllegalArgumentException().isThrownBy(
                () -> endpoint.send(ByteBuffer.allocate(1), InetSocketAddress.createUnresolved("nowhere", 1)));
    }
}
