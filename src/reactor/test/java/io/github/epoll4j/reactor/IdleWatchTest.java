package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class IdleWatchTest {
    private EventLoop loop;
    private SocketPair<UnixStream> pair;

    @BeforeEach
    void open() throws IOException {
        loop = EventLoop.open();
        pair = SocketPair.open();
    }

    @AfterEach
    void close() {
        pair.close();
        loop.close();
    }

    private StreamConnection connection(ConnectionConfig config) throws IOException {
        StreamConnection connection = new StreamConnection(new LoopConnections(loop), pair.first(), config);
        connection.open((same, data) -> data.clear());
        return connection;
    }

    @Test
    @DisplayName("the time runs from the look after the last byte, so that it is never early")
    void shouldEndWhenTheTimeHasPassedSinceALookThatFoundSomething() throws IOException {
        StreamConnection connection =
                connection(ConnectionConfig.DEFAULT.withReadIdleTimeout(Duration.ofNanos(100)));
        IdleWatch watch = new IdleWatch(connection, 1000);
        watch.wasRead = true;
        watch.look(1060);
        watch.wasWritten = true;
        watch.look(1159);
        assertThat(connection.isOpen()).isTrue();
        watch.look(1160);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void shouldStayWhenBytesMoveEitherWayAndTheTimeoutIsForBoth() throws IOException {
        StreamConnection connection = connection(ConnectionConfig.DEFAULT.withIdleTimeout(Duration.ofNanos(100)));
        IdleWatch watch = new IdleWatch(connection, 0);
        for (int now = 50; now < 1000; now += 100) {
            watch.wasRead = true;
            watch.look(now);
            watch.wasWritten = true;
            watch.look(now + 50);
        }
        assertThat(connection.isOpen()).isTrue();
        watch.look(1100);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void shouldEndWhenBytesComeAndTheTimeoutIsForWriting() throws IOException {
        StreamConnection connection =
                connection(ConnectionConfig.DEFAULT.withWriteIdleTimeout(Duration.ofNanos(100)));
        IdleWatch watch = new IdleWatch(connection, 0);
        watch.wasWritten = true;
        watch.look(90);
        watch.wasRead = true;
        watch.look(189);
        assertThat(connection.isOpen()).isTrue();
        watch.wasRead = true;
        watch.look(190);
        assertThat(connection.isOpen()).isFalse();
    }
}
