package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.echo.EchoHandler;
import io.github.epoll4j.testing.Allocations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What an echoed message allocates. A class for each trigger, since each class has a JVM of its own: what the compiler
 * has made of one trigger's path is not made again for the next.
 */
@Timeout(240)
abstract class EchoAllocation {
    private final Trigger trigger;

    EchoAllocation(Trigger trigger) {
        this.trigger = trigger;
    }

    @Test
    @DisplayName("0 bytes are allocated for an echoed message")
    void shouldAllocateNothingWhenMessagesAreEchoed() throws Exception {
        ByteBuffer message = ByteBuffer.allocateDirect(64);
        try (EventLoop loop = EventLoop.open(); SocketPair<UnixStream> pair = SocketPair.open()) {
            LoopConnections connections = new LoopConnections(loop);
            ConnectionConfig config = ConnectionConfig.DEFAULT.withTrigger(trigger).withIdleTimeout(Duration.ofDays(1));
            connections.open(pair.second(), config, connection -> new EchoHandler());
            double bytes = Allocations.perOperation(() -> {
                echo(loop, pair.first(), message);
                return null;
            });
            connections.closeNow(null);
            assertThat(bytes).isLessThan(0.1);
        }
    }

    private static void echo(EventLoop loop, UnixStream client, ByteBuffer message) throws IOException {
        client.write(message.clear());
        message.clear();
        while (message.hasRemaining()) {
            loop.turn(Duration.ZERO);
            client.read(message);
        }
    }
}
