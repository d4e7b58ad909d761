package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.reactor.datagram.DatagramEndpoint;
import io.github.epoll4j.reactor.datagram.DatagramHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The end of a whole reactor, when the JVM fails under one of its loops. */
class ReactorFailureTest extends ConnectionFixture {
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @Test
    @DisplayName("an InternalError closes the reactor: FailureHandler, each onClosed and awaitClose get it")
    void shouldEndLoudlyWhenTheJvmFails() throws Exception {
        Error fatal = new InternalError("broken");
        Listener listener = reactor.listen(ANY, small, connection -> new Noting() {
            @Override
            public void onData(Connection from, ByteBuffer data) {
                throw fatal;
            }
        });
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) { // on both loops
            clients.add(connect(listener));
            assertThat(nextCall()).isInstanceOf(Connection.class);
        }
        for (int i = 0; i < 2; i++) { // one on each loop
            reactor.bind(ANY, new DatagramHandler() {
                @Override
                public void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender) {
                    endpoint.close();
                }

                @Override
                public void onClosed(DatagramEndpoint endpoint, Throwable cause) {
                    calls.add(cause == null ? "closed" : cause);
                }
            });
        }

        clients.getFirst().getOutputStream().write(1);
        for (Socket client : clients) {
            readToTheEnd(client);
            client.close(); // otherwise the orderly close of the other loop waits for it
        }

        assertThatExceptionOfType(Error.class).isThrownBy(reactor::awaitClose).isSameAs(fatal);
        assertThat(calls).hasSize(6).containsOnly(fatal);
        assertThat(failures).containsExactly(fatal);
        failures.clear();
    }

    private static void readToTheEnd(Socket client) {
        try {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @Test
    @DisplayName("awaitClose throws nothing when only handlers have failed")
    void shouldEndQuietlyWhenAHandlerHasFailed() throws Exception {
        Broken broken = new Broken();
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onData(Connection from, ByteBuffer data) {
                throw broken;
            }
        })) {
            assertThat(nextCall()).isInstanceOf(Connection.class);
            client.getOutputStream().write(1);
            assertThat(nextCall()).isSameAs(broken);
        }
        reactor.close();
        reactor.awaitClose();
        assertThat(failures).containsExactly(broken);
        failures.clear();
    }
}
