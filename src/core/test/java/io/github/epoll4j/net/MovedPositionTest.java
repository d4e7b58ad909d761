package io.github.epoll4j.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Another thread moves the position of a direct buffer during calls. That is a mistake; but the kernel must not touch
 * what lies around the buffer.
 */
@Timeout(60)
@DisplayName("a position that moves during a call does not lead outside the buffer")
class MovedPositionTest {
    private static final int SIZE = 4096;
    private static final int CALLS = 30_000;
    private static final byte GUARD = 0x5a;
    private static final byte DATA = 0x11;

    /** A page of data between two pages of guard bytes. */
    private final ByteBuffer memory = ByteBuffer.allocateDirect(3 * SIZE);
    private final ByteBuffer raced = memory.slice(SIZE, SIZE);
    private final ByteBuffer peer = ByteBuffer.allocateDirect(3 * SIZE);
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread mover = new Thread(() -> {
        while (!stopped.get()) {
            raced.position(SIZE);
            if (!stopped.get()) {
                raced.position(0);
            }
        }
    });

    private interface Call {
        void run() throws IOException;
    }

    @BeforeEach
    void fill() {
        for (int i = 0; i < memory.capacity(); i++) {
            memory.put(i, i / SIZE == 1 ? DATA : GUARD);
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        stopped.set(true);
        mover.join();
    }

    private void race(Call call) throws IOException {
        mover.start();
        for (int i = 0; i < CALLS; i++) {
            call.run();
        }
    }

    private static byte[] filled(byte value) {
        byte[] bytes = new byte[SIZE];
        Arrays.fill(bytes, value);
        return bytes;
    }

    private void assertGuardsUntouched() {
        byte[] guard = new byte[SIZE];
        memory.get(0, guard);
        assertThat(guard).isEqualTo(filled(GUARD));
        memory.get(2 * SIZE, guard);
        assertThat(guard).isEqualTo(filled(GUARD));
    }

    /** Reads what has been written until nothing is left, and looks for bytes that are not of the buffer. */
    private void assertOnlyData(UnixStream from) throws IOException {
        while (from.read(peer.clear()) > 0) {
            assertOnlyData();
        }
    }

    private void assertOnlyData() {
        peer.flip();
        while (peer.hasRemaining()) {
            byte value = peer.get();
            if (value != DATA) {
                throw new AssertionError("sent a byte from outside: " + value);
            }
        }
    }

    @Test
    void shouldWriteNoGuardByteWhenAStreamIsRead() throws IOException {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            peer.put(filled(DATA));
            race(() -> {
                pair.first().write(peer.position(0).limit(SIZE));
                pair.second().read(raced);
            });
            assertGuardsUntouched();
        }
    }

    @Test
    void shouldWriteNoGuardByteWhenAMessageIsReceived() throws IOException {
        try (SocketPair<UnixMessageSocket> pair = SocketPair.openDatagram()) {
            peer.put(filled(DATA));
            race(() -> {
                pair.first().write(peer.position(0).limit(SIZE));
                pair.second().read(raced);
            });
            assertGuardsUntouched();
        }
    }

    @Test
    void shouldSendNoGuardByteWhenAStreamIsWritten() throws IOException {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            race(() -> {
                pair.first().write(raced);
                assertOnlyData(pair.second());
            });
        }
    }

    @Test
    void shouldSendNoGuardByteWhenAMessageIsSent() throws IOException {
        try (SocketPair<UnixMessageSocket> pair = SocketPair.openDatagram()) {
            race(() -> {
                pair.first().write(raced);
                pair.second().read(peer.clear());
                assertOnlyData();
            });
        }
    }

    @Test
    void shouldSendNoGuardByteWhenGathering() throws IOException {
        ByteBuffer[] buffers = {raced, raced};
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            race(() -> {
                pair.first().write(buffers, 0, 2);
                assertOnlyData(pair.second());
            });
        }
    }

    @Test
    void shouldWriteNoGuardByteWhenADatagramIsReceivedWithItsFacts() throws IOException {
        DatagramInfo info = new DatagramInfo();
        try (UdpSocket socket = UdpSocket.bind(Sockets.loopback())) {
            socket.connect(socket.localAddress());
            peer.put(filled(DATA));
            race(() -> {
                socket.write(peer.position(0).limit(SIZE));
                socket.receive(raced, info);
            });
            assertGuardsUntouched();
        }
    }

    @Test
    void shouldSendNoGuardByteWhenADatagramHasASource() throws IOException {
        try (UdpSocket socket = UdpSocket.bind(Sockets.loopback())) {
            socket.connect(socket.localAddress());
            race(() -> {
                socket.send(raced, null, Sockets.loopback().getAddress(), 0);
                socket.read(peer.clear());
                assertOnlyData();
            });
        }
    }

    @Test
    void shouldSendNoGuardByteWhenAVectorIsFilled() throws IOException {
        IoVectors parts = IoVectors.allocate(1);
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            race(() -> {
                pair.first().write(parts.clear().add(raced));
                assertOnlyData(pair.second());
            });
        }
    }

    @Test
    void shouldWriteNoGuardByteWhenAReadBufferMoves() throws Exception {
        ReadBuffer input = ReadBuffer.allocate(SIZE);
        Thread inputMover = new Thread(() -> {
            while (!stopped.get()) {
                input.buffer().limit(SIZE).position(SIZE);
                input.buffer().position(0).limit(1);
            }
        });
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            inputMover.start();
            race(() -> {
                pair.first().write(peer.clear());
                try {
                    assertThat(pair.second().read(input)).isBetween(0, SIZE);
                } catch (IllegalArgumentException | IllegalStateException | IndexOutOfBoundsException e) {
                    input.toString(); // an exception is the price of misuse
                }
            });
        }
        stopped.set(true);
        inputMover.join();
    }
}
