package io.github.epoll4j.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.Sockets.Connected;
import io.github.epoll4j.testing.Allocations;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Reads and writes allocate nothing once they are compiled, whatever kinds of buffers the JVM has seen. */
@Timeout(240)
class AllocationTest {
    private static final int SIZE = 64;

    private static List<ByteBuffer> buffers(Arena arena) {
        return List.of(ByteBuffer.allocateDirect(SIZE), ByteBuffer.allocate(SIZE), arena.allocate(SIZE).asByteBuffer(),
                ByteBuffer.allocateDirect(2 * SIZE).slice(8, SIZE), Arena.global().allocate(SIZE).asByteBuffer());
    }

    @Test
    @DisplayName("0 bytes for a write and a read of a stream, a pipe and a message socket, with buffers of five kinds")
    void shouldAllocateNothingWhenBuffersAreMoved() throws Exception {
        try (Arena arena = Arena.ofShared();
                Connected tcp = Sockets.tcp(Sockets.loopback());
                Pipe pipe = Pipe.open();
                SocketPair<UnixMessageSocket> messages = SocketPair.openDatagram()) {
            List<Double> bytes = new ArrayList<>();
            for (ByteBuffer buffer : buffers(arena)) {
                bytes.add(Allocations.perOperation(() -> roundTrip(tcp, buffer)));
                bytes.add(Allocations.perOperation(() -> {
                    require(pipe.write(buffer.clear()));
                    return require(pipe.read(buffer.clear()));
                }));
                bytes.add(Allocations.perOperation(() -> {
                    require(messages.first().write(buffer.clear()));
                    return require(messages.second().read(buffer.clear()));
                }));
            }
            assertThat(bytes).allMatch(each -> each < 0.1);
        }
    }

    private static Object roundTrip(Connected pair, ByteBuffer buffer) throws IOException {
        require(pair.client().write(buffer.clear()));
        buffer.clear();
        while (buffer.hasRemaining()) {
            pair.server().read(buffer);
        }
        return null;
    }

    @Test
    void shouldAllocateNothingWhenSegmentsAreMoved() throws Exception {
        try (Arena arena = Arena.ofShared(); Pipe pipe = Pipe.open(); SocketPair<UnixStream> pair = SocketPair.open()) {
            List<Double> bytes = new ArrayList<>();
            for (MemorySegment memory : List.of(arena.allocate(SIZE), MemorySegment.ofArray(new byte[SIZE]))) {
                bytes.add(Allocations.perOperation(() -> {
                    require((int) pair.first().write(memory, 0, SIZE));
                    return require((int) pair.second().read(memory, 0, SIZE));
                }));
                bytes.add(Allocations.perOperation(() -> {
                    require((int) pipe.write(memory));
                    return require((int) pipe.read(memory));
                }));
            }
            assertThat(bytes).allMatch(each -> each < 0.1);
        }
    }

    @Test
    void shouldAllocateNothingWhenGathering() throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            ByteBuffer[] parts = {ByteBuffer.allocateDirect(SIZE / 2), ByteBuffer.allocate(SIZE / 2)};
            ByteBuffer whole = ByteBuffer.allocateDirect(SIZE);
            assertThat(Allocations.perOperation(() -> {
                parts[0].clear();
                parts[1].clear();
                require((int) pair.first().write(parts, 0, 2));
                return require(pair.second().read(whole.clear()));
            })).isLessThan(0.1);
        }
    }

    @Test
    void shouldAllocateNothingWhenADatagramIsSentToAnIpv4Address() throws Exception {
        try (UdpSocket receiver = UdpSocket.bind(Sockets.loopback());
                UdpSocket sender = UdpSocket.bind(Sockets.loopback())) {
            InetSocketAddress to = receiver.localAddress();
            ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
            assertThat(Allocations.perOperation(() -> {
                sender.send(buffer.clear(), to);
                return receiver.read(buffer.clear()) == SIZE ? null : "lost";
            })).isLessThan(0.1);
        }
    }

    @Test
    void shouldAllocateNothingWhenADatagramOfTheSameIpv4SenderIsReceived() throws Exception {
        try (UdpSocket receiver = UdpSocket.bind(Sockets.loopback());
                UdpSocket sender = UdpSocket.bind(Sockets.loopback());
                Arena arena = Arena.ofShared()) {
            sender.connect(receiver.localAddress());
            InetSocketAddress from = sender.localAddress();
            List<Double> bytes = new ArrayList<>();
            for (ByteBuffer buffer : buffers(arena)) {
                bytes.add(Allocations.perOperation(() -> {
                    require(sender.write(buffer.clear()));
                    return receiver.receive(buffer.clear()).equals(from) ? null : "from somebody else";
                }));
            }
            assertThat(bytes).allMatch(each -> each < 0.1);
        }
    }

    @Test
    void shouldAllocateNothingWhenASmallMessageIsReadIntoALargeHeapBuffer() throws Exception {
        try (UdpSocket receiver = UdpSocket.bind(Sockets.loopback());
                UdpSocket sender = UdpSocket.bind(Sockets.loopback());
                SocketPair<UnixMessageSocket> pair = SocketPair.openDatagram()) {
            sender.connect(receiver.localAddress());
            ByteBuffer small = ByteBuffer.allocate(SIZE);
            ByteBuffer large = ByteBuffer.allocate(1 << 20);
            assertThat(Allocations.perOperation(() -> {
                require(sender.write(small.clear()));
                return receiver.read(large.clear()) == SIZE ? null : "lost";
            })).isLessThan(0.1);
            assertThat(Allocations.perOperation(() -> {
                require(pair.first().write(small.clear()));
                return require(pair.second().read(large.clear()));
            })).isLessThan(0.1);
        }
    }

    @Test
    void shouldAllocateNothingWhenNobodyWaitsToBeAccepted() throws Exception {
        try (TcpListener listener = TcpListener.bind(Sockets.loopback())) {
            assertThat(Allocations.perOperation(listener::accept)).isLessThan(0.1);
        }
    }

    private static Object require(int moved) {
        if (moved != SIZE) {
            throw new AssertionError("moved " + moved);
        }
        return null;
    }
}
