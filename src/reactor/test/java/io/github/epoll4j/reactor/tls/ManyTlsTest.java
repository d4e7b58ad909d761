package io.github.epoll4j.reactor.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.testing.Allocations;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.RunningJvm;
import io.github.epoll4j.testing.TestCertificates;
import io.github.epoll4j.testing.TlsPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many idle connections, whose clients are in another process. */
@Timeout(300)
class ManyTlsTest extends TlsFixture {
    private static final int CONNECTIONS = Integer.getInteger("epoll4j.tls.connections", 100);
    /** The engine of the JDK takes most of it: about 5 KB. */
    private static final long MOST_BYTES = 12_000;

    /** The clients: each says a byte and has it back, then all stay idle until the input ends. */
    static final class Child {
        private Child() {
        }

        public static void main(String[] args) throws IOException, GeneralSecurityException {
            int port = Integer.parseInt(args[0]);
            SSLContext context = TestCertificates.context();
            List<TlsPeer> peers = new ArrayList<>();
            for (int i = 0; i < Integer.parseInt(args[1]); i++) {
                SSLEngine engine = context.createSSLEngine("localhost", port + i); // no session is resumed
                engine.setUseClientMode(true);
                TlsPeer peer = new TlsPeer(engine, SocketChannel.open(new InetSocketAddress("127.0.0.1", port)));
                peer.send(bytes("a"));
                awaitReceived(peer, "a");
                peers.add(peer);
            }
            System.out.println("connected");
            System.in.readAllBytes();
            for (TlsPeer peer : peers) {
                peer.send(bytes("b"));
                awaitReceived(peer, "ab");
                peer.sendEnd();
            }
        }
    }

    @Test
    @DisplayName("idle connections cost the engine's memory and little more; each still answers, and leaves nothing")
    void shouldCostLittleWhenConnectionsAreIdle() throws Exception {
        Echo echo = new Echo();
        Listener listener = listen(server(), connection -> echo);
        connectEchoed(listener);
        long before = settledHeap();
        try (RunningJvm child = ChildJvm.of(Child.class).onClassPath()
                .start(Integer.toString(listener.port()), Integer.toString(CONNECTIONS))) {
            assertThat(child.line()).isEqualTo("connected");
            long bytes = (settledHeap() - before) / CONNECTIONS;
            System.out.println(CONNECTIONS + " idle TLS connections: " + bytes + " B of heap each");
            assertThat(bytes).isBetween(1L, MOST_BYTES);
            child.end();
            Eventually.await("the end of all", () -> echo.causes.size() == CONNECTIONS);
            assertThat(echo.causes).containsOnly("good order");
            echo.opened.clear();
            echo.causes.clear();
            echo.calls.clear();
        }
        assertThat(settledHeap() - before).as("heap that is left, in B")
                .isLessThan(CONNECTIONS * 1000L + 2_000_000);
        assertThat(failures).isEmpty();
    }

    /** Returns the live heap, once what earlier tests have left is collected. */
    private static long settledHeap() {
        long last = Allocations.liveHeap();
        for (long next = Allocations.liveHeap(); Math.abs(next - last) > 10_000; next = Allocations.liveHeap()) {
            last = next;
        }
        return last;
    }
}
