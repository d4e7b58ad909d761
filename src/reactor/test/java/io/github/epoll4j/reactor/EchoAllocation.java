package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.testing.Allocations;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What an echoed message allocates on the loop's thread. A class for each trigger, since each class has a JVM of its
 * own: what the compiler has made of one trigger's path is not made again for the next.
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
        byte[] message = new byte[64];
        ConnectionConfig config = ConnectionConfig.DEFAULT.withTrigger(trigger).withIdleTimeout(Duration.ofDays(1));
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
            EventLoop loop = reactor.loops().getFirst();
            Listener listener = reactor.listen(ConnectionFixture.ANY, config, connection -> new Echo());
            try (Socket client = ConnectionFixture.connect(listener)) {
                OutputStream out = client.getOutputStream();
                InputStream in = client.getInputStream();
                double bytes = Allocations.perOperation(loop.thread(), () -> {
                    out.write(message);
                    return in.readNBytes(message, 0, message.length);
                });
                assertThat(bytes).isLessThan(0.1);
            }
        }
    }
}
