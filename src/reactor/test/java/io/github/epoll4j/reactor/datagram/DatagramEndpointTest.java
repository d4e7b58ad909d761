package io.github.epoll4j.reactor.datagram;

import static io.github.epoll4j.net.LinuxSocketOptions.SO_RCVBUF;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_REUSEPORT;
import static io.github.epoll4j.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollFlags;
import io.github.epoll4j.net.DatagramInfo;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UdpSocket;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
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

    /** A report to the loop's failure handler. */
    private record Failure(Object source, Throwable thrown) {
    }

    private final List<Failure> failures = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Object> calls = new LinkedBlockingQueue<>();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = openLoop();
        loop.start(Thread::new);
    }

    private EventLoop openLoop() throws ErrnoException {
        return EventLoop.open(mechanism, (same, source, thrown) -> failures.add(new Failure(source, thrown)));
    }

    @AfterEach
    void close() {
        loop.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    private DatagramEndpoint bind(DatagramHandler handler) throws ErrnoException {
        return DatagramEndpoint.open(loop, ANY, DatagramConfig.DEFAULT, handler);
    }

    private DatagramEndpoint connect(InetSocketAddress peer, DatagramHandler handler) throws ErrnoException {
        return DatagramEndpoint.connect(loop, peer, DatagramConfig.DEFAULT, handler);
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
        InetSocketAddress address = new InetSocketAddress(host, 0);
        DatagramEndpoint endpoint = DatagramEndpoint.open(loop, address, DatagramConfig.DEFAULT, new Echoing());
        try (TcpListener listener = TcpListener.bind(address);
                DatagramSocket udp = client(host);
                Socket tcp = new Socket(host, listener.localAddress().getPort())) {
            tcp.setSoTimeout(20_000);
            loop.execute(() -> echoOverTcp(listener));
            for (int size : new int[] {1, 100, 1400, 9000, 65_507}) {
                shouldEcho(udp, endpoint, size);
                shouldEcho(tcp, size);
            }
        }
        assertThat(endpoint.loop()).isSameAs(loop);
    }

    /** Accepts one connection and sends back what it sends. */
    private void echoOverTcp(TcpListener listener) {
        try {
            TcpStream stream = listener.accept();
            ByteBuffer buffer = ByteBuffer.allocateDirect(70_000);
            loop.register(stream.fd(), EpollFlags.EPOLLIN, (registration, events) -> {
                if (stream.read(buffer.clear()) < 0) {
                    registration.cancel();
                    stream.close();
                }
                buffer.flip();
                while (buffer.hasRemaining() && stream.isOpen()) {
                    stream.write(buffer);
                }
            });
        } catch (IOException e) {
            loop.reportFailure(listener, e);
        }
    }

    @Test
    @DisplayName("S10-1, S11-1, S12-9: UDP and TCP echo by one loop, datagrams of up to 65,507 bytes, IPv4")
    void shouldEchoBothWhenTheAddressIsInet4() throws Exception {
        shouldServeBoth(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    }

    @Test
    @DisplayName("S10-1, S11-1, S12-9: UDP and TCP echo by one loop, datagrams of up to 65,507 bytes, IPv6")
    void shouldEchoBothWhenTheAddressIsInet6() throws Exception {
        assumeInet6();
        shouldServeBoth(InetAddress.getByName("::1"));
    }

    @Test
    @DisplayName("S11-1: an empty datagram is one, and comes back; many senders get their own")
    void shouldAnswerEachSenderWhenManySend() throws Exception {
        DatagramEndpoint endpoint = bind(new Echoing());
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
        DatagramEndpoint endpoint = bind(new Echoing());
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
    @DisplayName("S11: an iteration receives no more than its budget, and the next ones the rest")
    void shouldIterateWhenMoreHasArrivedThanTheBudget() throws Exception {
        DatagramConfig config = DatagramConfig.DEFAULT.withBudget(4);
        DatagramEndpoint endpoint = DatagramEndpoint.open(loop, ANY, config, new Noting());
        endpoint.pauseReading();
        CompletableFuture.runAsync(() -> { }, endpoint.loop()).get(20, TimeUnit.SECONDS); // it is paused now
        try (DatagramSocket client = client()) {
            for (int i = 0; i < 20; i++) {
                byte[] bytes = String.valueOf(i).getBytes();
                client.send(new DatagramPacket(bytes, bytes.length, endpoint.localAddress()));
            }
            long events = endpoint.loop().metrics().events();
            assertThat(calls).isEmpty();
            endpoint.resumeReading();
            for (int i = 0; i < 20; i++) {
                assertThat(nextCall()).isEqualTo(String.valueOf(i));
            }
            assertThat(endpoint.loop().metrics().events() - events).isGreaterThanOrEqualTo(5);
        }
    }

    @Test
    @DisplayName("EMSGSIZE: a datagram that is too long is an error, and the next one is sent")
    void shouldReportWhenADatagramIsTooLong() throws Exception {
        DatagramEndpoint endpoint = bind(new Echoing());
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
    void shouldReportWhenNoSocketHasThePeersPort() throws Exception {
        DatagramSocket peer = client();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.getLocalPort());
        peer.close();
        DatagramEndpoint endpoint = connect(address, new Noting());
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
        assertThat(endpoint.loop().metrics().iterations()).isLessThan(100);
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
    @DisplayName("ECONNREFUSED of an earlier datagram is reported once, and costs none of those that follow")
    void shouldSendEachWhenAnEarlierOneWasRefused(boolean isOnLoop) throws Exception {
        DatagramSocket closed = client();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), closed.getLocalPort());
        closed.close();
        DatagramEndpoint endpoint = connect(address, new Noting());
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
    @DisplayName("EMSGSIZE: a datagram that is too long for a connected peer is reported once")
    void shouldReportOnceWhenADatagramIsTooLongForThePeer() throws Exception {
        try (DatagramSocket peer = client()) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), peer.getLocalPort());
            DatagramEndpoint endpoint = connect(address, new Noting());
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
        DatagramEndpoint other = bind(new Echoing());
        DatagramEndpoint endpoint = bind(new Echoing() {
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
        shouldHaveReported(endpoint, failure);
    }

    private void shouldHaveReported(DatagramEndpoint endpoint, Throwable thrown) {
        await("it is reported", () -> !failures.isEmpty());
        assertThat(failures).containsExactly(new Failure(endpoint, thrown));
        failures.clear();
    }

    @Test
    @DisplayName("close: onClosed is called once, from any thread and however often; the port is free")
    void shouldCallOnClosedOnceWhenItIsClosed() throws Exception {
        DatagramEndpoint endpoint = bind(new Echoing());
        DatagramEndpoint other = bind(new Noting());
        endpoint.close();
        endpoint.close();
        assertThat(nextCall()).isEqualTo("closed");
        try (DatagramSocket next = new DatagramSocket(endpoint.localAddress())) {
            assertThat(next.isBound()).isTrue();
        }
        assertThat(other.isOpen()).isTrue();
        loop.close();
        assertThat(calls).containsExactly("closed");
        assertThat(other.isOpen()).isFalse();
        endpoint.close();
        assertThat(endpoint.send(ByteBuffer.allocate(1), ANY)).isFalse();
        assertThat(endpoint.pendingBytes()).isZero();
    }

    /** Writes down the thread of the last call too. */
    private final class ClosedNoting extends Echoing {
        @Override
        public void onClosed(DatagramEndpoint endpoint, Throwable cause) {
            assertThat(endpoint.isOpen()).isFalse();
            calls.add(endpoint.loop().inLoop() ? "on the loop" : "elsewhere");
            super.onClosed(endpoint, cause);
        }
    }

    @Test
    @DisplayName("a loop that fails is the cause in onClosed, which is called once, on its thread")
    void shouldHaveTheLoopsFailureAsTheCauseWhenTheLoopFails() throws Exception {
        InternalError failure = new InternalError("the JVM's own");
        DatagramEndpoint endpoint = bind(new ClosedNoting());
        loop.execute(() -> {
            throw failure;
        });
        assertThat(nextCall()).isEqualTo("on the loop");
        assertThat(nextCall()).isSameAs(failure);
        loop.close();
        assertThat(calls).isEmpty();
        try (DatagramSocket next = new DatagramSocket(endpoint.localAddress())) {
            assertThat(next.isBound()).isTrue();
        }
        assertThat(failures).extracting(Failure::thrown).containsExactly(failure);
        failures.clear();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("an endpoint that was opened just before its loop stopped is closed with it, whether it runs or not")
    void shouldCloseWhenItIsOpenedJustBeforeTheLoopStops(boolean isRun) throws Exception {
        EventLoop brief = openLoop();
        if (isRun) {
            brief.stop();
        }
        DatagramEndpoint endpoint = DatagramEndpoint.open(brief, ANY, DatagramConfig.DEFAULT, new ClosedNoting());
        if (isRun) {
            brief.run();
        }
        brief.close();
        assertThat(calls).containsExactly("on the loop", "closed");
        assertThat(endpoint.isOpen()).isFalse();
        try (DatagramSocket next = new DatagramSocket(endpoint.localAddress())) {
            assertThat(next.isBound()).isTrue();
        }
    }

    @Test
    @DisplayName("datagrams that another thread sent before the loop stopped leave")
    void shouldSendWhenTheLoopStopsAfterwards() throws Exception {
        CountDownLatch isSent = new CountDownLatch(1);
        DatagramEndpoint endpoint = bind(new Echoing());
        try (DatagramSocket client = client()) {
            InetSocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), client.getLocalPort());
            loop.execute(() -> {
                awaitUninterruptibly(isSent);
                loop.stop();
            });
            for (int i = 0; i < 2000; i++) { // more than run in one iteration
                loop.execute(() -> { });
            }
            assertThat(endpoint.send(ByteBuffer.wrap(new byte[] {1}), to)).isTrue();
            assertThat(endpoint.send(ByteBuffer.wrap(new byte[] {2}), to)).isTrue();
            isSent.countDown();
            assertThat(receive(client)).containsExactly(1);
            assertThat(receive(client)).containsExactly(2);
        }
        assertThat(nextCall()).isEqualTo("closed");
        assertThat(endpoint.dropped()).isZero();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("a loop that has stopped refuses an endpoint, whose port is free again")
    void shouldRefuseWhenTheLoopHasStopped() throws Exception {
        loop.close();
        InetSocketAddress address;
        try (UdpSocket socket = UdpSocket.bind(ANY)) {
            assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(
                    () -> DatagramEndpoint.open(loop, socket, DatagramConfig.DEFAULT, new Echoing()));
            address = socket.localAddress(); // it is the caller's, and open
        }
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(
                () -> DatagramEndpoint.open(loop, address, DatagramConfig.DEFAULT, new Echoing()));
        assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> connect(address, new Echoing()));
        try (DatagramSocket next = new DatagramSocket(address)) {
            assertThat(next.isBound()).isTrue();
        }
    }

    @Test
    @DisplayName("the kernel's refusal of an address is thrown at the call, and nothing stays open")
    void shouldThrowAtTheCallWhenTheAddressIsInUse() throws Exception {
        try (DatagramSocket other = client()) {
            InetSocketAddress taken = (InetSocketAddress) other.getLocalSocketAddress();
            assertThatExceptionOfType(ErrnoException.class)
                    .isThrownBy(() -> DatagramEndpoint.open(loop, taken, DatagramConfig.DEFAULT, new Echoing()))
                    .matches(e -> e.errno() == Errno.EADDRINUSE);
        }
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> connect(new InetSocketAddress("255.255.255.255", 1), new Echoing()))
                .matches(e -> e.errno() == Errno.EACCES);
    }

    @Test
    @DisplayName("options are set before bind, and on a given socket")
    void shouldSetTheOptionsWhenItOpens() throws Exception {
        DatagramConfig shared = DatagramConfig.DEFAULT.withOptions(SO_REUSEPORT.with(true));
        DatagramEndpoint first = DatagramEndpoint.open(loop, ANY, shared, new Noting());
        DatagramEndpoint second = DatagramEndpoint.open(loop, first.localAddress(), shared, new Noting());
        assertThat(second.localAddress()).isEqualTo(first.localAddress());

        UdpSocket socket = UdpSocket.bind(ANY);
        DatagramConfig config = DatagramConfig.DEFAULT.withOptions(SO_RCVBUF.with(9000));
        DatagramEndpoint third = DatagramEndpoint.open(loop, socket, config, new Echoing());
        assertThat(socket.get(SO_RCVBUF)).isEqualTo(18_000);
        try (DatagramSocket client = client()) {
            shouldEcho(client, third, 10);
        }
        third.close();
        assertThat(nextCall()).isEqualTo("closed");
        assertThat(socket.isOpen()).isFalse();
    }

    @Test
    @DisplayName("a given socket that is connected has its peer; one without an address is refused and stays open")
    void shouldTakeASocketWhenItHasAnAddress() throws Exception {
        try (UdpSocket unbound = UdpSocket.open(StandardProtocolFamily.INET)) {
            assertThatIllegalArgumentException().isThrownBy(
                    () -> DatagramEndpoint.open(loop, unbound, DatagramConfig.DEFAULT, new Noting()));
            assertThat(unbound.isOpen()).isTrue();
        }
        try (DatagramSocket peer = client()) {
            InetSocketAddress address = (InetSocketAddress) peer.getLocalSocketAddress();
            UdpSocket socket = UdpSocket.open(StandardProtocolFamily.INET);
            socket.connect(address);
            DatagramEndpoint endpoint = DatagramEndpoint.open(loop, socket, DatagramConfig.DEFAULT, new Noting());
            assertThat(endpoint.remoteAddress()).isEqualTo(address);
            assertThat(endpoint).hasToString("DatagramEndpoint[" + endpoint.localAddress() + " to " + address + "]");
            assertThat(endpoint.send(ByteBuffer.wrap("Q".getBytes()))).isTrue();
            assertThat(receive(peer)).isEqualTo("Q".getBytes());
        }
    }

    @Test
    @DisplayName("what exceeds the queue's limit is dropped and counted")
    void shouldDropWhenTooMuchWaits() throws Exception {
        DatagramConfig config = DatagramConfig.DEFAULT.withQueueLimit(1000);
        DatagramEndpoint endpoint = DatagramEndpoint.open(loop, ANY, config, new Echoing());
        assertThat(endpoint.send(ByteBuffer.allocate(1000), endpoint.localAddress())).isFalse();
        assertThat(endpoint.dropped()).isOne();
        assertThat(endpoint.pendingBytes()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> DatagramConfig.DEFAULT.withBudget(0));
        assertThatIllegalArgumentException().isThrownBy(() -> DatagramConfig.DEFAULT.withQueueLimit(-1));
        assertThatIllegalArgumentException().isThrownBy(
                () -> endpoint.send(ByteBuffer.allocate(1), InetSocketAddress.createUnresolved("nowhere", 1)));
    }

    private static void assumeInet6() throws IOException {
        Path addresses = Path.of("/proc/net/if_inet6");
        assumeTrue(Files.exists(addresses) && Files.readString(addresses).contains(" lo\n"),
                "this host has no IPv6 loopback address");
    }

    /** Answers in the handler, in a task later, or from another thread, by the content of the question. */
    private final class Answering extends Echoing {
        @Override
        public void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender)
                throws IOException {
            InetAddress asked = endpoint.currentDatagram().localAddress();
            ByteBuffer answer = ByteBuffer.allocate(data.remaining()).put(data).flip();
            switch (answer.get(0)) {
                case 0 -> super.onDatagram(endpoint, answer, sender);
                case 1 -> loop.execute(() -> assertThat(endpoint.send(answer, sender, asked)).isTrue());
                default -> Thread.startVirtualThread(
                        () -> assertThat(endpoint.send(answer, sender, asked)).isTrue());
            }
        }
    }

    /** Asks from a connected socket, which receives from the address that it asked alone. */
    private void shouldAnswer(DatagramEndpoint endpoint, String asked) throws IOException {
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(20_000);
            client.connect(new InetSocketAddress(asked, endpoint.localAddress().getPort()));
            for (int i = 0; i < 3; i++) {
                byte[] question = {(byte) i, 7};
                client.send(new DatagramPacket(question, question.length));
                assertThat(receive(client)).isEqualTo(question);
            }
        }
    }

    @Test
    @DisplayName("on 0.0.0.0 an answer comes from the address that was asked: in the handler, in a task, from a thread")
    void shouldAnswerFromTheAddressThatWasAskedWhenBoundToTheWildcard() throws Exception {
        DatagramEndpoint endpoint = DatagramEndpoint.open(
                loop, new InetSocketAddress("0.0.0.0", 0), DatagramConfig.DEFAULT, new Answering());
        shouldAnswer(endpoint, "127.0.0.2");
        shouldAnswer(endpoint, "127.0.0.1");
        shouldAnswer(endpoint, "127.0.0.3");
    }

    @Test
    @DisplayName("on [::] likewise, over IPv4 and IPv6")
    void shouldAnswerFromTheAddressThatWasAskedWhenBoundToTheInet6Wildcard() throws Exception {
        assumeInet6();
        DatagramEndpoint endpoint = DatagramEndpoint.open(
                loop, new InetSocketAddress("::", 0), DatagramConfig.DEFAULT, new Answering());
        shouldAnswer(endpoint, "127.0.0.2");
        shouldAnswer(endpoint, "::1");
        shouldAnswer(endpoint, "127.0.0.3");
    }

    @Test
    @DisplayName("a given socket that is bound to a wildcard address answers so too")
    void shouldAnswerFromTheAddressThatWasAskedWhenTheSocketIsGiven() throws Exception {
        UdpSocket socket = UdpSocket.bind(new InetSocketAddress("0.0.0.0", 0));
        shouldAnswer(DatagramEndpoint.open(loop, socket, DatagramConfig.DEFAULT, new Answering()), "127.0.0.2");
    }

    @Test
    @DisplayName("a source that is not an address of this host is an error; one of another family is refused at once")
    void shouldRefuseWhenTheSourceIsNotPossible() throws Exception {
        DatagramEndpoint endpoint = DatagramEndpoint.open(
                loop, new InetSocketAddress("0.0.0.0", 0), DatagramConfig.DEFAULT, new Echoing());
        InetSocketAddress four = new InetSocketAddress("127.0.0.1", 9);
        InetSocketAddress six = new InetSocketAddress("::1", 9);
        assertThat(endpoint.send(ByteBuffer.allocate(1), four, InetAddress.getByName("192.0.2.1"))).isTrue();
        assertThat(nextCall()).isIn(Errno.EINVAL, Errno.ENETUNREACH);
        assertThatIllegalArgumentException().isThrownBy(
                () -> endpoint.send(ByteBuffer.allocate(1), four, six.getAddress())).withMessageContaining("family");
        assertThatIllegalArgumentException().isThrownBy(
                () -> endpoint.send(ByteBuffer.allocate(1), six, four.getAddress())).withMessageContaining("family");
        assertThatIllegalArgumentException().isThrownBy(
                () -> endpoint.send(ByteBuffer.allocate(1), six, six.getAddress())).withMessageContaining("family");
        assertThat(endpoint.isOpen()).isTrue();
    }

    @Test
    @DisplayName("the facts about a datagram: length, not cut, an empty one; outside the call there are none")
    void shouldDescribeADatagramWhenTheHandlerHasIt() throws Exception {
        DatagramEndpoint endpoint = bind(new Echoing() {
            @Override
            public void onDatagram(DatagramEndpoint from, ByteBuffer data, InetSocketAddress sender) {
                DatagramInfo info = from.currentDatagram();
                assertThat(info.sender()).isEqualTo(sender);
                assertThat(info.localAddress()).isNull(); // it is the endpoint's
                calls.add(data.remaining() + " of " + info.length() + (info.isTruncated() ? ", cut" : ""));
                loop.execute(() -> assertThatIllegalStateException().isThrownBy(from::currentDatagram));
            }
        });
        try (DatagramSocket client = client()) {
            for (int size : new int[] {65_507, 0, 5}) {
                client.send(new DatagramPacket(new byte[size], size, endpoint.localAddress()));
                assertThat(nextCall()).isEqualTo(size + " of " + size);
            }
        }
        assertThatIllegalStateException().isThrownBy(endpoint::currentDatagram);
    }

    @Test
    @DisplayName("a handler that raises the buffer's limit would see other peers' bytes: its endpoint ends")
    void shouldEndWhenTheHandlerRaisesTheLimit() throws Exception {
        DatagramEndpoint endpoint = bind(new Echoing() {
            @Override
            public void onDatagram(DatagramEndpoint from, ByteBuffer data, InetSocketAddress sender) {
                data.limit(data.get() == 1 ? 1 : data.capacity());
            }
        });
        try (DatagramSocket client = client()) {
            client.send(new DatagramPacket(new byte[] {1, 2}, 2, endpoint.localAddress())); // a lower one is fine
            client.send(new DatagramPacket(new byte[] {2, 2}, 2, endpoint.localAddress()));
        }
        Object cause = nextCall();
        assertThat(cause).isInstanceOf(IllegalStateException.class);
        assertThat((Exception) cause).hasMessageContaining("limit from 2 to 65536");
        shouldHaveReported(endpoint, (Exception) cause);
    }

    @Test
    @DisplayName("each call has the bytes in big-endian order, whatever another handler has set")
    void shouldBeBigEndianWhenAnotherHandlerHasSwapped() throws Exception {
        DatagramHandler swapping = (from, data, sender) -> {
            calls.add(data.order());
            data.order(ByteOrder.LITTLE_ENDIAN);
        };
        try (DatagramSocket client = client()) {
            for (DatagramEndpoint endpoint : List.of(bind(swapping), bind(swapping))) {
                for (int i = 0; i < 2; i++) {
                    client.send(new DatagramPacket(new byte[1], 1, endpoint.localAddress()));
                    assertThat(nextCall()).isEqualTo(ByteOrder.BIG_ENDIAN);
                }
            }
        }
    }

    /** The callbacks that may throw. */
    private enum Callback { ON_DATAGRAM, ON_ERROR, ON_CLOSED }

    /** Throws from one callback, undeclared. */
    private final class Throwing extends Echoing {
        private final Callback place;
        private final Throwable thrown;

        Throwing(Callback place, Throwable thrown) {
            this.place = place;
            this.thrown = thrown;
        }

        private void enter(Callback current) {
            if (current == place) {
                throw DatagramEndpointTest.<RuntimeException>sneak(thrown);
            }
        }

        @Override
        public void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender)
                throws IOException {
            enter(Callback.ON_DATAGRAM);
            super.onDatagram(endpoint, ByteBuffer.allocate(70_000), sender); // EMSGSIZE
        }

        @Override
        public void onError(DatagramEndpoint endpoint, ErrnoException error) {
            enter(Callback.ON_ERROR);
            endpoint.close();
        }

        @Override
        public void onClosed(DatagramEndpoint endpoint, Throwable cause) {
            super.onClosed(endpoint, cause);
            enter(Callback.ON_CLOSED);
        }
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("whatever a callback throws ends its endpoint alone, reported once with the endpoint as the source")
    void shouldEndAloneWhenACallbackThrows(Callback callback) throws Exception {
        DatagramEndpoint other = bind(new Echoing());
        for (Throwable thrown : List.of(new InterruptedException("undeclared"), new IllegalStateException("runtime"),
                new StackOverflowError("thrown"), new OutOfMemoryError("thrown"))) {
            DatagramEndpoint endpoint = bind(new Throwing(callback, thrown));
            try (DatagramSocket client = client()) {
                client.send(new DatagramPacket(new byte[1], 1, endpoint.localAddress()));
                assertThat(nextCall()).isEqualTo(callback == Callback.ON_CLOSED ? "closed" : thrown);
                shouldHaveReported(endpoint, thrown);
                assertThat(endpoint.isOpen()).isFalse();
                shouldEcho(client, other, 10);
            }
        }
        assertThat(calls).isEmpty();
        assertThat(other).hasToString("DatagramEndpoint[" + other.localAddress() + "]");
    }
}
