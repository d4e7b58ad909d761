package io.github.epoll4j.reactor.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.RunningJvm;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagrams that a socket does not take at once, by failures that strace injects. */
@Timeout(120)
class DatagramFaultTest {
    private static final String SENDS = "sendto,sendmsg";

    private static ChildJvm child(Class<?> main, String when) throws IOException, InterruptedException {
        return ChildJvm.of(main).onClassPath().underStrace(
                "-e", "trace=" + SENDS, "-e", "inject=" + SENDS + ":error=EAGAIN:when=" + when);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("EAGAIN for an answer on a wildcard address: from the queue too it comes from the address asked")
    void shouldAnswerFromTheAddressThatWasAskedWhenTheAnswerWasQueued(Mechanism mechanism) throws Exception {
        try (RunningJvm server = child(Server.class, "1+2").start(mechanism.name())) {
            for (String host : List.of("0.0.0.0", "::")) {
                int port = Integer.parseInt(server.line());
                try (DatagramSocket client = new DatagramSocket()) {
                    client.setSoTimeout(20_000);
                    client.connect(new InetSocketAddress("127.0.0.2", port));
                    client.send(new DatagramPacket(new byte[] {1, 2, 3}, 3));
                    DatagramPacket answer = new DatagramPacket(new byte[9], 9);
                    client.receive(answer);
                    assertThat(answer.getLength()).as(host).isEqualTo(3);
                }
                assertThat(server.line()).isEqualTo("queued 131, writable");
            }
            assertThat(server.end()).isEmpty();
            assertThat(server.traced("EAGAIN")).isEqualTo(2);
        }
    }

    /** Echoes at the IPv4 wildcard address until it is writable, then at the IPv6 one; without IPv6 at IPv4 again. */
    static final class Server {
        private Server() {
        }

        public static void main(String[] args) throws Exception {
            boolean hasInet6 = Files.exists(Path.of("/proc/net/if_inet6"));
            for (String host : List.of("0.0.0.0", hasInet6 ? "::" : "0.0.0.0")) {
                try (EventLoop loop = EventLoop.open(Mechanism.valueOf(args[0]))) {
                    DatagramEndpoint endpoint = DatagramEndpoint.open(
                            loop, new InetSocketAddress(host, 0), DatagramConfig.DEFAULT, new DatagramHandler() {
                                private long queued;

                                @Override
                                public void onDatagram(DatagramEndpoint same, ByteBuffer data,
                                        InetSocketAddress sender) {
                                    same.send(data, sender);
                                    queued = same.pendingBytes();
                                }

                                @Override
                                public void onWritable(DatagramEndpoint same) {
                                    System.out.println("queued " + queued + ", writable");
                                    loop.stop();
                                }
                            });
                    System.out.println(endpoint.localAddress().getPort());
                    loop.run();
                }
            }
            System.in.read();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("the queue is sent within the budget of an iteration, in its order")
    void shouldIterateWhenMoreIsQueuedThanTheBudget(Mechanism mechanism) throws Exception {
        try (RunningJvm child = child(Queueing.class, "1").start(mechanism.name())) {
            assertThat(child.line()).isEqualTo("accepted 9, in order, 5 iterations");
            assertThat(child.end()).isEmpty();
            assertThat(child.traced("EAGAIN")).isOne();
        }
    }

    /** Queues nine datagrams with a budget of two, and prints what the loop does. */
    static final class Queueing {
        private Queueing() {
        }

        public static void main(String[] args) throws Exception {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            DatagramConfig config = DatagramConfig.DEFAULT.withBudget(2);
            List<Integer> received = new ArrayList<>();
            try (EventLoop loop = EventLoop.open(Mechanism.valueOf(args[0]));
                    DatagramSocket receiver = new DatagramSocket(0, loopback)) {
                receiver.setSoTimeout(20_000);
                InetSocketAddress to = (InetSocketAddress) receiver.getLocalSocketAddress();
                long[] before = new long[1];
                int[] accepted = new int[1];
                DatagramEndpoint endpoint = DatagramEndpoint.open(
                        loop, new InetSocketAddress(loopback, 0), config, new DatagramHandler() {
                            @Override
                            public void onDatagram(DatagramEndpoint same, ByteBuffer data, InetSocketAddress sender) {
                                same.close();
                            }

                            @Override
                            public void onWritable(DatagramEndpoint same) {
                                before[0] = loop.metrics().events() - before[0];
                                loop.stop();
                            }
                        });
                loop.execute(() -> {
                    before[0] = loop.metrics().events();
                    for (byte i = 0; i < 9; i++) {
                        accepted[0] += endpoint.send(ByteBuffer.wrap(new byte[] {i}), to) ? 1 : 0;
                    }
                });
                loop.run();
                DatagramPacket packet = new DatagramPacket(new byte[1], 1);
                while (received.size() < 9) {
                    receiver.receive(packet);
                    received.add((int) packet.getData()[0]);
                }
                boolean isInOrder = received.equals(received.stream().sorted().toList());
                System.out.println("accepted " + accepted[0] + (isInOrder ? ", in order, " : ", disorder, ")
                        + before[0] + " iterations");
            }
            System.in.read();
        }
    }
}
