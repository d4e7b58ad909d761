package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.datagram.DatagramEndpoint;
import io.github.epoll4j.reactor.datagram.DatagramHandler;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the user code of one connection or endpoint throws ends that one, and is reported once. */
class ContainmentTest extends ConnectionFixture {
    /** The calls into user code that a connection makes before its last one. */
    private enum Place { FACTORY, OPEN, DATA, WRITABLE, INPUT_CLOSED, COMPLETION }

    private static final byte[] BYTES = {1, 2, 3};

    private final class Throwing extends Noting {
        private final Place place;
        private final Throwable thrown;

        Throwing(Place place, Throwable thrown) {
            this.place = place;
            this.thrown = thrown;
        }

        private void throwAt(Place here) {
            if (here == place) {
                throw Thrown.<RuntimeException>sneak(thrown);
            }
        }

        ConnectionHandler made() {
            throwAt(Place.FACTORY);
            return this;
        }

        @Override
        public void onOpen(Connection connection) {
            throwAt(Place.OPEN);
        }

        @Override
        public void onData(Connection connection, ByteBuffer data) {
            throwAt(Place.DATA);
            if (place == Place.COMPLETION) {
                connection.write(data, (written, cause) -> throwAt(Place.COMPLETION));
            } else if (place == Place.WRITABLE) {
                fill(connection);
            }
        }

        @Override
        public void onWritable(Connection connection) {
            throwAt(Place.WRITABLE);
        }

        @Override
        public void onInputClosed(Connection connection, ByteBuffer rest) {
            throwAt(Place.INPUT_CLOSED);
        }
    }

    /** Writes until the queue is above its high-water mark. */
    private static void fill(Connection connection) {
        while (connection.pendingBytes() <= 64 << 10) {
            connection.write(ByteBuffer.allocate(32 << 10));
        }
    }

