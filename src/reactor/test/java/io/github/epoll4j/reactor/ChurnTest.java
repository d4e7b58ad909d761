package io.github.epoll4j.reactor;

import static io.github.epoll4j.testing.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.Fds;
import io.github.epoll4j.testing.RunningJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that come and go, or break off, one after the other. */
@Timeout(120)
class ChurnTest {
    private static final Function<Connection, ConnectionHandler> ECHO = connection -> (from, data) -> from.write(data);
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private static Socket connect(int port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(20_000);
        return client;
    }

    private static void shouldEcho(int port) throws IOException {
        try (Socket client = connect(port)) {
            client.getOutputStream().write(7);
            assertThat(client.getInputStream().read()).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S11-6: 2000 resets in a row, then 1000 connects and closes: no descriptor is left, no log line")
    void shouldKeepNothingWhenClientsResetAndClose(Mechanism mechanism) throws Exception {
        try (RunningJvm child = ChildJvm.of(ReactorFaultTest.Server.class).onClassPath().withDescriptors(1024)
                .start(mechanism.name())) {
            int port = Integer.parseInt(child.line());
            child.line();
            shouldEcho(port);
            shouldEcho(port);
            long before = Fds.count(child.pid());
            for (int i = 0; i < 3000; i++) {
                Socket client = connect(port);
                client.setSoLinger(i < 2000, 0);
                if (i % 2 == 0) {
                    client.getOutputStream().write(i);
                }
                client.close();
            }
            shouldEcho(port);
            // those two may have ended after the count
            await("no descriptor is left", () -> Fds.count(child.pid()) <= before);
            assertThat(child.end()).containsExactly("failures 0, connections 0, dropped 0");
            assertThat(child.err()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("S08-4: A's handler closes B whose event waits, and B's number is taken again: it reaches nobody")
    void shouldReachNobodyWhenANumberIsTakenAgainInTheSameBatch(Mechanism mechanism) throws Exception {
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1).withMechanism(mechanism))) {
            shouldReachNobody(reactor);
        }
    }

    private static void shouldReachNobody(Reactor reactor) throws Exception {
        AtomicInteger wrong = new AtomicInteger();
        List<Connection> opened = new CopyOnWriteArrayList<>();
        Listener listener = reactor.listen(ANY, connection -> new ConnectionHandler() {
            @Override
            public void onOpen(Connection own) {
                opened.add(own);
            }

            @Override
            public void onData(Connection from, ByteBuffer data) throws IOException {
                if (!from.isOpen() || from != connection) {
                    wrong.incrementAndGet();
                }
                for (Connection other : opened) {
                    if (other != from && other.isOpen()) {
                        other.closeNow();
                    }
                }
                // the next listener has the lowest number that is free
                reactor.listen(ANY, ECHO).close();
                from.write(data);
            }
        });
        for (int round = 0; round < 50; round++) {
            opened.clear();
            try (Socket a = connect(listener.port()); Socket b = connect(listener.port())) {
                await("both are open", () -> opened.size() == 2);
                reactor.loops().getFirst().execute(() -> {
                    try { // both are ready in the next batch
                        a.getOutputStream().write(1);
                        b.getOutputStream().write(1);
                    } catch (IOException e) {
                        wrong.incrementAndGet();
                    }
                });
                int answers = 0;
                for (Socket client : List.of(a, b)) {
                    try {
                        answers += client.getInputStream().read() == 1 ? 1 : 0;
                    } catch (IOException e) {
                        continue; // reset: it is the one that was closed
                    }
                }
                assertThat(answers).isOne();
            }
            await("both have ended", () -> listener.connectionCount() == 0);
        }
        assertThat(wrong).hasValue(0);
        assertThat(reactor.loops().getFirst().metrics().staleEvents()).isGreaterThanOrEqualTo(50);
    }
}
