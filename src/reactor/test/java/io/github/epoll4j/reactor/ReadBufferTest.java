package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.datagram.DatagramEndpoint;
import io.github.epoll4j.reactor.datagram.DatagramHandler;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The buffer that a loop reads into, as each handler's call finds it. */
class ReadBufferTest extends ConnectionFixture {
    private final class Swapping implements ConnectionHandler, DatagramHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) {
            swap(data);
        }

        @Override
        public void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender) {
            swap(data);
        }

        @Override
        public void onClosed(Connection connection, Throwable cause) {
            assertThat(connection.isOpen()).isFalse();
        }

        private void swap(ByteBuffer data) {
            calls.add(data.order());
            data.order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    @Test
    @DisplayName("the byte order that a handler sets is not seen by the next call, on its connection or any other")
    void shouldBeBigEndianWhenAHandlerHasChangedTheOrder() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Swapping());
        try (Socket first = connect(listener); Socket second = connect(listener); Socket third = connect(listener);
                DatagramSocket sender = new DatagramSocket()) {
            for (Socket client : new Socket[] {first, second, third, first, second, third}) {
                client.getOutputStream().write(1);
                assertThat(nextCall()).isEqualTo(ByteOrder.BIG_ENDIAN);
            }
            for (int i = 0; i < 2; i++) { // one on each loop
                DatagramEndpoint endpoint = reactor.bind(ANY, new Swapping());
                for (int j = 0; j < 2; j++) {
                    sender.send(new DatagramPacket(new byte[1], 1, endpoint.localAddress()));
                    assertThat(nextCall()).isEqualTo(ByteOrder.BIG_ENDIAN);
                }
            }
        }
    }
}