    private List<Socket> openOthers() throws IOException {
        Listener listener = reactor.listen(ANY, small, connection -> new Echo());
        List<Socket> others = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            others.add(connect(listener));
        }
        return others;
    }

    private static void shouldServe(List<Socket> others) throws Exception {
        for (Socket other : others) {
            shouldEcho(other, 100);
            other.close();
        }
    }

    private void shouldHaveReportedOnce(Throwable thrown) {
        await(() -> !failures.isEmpty());
        assertThat(failures).hasSize(1).first().isSameAs(thrown);
        failures.clear();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("whatever a connection's callback throws ends that connection, is reported once, others go on")
    void shouldEndOneConnectionWhenItsCallbackThrows(Thrown kind) throws Exception {
        List<Socket> others = openOthers();
        for (Place place : Place.values()) {
            Throwable thrown = kind.make();
            try (Socket client = connect(connection -> new Throwing(place, thrown).made())) {
                client.getOutputStream().write(BYTES);
                client.shutdownOutput();
                drain(client);
            }
            if (place != Place.FACTORY) { // without a handler there is nothing to call
                assertThat(nextCall()).as(place.name()).isSameAs(thrown);
            }
            shouldHaveReportedOnce(thrown);
        }
        shouldServe(others);
        assertThat(calls).isEmpty();
    }

    private static void drain(Socket client) {
        try {
            client.getInputStream().readAllBytes();
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("reset");
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("what onClosed throws is reported once, and others go on")
    void shouldReportOnceWhenTheLastCallThrows(Thrown kind) throws Exception {
        List<Socket> others = openOthers();
        Throwable thrown = kind.make();
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onOpen(Connection connection) {
                assertThat(connection.isOpen()).isTrue();
            }

            @Override
            public void onClosed(Connection closed, Throwable cause) {
                throw Thrown.<RuntimeException>sneak(thrown);
            }
        })) {
            client.shutdownOutput();
            drain(client);
        }
        shouldHaveReportedOnce(thrown);
        shouldServe(others);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("what a factory throws fails the attempt to connect")
    void shouldFailTheAttemptWhenTheFactoryThrows(Thrown kind) throws Exception {
        List<Socket> others = openOthers();
        Throwable thrown = kind.make();
        SocketAddress address = reactor.listen(ANY, small, connection -> new Echo()).localAddress();
        Function<Connection, ConnectionHandler> factory = connection -> {
            throw Thrown.<RuntimeException>sneak(thrown);
        };
        CompletableFuture<Connection> attempt = reactor.connect(address,
                ConnectConfig.DEFAULT.withTimeout(Duration.ZERO).withConnections(small), factory);
        assertThat(attempt).failsWithin(20, TimeUnit.SECONDS).withThrowableThat().havingCause().isSameAs(thrown);
        shouldHaveReportedOnce(thrown);
        shouldServe(others);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("whatever a callback of datagrams throws ends that endpoint, and is reported once")
    void shouldEndOneEndpointWhenItsCallbackThrows(Thrown kind) throws Exception {
        List<Socket> others = openOthers();
        for (boolean isLast : new boolean[] {false, true}) {
            Throwable thrown = kind.make();
            DatagramEndpoint endpoint = reactor.bind(ANY, new DatagramHandler() {
                @Override
                public void onDatagram(DatagramEndpoint from, ByteBuffer data, InetSocketAddress sender) {
                    if (!isLast) {
                        throw Thrown.<RuntimeException>sneak(thrown);
                    }
                    from.close();
                }

                @Override
                public void onClosed(DatagramEndpoint from, Throwable cause) {
                    calls.add(cause == null ? "closed" : cause);
                    if (isLast) {
                        throw Thrown.<RuntimeException>sneak(thrown);
                    }
                }
            });
            try (DatagramSocket client = new DatagramSocket()) {
                client.send(new DatagramPacket(BYTES, BYTES.length, endpoint.localAddress()));
                assertThat(nextCall()).isEqualTo(isLast ? "closed" : thrown);
            }
            shouldHaveReportedOnce(thrown);
        }
        shouldServe(others);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("what an observer of accepting throws is reported, and accepting goes on")
    void shouldAcceptOnWhenTheObserverThrows(Thrown kind) throws Exception {
        Throwable thrown = kind.make();
        AcceptObserver observer = new AcceptObserver() {
            @Override
            public void paused(Listener listener, ErrnoException cause) {
                throw Thrown.<RuntimeException>sneak(thrown);
            }
        };
        Listener listener = reactor.listen(ANY, ListenerConfig.DEFAULT.withConnections(small).withMaxConnections(1)
                .withAcceptObserver(observer), connection -> new Echo());
        try (Socket first = connect(listener)) {
            shouldEcho(first, 10);
            shouldHaveReportedOnce(thrown);
        }
        try (Socket second = connect(listener)) {
            shouldEcho(second, 10);
            shouldHaveReportedOnce(thrown); // paused again
        }
    }

    @Test
    @DisplayName("a mapped file shrinks under a buffer that is to be queued: that connection ends, and no other")
    void shouldEndOneConnectionWhenTheBytesToWriteCannotBeCopied(@TempDir Path folder) throws Exception {
        List<Socket> others = openOthers();
        int size = 1 << 19;
        try (FileChannel file = FileChannel.open(folder.resolve("mapped"), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(size));
            for (boolean isOnLoop : new boolean[] {true, false}) {
                ByteBuffer mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, size);
                try (Socket client = connect(connection -> new Noting())) {
                    Connection connection = (Connection) nextCall();
                    file.truncate(0);
                    if (isOnLoop) {
                        connection.loop().execute(() -> {
                            fill(connection); // the next bytes are queued
                            connection.write(mapped);
                        });
                    } else {
                        connection.write(mapped);
                    }
                    assertThat(nextCall()).isInstanceOf(IOException.class).asString().contains("cannot be copied");
                    assertThat(connection.pendingBytes()).isZero();
                    drain(client);
                }
                file.write(ByteBuffer.allocate(size), 0);
            }
        }
        shouldServe(others);
    }
}
