package io.github.epoll4j.examples.game;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GameLoadTest {
    @Test
    @DisplayName("a server that accepts and never answers: each login is an error, and the load ends at once")
    void shouldFailWhenNoLoginIsAnswered() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
                Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
            InetSocketAddress address = new InetSocketAddress(silent.getInetAddress(), silent.getLocalPort());
            GameLoad load = new GameLoad(reactor, address, 2, Duration.ofHours(1), Duration.ofMillis(100),
                    new PrintStream(printed, true, UTF_8));

            assertThat(load.run()).isFalse();
        }
        assertThat(printed.toString(UTF_8)).contains("0 of 2 have logged in")
                .endsWith("2 errors; the first: a login has no answer\n");
    }
}
