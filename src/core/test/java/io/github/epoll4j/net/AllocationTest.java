package io.github.epoll4j.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.fd.Splice;
import io.github.epoll4j.net.Sockets.Connected;
import io.github.epoll4j.testing.Allocations;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
    void shouldAllocateNothingWhenVectorsAreMoved() throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open(); Arena arena = Arena.ofShared()) {
            ByteBuffer half = ByteBuffer.allocateDirect(SIZE / 2);
            MemorySegment other = Arena.ofAuto().allocate(SIZE / 2);
            ByteBuffer whole = arena.allocate(SIZE).asByteBuffer();
            IoVectors parts = IoVectors.allocate(2).add(half).add(other);
            assertThat(Allocations.perOperation(() -> {
                parts.clear().add(half).add(other);
                require((int) pair.first().write(parts));
                return require(pair.second().read(whole.clear()));
            })).isLessThan(0.1);
            assertThat(Allocations.perOperation(() -> {
                require(pair.first().writeMore(whole.clear()));
                parts.clear().add(half).add(other);
                return require((int) pair.second().read(parts));
            })).isLessThan(0.1);
        }
    }

    @Test
    void shouldAllocateNothingWhenALoopReadsIntoItsBuffer() throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
            ReadBuffer input = ReadBuffer.allocate(4 * SIZE);
            assertThat(Allocations.perOperation(() -> {
                require(pair.first().write(buffer.clear()));
                require(pair.second().read(input));
                input.buffer().position(1);
                require(pair.first().write(buffer.clear()));
                require(pair.second().read(input));
                input.clear();
                return pair.second().read(input) == 0 ? null : "not empty";
            })).isLessThan(0.1);
        }
    }

    @Test
    void shouldAllocateNothingWhenFilesAndPipesAreTheSource(@TempDir Path folder) throws Exception {
        Path path = Files.write(folder.resolve("file"), new byte[SIZE]);
        try (SocketPair<UnixStream> pair = SocketPair.open();
                OwnedFd file = LibC.open(path.toString());
                Pipe pipe = Pipe.open();
                OwnedFd reader = LibC.duplicateTo(pipe.readFd(), 0)) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
            assertThat(Allocations.perOperation(() -> {
                require((int) pair.first().sendFile(file, 0, SIZE));
                require(pair.second().available());
                require(pair.second().read(buffer.clear()));
                require(pipe.write(buffer.clear()));
                require((int) Splice.splice(reader, pair.first(), SIZE));
                require(pair.second().read(buffer.clear()));
                return require(SIZE + pair.first().unsent());
            })).isLessThan(0.1);
        }
    }

    @Test
    void shouldAllocateNothingWhenADatagramIsAnswered() throws Exception {
        try (UdpSocket server = UdpSocket.bind(new InetSocketAddress("0.0.0.0", 0));
                UdpSocket client = UdpSocket.bind(Sockets.loopback());
                Arena arena = Arena.ofShared()) {
            server.reportLocalAddresses(true);
            client.connect(new InetSocketAddress("127.0.0.2", server.localAddress().getPort()));
            DatagramInfo info = new DatagramInfo();
            List<Double> bytes = new ArrayList<>();
            for (ByteBuffer buffer : buffers(arena)) {
                bytes.add(Allocations.perOperation(() -> {
                    client.send(buffer.clear(), null, null, SIZE / 2);
                    require(2 * server.receive(buffer.clear(), info));
                    server.reply(buffer.flip(), info);
                    require(2 * client.read(buffer.clear()));
                    require(2 * server.receive(buffer.clear(), info));
                    server.send(buffer.flip(), info.sender(), info.localAddress(), 0);
                    return require(2 * client.read(buffer.clear()));
                }));
            }
            assertThat(bytes).allMatch(each -> each < 0.1);
        }
    }

    @Test
    void shouldAllocateNothingWhenManyDatagramsAreMoved() throws Exception {
        try (UdpSocket server = UdpSocket.bind(new InetSocketAddress("0.0.0.0", 0));
                UdpSocket client = UdpSocket.bind(Sockets.loopback())) {
            server.reportLocalAddresses(true);
            InetSocketAddress to = new InetSocketAddress("127.0.0.1", server.localAddress().getPort());
            DatagramArray in = DatagramArray.allocate(2, SIZE);
            DatagramArray out = DatagramArray.allocate(2, SIZE);
            ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE);
            assertThat(Allocations.perOperation(() -> {
                out.clear();
                out.add(buffer.clear(), to);
                out.add(buffer.clear(), to, null, 0);
                client.send(out);
                server.receive(in);
                out.clear();
                out.addReply(in.buffer(0), in, 0);
                out.add(in.buffer(1), in.sender(1), in.localAddress(1), 0);
                require(SIZE / 2 * server.send(out));
                return require(SIZE / 2 * client.receive(in));
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
