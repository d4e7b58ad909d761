package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.echo.EchoHandler;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What an echoed message allocates. A class for each trigger, since each class has a JVM of its own: what the compiler
 * has made of one trigger's path is not made again for the next.
 */
@Timeout(240)
abstract class EchoAllocation {
    private static final int MESSAGES = 20_000;

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
            long bytes = Long.MAX_VALUE;
            long start = System.nanoTime();
            while (bytes >= MESSAGES / 10 && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60)) {
                long before = allocated();
                for (int i = 0; i < MESSAGES; i++) {
                    echo(loop, pair.first(), message);
                }
                bytes = allocated() - before;
            }
            connections.closeNow(null);
            assertThat(bytes).isLessThan(MESSAGES / 10);
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

    /** By reflection: the module under test does not read the management modules. */
    private static long allocated() throws ReflectiveOperationException {
        Class<?> factory = Class.forName("java.lang.management.ManagementFactory");
        Object threads = factory.getMethod("getThreadMXBean").invoke(null);
        Method current = Class.forName("com.sun.management.ThreadMXBean").getMethod("getCurrentThreadAllocatedBytes");
        return (long) current.invoke(threads);
    }
}
