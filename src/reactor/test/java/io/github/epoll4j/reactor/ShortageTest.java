package io.github.epoll4j.reactor;

import static io.github.epoll4j.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.RunningJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that may have few descriptors, in a JVM of its own, and more clients than that. */
@Timeout(120)
class ShortageTest {
    private static final int LIMIT = 160;
    private static final int CLIENTS = 400;
    private static final String WARNING = "until it goes again";

    private final List<Socket> clients = new ArrayList<>();

    private Socket connect(int port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        clients.add(client);
        client.setSoTimeout(20_000);
        return client;
    }

    private static boolean isServed(Socket client) throws IOException {
        client.getOutputStream().write(7);
        return client.getInputStream().read() == 7;
    }

    private void closeAll() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        clients.clear();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("out of descriptors, PAUSE: no spin; those who are served stay so, the others are when there is room")
    void shouldServeLaterWhenNoDescriptorIsLeft(Mechanism mechanism) throws Exception {
        try (RunningJvm child = ChildJvm.of(Child.class).onClassPath().withDescriptors(LIMIT)
                .start(mechanism.name(), "PAUSE")) {
            int port = Integer.parseInt(child.line());
            Socket first = connect(port);
            for (int i = 0; i < CLIENTS; i++) {
                connect(port);
            }
            assertThat(child.line()).startsWith("paused").contains("EMFILE");

            long cpu = child.cpuMillis();
            long start = System.nanoTime();
            int answers = 0;
            while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1500)) {
                assertThat(isServed(first)).isTrue();
                answers++;
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }
            long wallMillis = (System.nanoTime() - start) / 1_000_000;
            assertThat(child.cpuMillis() - cpu).as("CPU ms of " + wallMillis + ", " + answers + " answers")
                    .isLessThan(wallMillis / 10);
            assertThat(child.logged(WARNING)).isOne();

            Socket last = clients.getLast();
            for (Socket client : clients.subList(1, clients.size() - LIMIT / 4)) {
                client.close(); // some were served, and some have waited all the time
            }
            assertThat(isServed(last)).isTrue();
            assertThat(isServed(first)).isTrue();
            closeAll();
            assertThat(child.line()).isEqualTo("resumed");
            assertThat(isServed(connect(port))).isTrue();
            closeAll();
            assertThat(child.end()).containsExactly("refused 0, failures 0");
            assertThat(child.logged(WARNING)).isOne();
            assertThat(child.err()).doesNotContain("NoClassDefFoundError").doesNotContain("Exception");
        }
    }

    @Test
    @DisplayName("out of descriptors, SHED: those who come are closed at once, those who are served stay so")
    void shouldCloseNewcomersWhenNoDescriptorIsLeft() throws Exception {
        try (RunningJvm child = ChildJvm.of(Child.class).onClassPath().withDescriptors(LIMIT)
                .start("EPOLL", "SHED")) {
            int port = Integer.parseInt(child.line());
            Socket first = connect(port);
            assertThat(isServed(first)).isTrue();
            int refused = 0;
            for (int i = 0; i < CLIENTS; i++) {
                Socket client = connect(port);
                try {
                    if (!isServed(client)) {
                        refused++;
                    }
                } catch (IOException e) {
                    refused++; // reset, since the byte was not read
                }
            }
            assertThat(refused).isBetween(CLIENTS - LIMIT, CLIENTS);
            assertThat(isServed(first)).isTrue();
            assertThat(child.logged(WARNING)).isOne();
            long cpu = child.cpuMillis();
            long start = System.nanoTime();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            long wallMillis = (System.nanoTime() - start) / 1_000_000;
            assertThat(child.cpuMillis() - cpu).as("CPU ms of " + wallMillis).isLessThan(wallMillis / 10);
            closeAll();
            await("served again", () -> {
                try (Socket late = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    late.setSoTimeout(20_000);
                    return isServed(late);
                } catch (IOException e) {
                    return false;
                }
            });
            assertThat(child.end()).containsExactly("refused " + refused + ", failures 0");
            assertThat(child.logged(WARNING)).isOne();
            assertThat(child.err()).doesNotContain("NoClassDefFoundError").doesNotContain("Exception");
        }
    }

    /** An echo server that has made no connection before its clients come, and prints what its listener tells. */
    static final class Child {
        private Child() {
        }

        public static void main(String[] args) throws Exception {
            AtomicLong failures = new AtomicLong();
            Listener listener;
            ReactorConfig config = ReactorConfig.DEFAULT.withLoops(2).withMechanism(Mechanism.valueOf(args[0]))
                    .withFailureHandler((loop, source, exception) -> {
                        failures.incrementAndGet();
                        System.err.println(exception);
                    });
            try (Reactor reactor = Reactor.open(config)) {
                listener = reactor.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        ListenerConfig.DEFAULT.withAcceptPolicy(AcceptPolicy.valueOf(args[1]))
                                .withAcceptObserver(new Printing()),
                        connection -> (from, data) -> from.write(data));
                System.out.println(listener.port());
                while (System.in.read() >= 0) {
                    continue;
                }
            }
            System.out.println("refused " + listener.refused() + ", failures " + failures);
        }

        /** Prints pauses. */
        private static final class Printing implements AcceptObserver {
            @Override
            public void paused(Listener listener, ErrnoException cause) {
                System.out.println("paused " + cause.getMessage());
            }

            @Override
            public void resumed(Listener listener) {
                System.out.println("resumed");
            }
        }
    }
}
