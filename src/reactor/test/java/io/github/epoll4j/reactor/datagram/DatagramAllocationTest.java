package io.github.epoll4j.reactor.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.UdpSocket;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.testing.Allocations;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class DatagramAllocationTest {
    @Test
    @DisplayName("0 bytes are allocated for a datagram that is answered, on a wildcard address too")
    void shouldAllocateNothingWhenDatagramsAreAnswered() throws Exception {
        ByteBuffer message = ByteBuffer.allocateDirect(64);
        try (EventLoop loop = EventLoop.open(); UdpSocket client = UdpSocket.open(StandardProtocolFamily.INET)) {
            DatagramEndpoint endpoint = DatagramEndpoint.open(loop, new InetSocketAddress("0.0.0.0", 0),
                    DatagramConfig.DEFAULT, (same, data, sender) -> same.send(data, sender));
            client.connect(new InetSocketAddress("127.0.0.2", endpoint.localAddress().getPort()));
            loop.runOnce(Duration.ZERO);
            double bytes = Allocations.perOperation(() -> {
                client.write(message.clear());
                while (client.read(message.clear()) < 0) {
                    loop.runOnce(Duration.ZERO);
                }
                return null;
            });
            assertThat(message.position()).isEqualTo(64);
            assertThat(endpoint.dropped()).isZero();
            assertThat(bytes).isLessThan(0.1);
        }
    }
}
