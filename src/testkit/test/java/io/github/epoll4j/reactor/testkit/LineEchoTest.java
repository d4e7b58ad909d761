package io.github.epoll4j.reactor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.IdleTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The sample of the package page: a handler that is tested without a socket. */
class LineEchoTest {
    // @start region = test
    @Test
    @DisplayName("a line is sent back when it is complete")
    void shouldSendALineBackWhenItIsComplete() {
        try (var loop = TestLoop.open()) {
            FakeConnection connection = loop.connect(c -> new LineEcho());
            connection.receive("hel");
            assertThat(connection.takeText()).isEmpty();
            connection.receive("lo\nwor");
            assertThat(connection.takeText()).isEqualTo("hello\n");
            connection.receiveEnd();
            assertThat(connection.isOpen()).isFalse();
        }
    }
    // @end

    // @start region = timeout
    @Test
    @DisplayName("a line that drips is answered and ended when its time is over")
    void shouldEndWhenALineDrips() {
        try (var loop = TestLoop.open()) {
            var config = ConnectionConfig.DEFAULT.withMessageTimeout(Duration.ofSeconds(10));
            FakeConnection connection = loop.connect(config, c -> new LineEcho());
            for (int i = 0; i < 9; i++) {
                connection.receive("x");
                loop.advance(Duration.ofSeconds(1));
            }
            assertThat(connection.isOpen()).isTrue();
            loop.advance(Duration.ofSeconds(1));
            assertThat(connection.takeText()).isEqualTo("too slow\n");
            assertThat(connection.cause()).isInstanceOf(IdleTimeoutException.class);
        }
    }
    // @end
}
