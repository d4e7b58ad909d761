package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A reactor of two loops on each mechanism, and clients of the JDK. */
@ParameterizedClass
@EnumSource
@Timeout(60)
abstract class ListenerFixture {
    static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    static final Function<Connection, ConnectionHandler> ECHO = connection -> (from, data) -> from.write(data);

    @Parameter
    Mechanism mechanism;
    @TempDir
    Path folder;

    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final List<Socket> clients = new ArrayList<>();
    Reactor reactor;

    @BeforeEach
    void open() throws IOException {
        reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(2).withMechanism(mechanism)
                .withFailureHandler((loop, source, exception) -> failures.add(exception)));
    }

    @AfterEach
    void close() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        reactor.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    Socket connect(Listener listener) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), listener.port());
        clients.add(client);
        client.setSoTimeout(20_000);
        return client;
    }
}
