package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.testing.Allocations;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an echoed message allocates on the loop's thread. */
@Timeout(240)
class EchoAllocationTest {
    @ParameterizedTest
    @EnumSource(names = {"LEVEL", "EDGE"})
    @DisplayName("0 bytes are allocated for an echoed message")
    void shouldAllocateNothingWhenMessagesAreEchoed(Trigger trigger) throws Exception {
        assertThat(Allocations.inFreshJvm(Echoing.class, 0, trigger.name())).isLessThan(0.1);
    }

    /** A server of one loop and its client. */
    static final class Echoing {
        public static void main(String[] args) throws Exception {
            byte[] message = new byte[64];
            ConnectionConfig config = ConnectionConfig.DEFAULT.withTrigger(Trigger.valueOf(args[0]))
                    .withIdleTimeout(Duration.ofDays(1));
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
                EventLoop loop = reactor.loops().getFirst();
                Listener listener = reactor.listen(any, config, connection -> new Echo());
                try (Socket client = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                    OutputStream out = client.getOutputStream();
                    InputStream in = client.getInputStream();
                    System.out.println(Allocations.perOperation(loop.thread(), () -> {
                        out.write(message);
                        return in.readNBytes(message, 0, message.length);
                    }));
                }
            }
        }
    }
}
