package io.github.epoll4j.reactor.testkit;

import io.github.epoll4j.net.LinuxSocketOptions;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.ListenerConfig;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.testing.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The connections of a reactor pass the contract: on TCP and Unix sockets, with every mechanism and trigger. */
class StreamConnectionContractTest {
    /** A contract whose connections are accepted by a reactor. */
    @Execution(ExecutionMode.CONCURRENT)
    private abstract static class StreamContract extends ConnectionContract {
        private final Mechanism mechanism;
        private final Trigger trigger;
        private final boolean isUnix;

        StreamContract(Mechanism mechanism, Trigger trigger, boolean isUnix) {
            this.mechanism = mechanism;
            this.trigger = trigger;
            this.isUnix = isUnix;
        }

        @Override
        protected ConnectionConfig config() {
            return ConnectionConfig.DEFAULT.withTrigger(trigger);
        }

        @Override
        protected boolean canReset() {
            return !isUnix && mechanism != Mechanism.SELECT; // select does not report a reset while nothing is read
        }

        @Override
        protected ConnectionPair open(ConnectionConfig config, Function<Connection, ConnectionHandler> handlerFactory)
                throws Exception {
            return new StreamPair(mechanism, isUnix, config, handlerFactory);
        }
    }

    /** A connection of a reactor with one loop, and a non-blocking channel of the JDK as its peer. */
    private static final class StreamPair implements ConnectionPair {
        private final List<Throwable> failures = new CopyOnWriteArrayList<>();
        private final Reactor reactor;
        private final Listener listener;
        private final SocketChannel channel;
        private final Path path;
        private final ByteBuffer buffer = ByteBuffer.allocate(256 << 10);
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private boolean isReceiving = true;
        private boolean isEndReceived;
        private boolean isResetReceived;

        StreamPair(Mechanism mechanism, boolean isUnix, ConnectionConfig config,
                Function<Connection, ConnectionHandler> handlerFactory) throws IOException {
            reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1).withMechanism(mechanism)
                    .withFailureHandler((loop, source, failure) -> failures.add(failure)));
            path = isUnix ? Files.createTempDirectory("contract").resolve("socket") : null;
            SocketAddress address = isUnix
                    ? UnixDomainSocketAddress.of(path) : new InetSocketAddress("127.0.0.1", 0);
            listener = reactor.listen(address, ListenerConfig.DEFAULT.withConnections(config)
                    .withOptions(LinuxSocketOptions.SO_SNDBUF.with(100_000)), handlerFactory);
            channel = SocketChannel.open(isUnix ? address : listener.localAddress());
            channel.configureBlocking(false);
        }

        @Override
        public void send(byte[] bytes) throws IOException {
            ByteBuffer data = ByteBuffer.wrap(bytes);
            Eventually.await("the connection takes " + bytes.length + " bytes", () -> {
                channel.write(data);
                receive();
                return !data.hasRemaining();
            });
        }

        @Override
        public void sendEnd() throws IOException {
            if (channel.isOpen() && !isResetReceived) {
                channel.shutdownOutput();
            }
        }

        @Override
        public void reset() throws IOException {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.close();
        }

        @Override
        public void stopReceiving() {
            isReceiving = false;
        }

        @Override
        public void receiveAgain() {
            isReceiving = true;
        }

        @Override
        public byte[] received() {
            receive();
            return received.toByteArray();
        }

        private void receive() {
            try {
                while (isReceiving && !isEndReceived && !isResetReceived && channel.isOpen()) {
                    int count = channel.read(buffer.clear());
                    isEndReceived = count < 0;
                    if (count <= 0) {
                        return;
                    }
                    received.write(buffer.array(), 0, count);
                }
            } catch (IOException e) {
                isResetReceived = true;
            }
        }

        @Override
        public boolean isEndReceived() {
            receive();
            return isEndReceived;
        }

        @Override
        public boolean isResetReceived() {
            receive();
            return isResetReceived;
        }

        @Override
        public void drain() {
            listener.drain();
        }

        @Override
        public void advance(Duration time) {
            // it passes by itself
        }

        @Override
        public void await(String description, BooleanSupplier condition) {
            Eventually.await(description, condition::getAsBoolean);
        }

        @Override
        public List<Throwable> failures() {
            return List.copyOf(failures);
        }

        @Override
        public void close() throws IOException {
            channel.close();
            reactor.close();
            if (path != null) {
                Files.deleteIfExists(path);
                Files.delete(path.getParent());
            }
        }
    }

    @Nested
    class EpollLevelTcp extends StreamContract {
        EpollLevelTcp() {
            super(Mechanism.EPOLL, Trigger.LEVEL, false);
        }
    }

    @Nested
    class EpollEdgeTcp extends StreamContract {
        EpollEdgeTcp() {
            super(Mechanism.EPOLL, Trigger.EDGE, false);
        }
    }

    @Nested
    class EpollOneShotTcp extends StreamContract {
        EpollOneShotTcp() {
            super(Mechanism.EPOLL, Trigger.ONESHOT, false);
        }
    }

    @Nested
    class PollLevelTcp extends StreamContract {
        PollLevelTcp() {
            super(Mechanism.POLL, Trigger.LEVEL, false);
        }
    }

    @Nested
    class PollOneShotTcp extends StreamContract {
        PollOneShotTcp() {
            super(Mechanism.POLL, Trigger.ONESHOT, false);
        }
    }

    @Nested
    class SelectLevelTcp extends StreamContract {
        SelectLevelTcp() {
            super(Mechanism.SELECT, Trigger.LEVEL, false);
        }
    }

    @Nested
    class SelectOneShotTcp extends StreamContract {
        SelectOneShotTcp() {
            super(Mechanism.SELECT, Trigger.ONESHOT, false);
        }
    }

    @Nested
    class EpollLevelUnix extends StreamContract {
        EpollLevelUnix() {
            super(Mechanism.EPOLL, Trigger.LEVEL, true);
        }
    }

    @Nested
    class EpollEdgeUnix extends StreamContract {
        EpollEdgeUnix() {
            super(Mechanism.EPOLL, Trigger.EDGE, true);
        }
    }

    @Nested
    class EpollOneShotUnix extends StreamContract {
        EpollOneShotUnix() {
            super(Mechanism.EPOLL, Trigger.ONESHOT, true);
        }
    }

    @Nested
    class PollLevelUnix extends StreamContract {
        PollLevelUnix() {
            super(Mechanism.POLL, Trigger.LEVEL, true);
        }
    }

    @Nested
    class SelectLevelUnix extends StreamContract {
        SelectLevelUnix() {
            super(Mechanism.SELECT, Trigger.LEVEL, true);
        }
    }
}
