package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.datagram.DatagramEndpoint;
import io.github.epoll4j.reactor.datagram.DatagramHandler;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.RunningJvm;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A reactor in a JVM of its own whose calls fail as strace says. */
@Timeout(120)
class ReactorFaultTest {
    private static final String WAITS = "?epoll_wait,?epoll_pwait,?epoll_pwait2,?poll,ppoll,?select,pselect6";

    @ParameterizedTest
    @CsvSource({
        "EPOLL, accept4, EINTR", "EPOLL, accept4, ECONNABORTED", "EPOLL, accept4, EAGAIN",
        "EPOLL, 'recvfrom,sendto,sendmsg', EINTR", "EPOLL, 'recvfrom,sendto,sendmsg', EAGAIN",
        "EPOLL, waits, EINTR", "POLL, waits, EINTR", "SELECT, waits, EINTR"})
    @DisplayName("EINTR, ECONNABORTED, EAGAIN in accept4, recv, send and the waits: no client of TCP or UDP notices")
    void shouldServeWhenACallFailsAgainAndAgain(Mechanism mechanism, String calls, String error) throws Exception {
        String names = calls.equals("waits") ? WAITS : calls;
        try (RunningJvm child = ChildJvm.of(Server.class).onClassPath().underStrace("-e", "trace=" + names,
                "-e", "inject=" + names + ":error=" + error + ":when=2+3").start(mechanism.name())) {
            int port = Integer.parseInt(child.line());
            int udpPort = Integer.parseInt(child.line());
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
                clients.add(client);
                client.setSoTimeout(20_000);
                shouldEcho(client, 1);
            }
            for (Socket client : clients) {
                shouldEcho(client, 100_000);
                client.shutdownOutput();
                assertThat(client.getInputStream().read()).isEqualTo(-1);
                client.close();
            }
            try (DatagramSocket client = new DatagramSocket()) {
                client.setSoTimeout(20_000);
                for (int i = 0; i < 10; i++) {
                    client.send(new DatagramPacket(new byte[i], i, InetAddress.getLoopbackAddress(), udpPort));
                    DatagramPacket answer = new DatagramPacket(new byte[100], 100);
                    client.receive(answer);
                    assertThat(answer.getLength()).isEqualTo(i);
                }
            }
            assertThat(child.end()).containsExactly("failures 0, connections 0, dropped 0");
            assertThat(child.traced(error)).isGreaterThan(2);
        }
    }

    private static void shouldEcho(Socket client, int size) throws IOException {
        byte[] bytes = new byte[size];
        bytes[size - 1] = 1;
        client.getOutputStream().write(bytes);
        assertThat(client.getInputStream().readNBytes(size)).isEqualTo(bytes);
    }

    @Test
    @DisplayName("S18: a wait that fails ends the reactor: each handler is told, once, and awaitClose throws it")
    void shouldTellEachHandlerWhenAWaitFails() throws Exception {
        String waits = "?epoll_wait,?epoll_pwait,?epoll_pwait2";
        try (RunningJvm child = ChildJvm.of(Failing.class).onClassPath().underStrace("-e", "trace=" + waits,
                "-e", "inject=" + waits + ":error=ENOMEM:when=30+").start()) {
            int port = Integer.parseInt(child.line());
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
                clients.add(client);
                client.setSoTimeout(20_000);
            }
            assertThat(child.line()).isEqualTo("four");
            try {
                for (int i = 0; i < 200; i++) {
                    clients.get(i % 4).getOutputStream().write(1);
                    if (clients.get(i % 4).getInputStream().read() < 0) {
                        break;
                    }
                }
            } catch (IOException e) {
                assertThat(e).isNotNull(); // reset, as the byte was not read
            }
            assertThat(child.line()).isEqualTo("ENOMEM, told 5");
            assertThat(child.end()).isEmpty();
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    @DisplayName("S18: close in a shutdown hook flushes, tells the handlers, and lets the JVM end")
    void shouldFlushWhenAShutdownHookCloses() throws Exception {
        try (RunningJvm child = ChildJvm.of(Hooked.class).onClassPath().withDescriptors(256)
                .start()) {
            int port = Integer.parseInt(child.line());
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.setSoTimeout(20_000);
                client.getOutputStream().write(1);
                assertThat(client.getInputStream().readAllBytes()).hasSize(3 << 20);
            }
            assertThat(child.end()).containsExactly("closed null", "hook done");
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("EAGAIN for a datagram that another thread sends: it waits, and when it is sent onWritable is called")
    void shouldTellThatItIsWritableWhenADatagramOfAnotherThreadHasWaited(Mechanism mechanism) throws Exception {
        String sends = "sendto,sendmsg";
        try (RunningJvm child = ChildJvm.of(Sending.class).onClassPath().underStrace("-e", "trace=" + sends,
                "-e", "inject=" + sends + ":error=EAGAIN:when=1").start(mechanism.name())) {
            assertThat(child.line()).isEqualTo("writable true, 0 bytes wait");
            assertThat(child.line()).isEqualTo("received 7");
            assertThat(child.end()).containsExactly("dropped 0");
            assertThat(child.traced("EAGAIN")).isOne();
        }
    }

    @Test
    @DisplayName("EMFILE of accept4, nine times in a row: each pause is twice as long as the last, up to a second")
    void shouldPauseLongerEachTimeWhenNoDescriptorIsLeft() throws Exception {
        try (RunningJvm child = ChildJvm.of(Server.class).onClassPath().underStrace("-r", "-e", "trace=accept4",
                "-e", "inject=accept4:error=EMFILE:when=1..9").start(Mechanism.EPOLL.name())) {
            int port = Integer.parseInt(child.line());
            child.line();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.setSoTimeout(20_000);
                shouldEcho(client, 1);
            }
            assertThat(child.end()).containsExactly("failures 0, connections 0, dropped 0");
            List<String> calls = child.trace().stream().filter(line -> line.contains("accept4(")).toList();
            assertThat(calls.subList(0, 9)).allMatch(line -> line.contains("EMFILE"));
            assertThat(calls.get(9)).doesNotContain("EMFILE");
            int[] pausesMillis = {5, 10, 20, 40, 80, 160, 320, 640, 1000};
            for (int i = 0; i < pausesMillis.length; i++) { // each call's time is the one since the call before
                double seconds = Double.parseDouble(calls.get(i + 1).trim().split(" +")[1]);
                assertThat(seconds * 1000).as(calls.get(i + 1)).isGreaterThanOrEqualTo(pausesMillis[i]);
            }
        }
    }

    private static void awaitEndOfInput() throws IOException {
        while (System.in.read() >= 0) {
            continue;
        }
    }

    /** Echoes over TCP and UDP. */
    static final class Server {
        private Server() {
        }

        public static void main(String[] args) throws Exception {
            List<Throwable> failures = new ArrayList<>();
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            Listener listener;
            DatagramEndpoint endpoint;
            ReactorConfig config = ReactorConfig.DEFAULT.withLoops(2).withMechanism(Mechanism.valueOf(args[0]))
                    .withFailureHandler((loop, source, exception) -> {
                        System.err.println(exception);
                        failures.add(exception);
                    });
            try (Reactor reactor = Reactor.open(config)) {
                listener = reactor.listen(any, connection -> (from, data) -> from.write(data));
                endpoint = reactor.bind(any, (from, data, sender) -> from.send(data, sender));
                System.out.println(listener.port());
                System.out.println(endpoint.localAddress().getPort());
                awaitEndOfInput();
            }
            System.out.println("failures " + failures.size() + ", connections " + listener.connectionCount()
                    + ", dropped " + endpoint.dropped());
        }
    }

    /** Sends a datagram from a thread that is not the loop's, and prints what comes of it. */
    static final class Sending {
        private Sending() {
        }

        public static void main(String[] args) throws Exception {
            DatagramEndpoint endpoint;
            CountDownLatch writable = new CountDownLatch(1);
            try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1)
                    .withMechanism(Mechanism.valueOf(args[0])).withFailureHandler((loop, source, exception) -> { }));
                    DatagramSocket receiver = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                receiver.setSoTimeout(20_000);
                InetSocketAddress to = (InetSocketAddress) receiver.getLocalSocketAddress();
                endpoint = reactor.bind(new InetSocketAddress(to.getAddress(), 0), new DatagramHandler() {
                    @Override
                    public void onDatagram(DatagramEndpoint same, ByteBuffer data, InetSocketAddress sender) {
                        same.close();
                    }

                    @Override
                    public void onWritable(DatagramEndpoint same) {
                        writable.countDown();
                    }
                });
                endpoint.send(ByteBuffer.wrap(new byte[] {7}), to);
                System.out.println("writable " + writable.await(20, TimeUnit.SECONDS) + ", "
                        + endpoint.pendingBytes() + " bytes wait");
                DatagramPacket packet = new DatagramPacket(new byte[2], 2);
                receiver.receive(packet);
                System.out.println("received " + packet.getData()[0]);
                awaitEndOfInput();
            }
            System.out.println("dropped " + endpoint.dropped());
        }
    }

    /** Prints how many handlers were told of the end. */
    static final class Failing {
        private Failing() {
        }

        public static void main(String[] args) throws Exception {
            AtomicInteger told = new AtomicInteger();
            CountDownLatch four = new CountDownLatch(4);
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1)
                    .withFailureHandler((loop, source, exception) -> { }))) {
                Listener listener = reactor.listen(any, connection -> new ConnectionHandler() {
                    @Override
                    public void onOpen(Connection opened) {
                        four.countDown();
                    }

                    @Override
                    public void onData(Connection from, ByteBuffer data) {
                        from.write(data);
                    }

                    @Override
                    public void onClosed(Connection from, Throwable cause) {
                        told.incrementAndGet();
                    }
                });
                reactor.bind(any, new DatagramHandler() {
                    @Override
                    public void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender) {
                        endpoint.close();
                    }

                    @Override
                    public void onClosed(DatagramEndpoint endpoint, Throwable cause) {
                        told.incrementAndGet();
                    }
                });
                System.out.println(listener.port());
                four.await();
                System.out.println("four");
                try {
                    reactor.awaitClose();
                } catch (ErrnoException e) {
                    System.out.println(Errno.name(e.errno()) + ", told " + told);
                }
                awaitEndOfInput();
            }
        }
    }

    /** Exits in a handler that has written, with a hook that closes the reactor. */
    static final class Hooked {
        private Hooked() {
        }

        public static void main(String[] args) throws Exception {
            Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(2));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                reactor.close();
                System.out.println("hook done");
            }));
            Listener listener = reactor.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    connection -> new ConnectionHandler() {
                        @Override
                        public void onData(Connection from, ByteBuffer data) {
                            data.position(data.limit());
                            from.write(ByteBuffer.allocate(3 << 20));
                            Thread.ofPlatform().daemon().start(() -> System.exit(0));
                        }

                        @Override
                        public void onClosed(Connection from, Throwable cause) {
                            System.out.println("closed " + cause);
                        }
                    });
            System.out.println(listener.port());
        }
    }
}
