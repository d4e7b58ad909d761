package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.testing.Allocations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What connections cost on the heap: a bound for each that is idle. */
@Timeout(240)
class ConnectionAllocationTest {
    private static final int CONNECTIONS = 2000;
    private static final int WARM_UP = 10;

    private EventLoop loop;
    private LoopContext connections;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.open();
        connections = new LoopContext(loop);
    }

    @AfterEach
    void close() {
        connections.closeNow(null);
        loop.close();
    }

    private void echo(UnixStream client, ByteBuffer message) throws IOException {
        client.write(message.clear());
        message.clear();
        while (message.hasRemaining()) {
            loop.runOnce(Duration.ZERO);
            client.read(message);
        }
    }

    @Test
    @DisplayName("an idle connection that has echoed holds at most 256 bytes, its socket and handler included")
    void shouldHoldLittleWhenConnectionsAreIdle() throws IOException {
        List<UnixStream> clients = new ArrayList<>(CONNECTIONS);
        UnixStream[] servers = new UnixStream[CONNECTIONS];
        ByteBuffer message = ByteBuffer.allocateDirect(1000);
        for (int i = 0; i < CONNECTIONS; i++) {
            SocketPair<UnixStream> pair = SocketPair.open();
            clients.add(pair.first());
            servers[i] = pair.second();
        }
        long before = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            if (i == WARM_UP) { // the classes are loaded
                before = Allocations.liveHeap();
            }
            connections.open(servers[i], null, ConnectionConfig.DEFAULT, connection -> new Echo());
            echo(clients.get(i), message);
        }
        long perConnection = (Allocations.liveHeap() - before) / (CONNECTIONS - WARM_UP) + 32;
        assertThat(connections.metrics().open()).isEqualTo(CONNECTIONS);
        assertThat(servers[0].isOpen()).isTrue();
        assertThat(perConnection).isBetween(100L, 256L);
        clients.forEach(UnixStream::close);
    }
}
