package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IoVectorsTest {
    private static final long RACED_BYTES = 16L << 20;

    private SocketPair<UnixStream> pair;

    @BeforeEach
    void open() throws IOException {
        pair = SocketPair.open();
    }

    @AfterEach
    void close() {
        pair.close();
    }

    private static ByteBuffer direct(String text) {
        return ByteBuffer.allocateDirect(text.length()).put(bytes(text)).flip();
    }

    private static MemorySegment segment(String text) {
        return Arena.ofAuto().allocate(text.length()).copyFrom(MemorySegment.ofBuffer(bytes(text)));
    }

    @Test
    void shouldWriteInOrderWhenSeveralPartsAreGathered() throws IOException {
        ByteBuffer part = direct("xcdx").position(1).limit(3);
        IoVectors parts = IoVectors.allocate(5).add(segment("ab")).add(part).add(MemorySegment.NULL)
                .add(direct("ef")).add(Arena.global().allocate(1).fill((byte) 'g'));

        assertThat(parts.remaining()).isEqualTo(7);
        assertThat(pair.first().write(parts)).isEqualTo(7);
        assertThat(parts.hasRemaining()).isFalse();
        assertThat(part.position()).as("does not move").isOne();
        assertThat(read(pair.second())).isEqualTo("abcdefg");
        assertThat(pair.first().write(parts)).as("nothing is remaining").isZero();

        assertThat(pair.first().writeMore(parts.clear().add(direct("again")))).isEqualTo(5);
        assertThat(read(pair.second())).isEqualTo("again");
    }

    @Test
    void shouldFillInOrderWhenAReadScatters() throws IOException {
        MemorySegment header = Arena.ofAuto().allocate(2);
        ByteBuffer body = ByteBuffer.allocateDirect(8);
        IoVectors parts = IoVectors.allocate(2).add(header).add(body);
        assertThat(pair.second().read(parts)).as("would block").isZero();
        write(pair.first(), "abc");
        assertThat(pair.second().read(parts)).isEqualTo(3);
        write(pair.first(), "d");
        assertThat(pair.second().read(parts)).isOne();

        assertThat(header.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)).containsExactly('a', 'b');
        assertThat(body.get(0)).isEqualTo((byte) 'c');
        assertThat(body.get(1)).isEqualTo((byte) 'd');
        assertThat(parts.remaining()).isEqualTo(6);
        pair.first().close();
        assertThat(pair.second().read(parts)).isEqualTo(-1);
        assertThat(pair.second().read(parts.clear())).as("no space is not the end").isZero();
    }

    @Test
    @DisplayName("one call passes 1024 parts; the next one goes on from there")
    void shouldGoOnWhenThereAreMoreThanTheKernelTakes() throws IOException {
        IoVectors parts = IoVectors.allocate(2500);
        ByteBuffer one = direct("x");
        for (int i = 0; i < parts.capacity(); i++) {
            parts.add(one);
        }
        assertThat(pair.first().write(parts)).isEqualTo(1024);
        assertThat(pair.first().write(parts)).isEqualTo(1024);
        assertThat(pair.first().write(parts)).isEqualTo(2500 - 2048);
        assertThat(parts.hasRemaining()).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> parts.add(one));
    }

    @Test
    void shouldLoseNothingWhenTheSocketTakesOnlyAPart() throws IOException {
        Random random = new Random(11);
        byte[] all = new byte[1 << 20];
        random.nextBytes(all);
        IoVectors parts = IoVectors.allocate(all.length);
        for (int at = 0; at < all.length; ) {
            int size = Math.min(random.nextInt(150_000), all.length - at);
            parts.add(ByteBuffer.allocateDirect(size).put(all, at, size).flip());
            at += size;
        }
        ByteBuffer received = ByteBuffer.allocate(all.length);
        while (received.hasRemaining()) {
            pair.first().write(parts);
            await(pair.second(), EPOLLIN);
            assertThat(pair.second().read(received)).isPositive();
        }
        assertThat(parts.remaining()).isZero();
        assertThat(Arrays.equals(received.array(), all)).as("byte for byte").isTrue();
    }

    @Test
    void shouldRefuseWhenMemoryCannotBePassed() {
        IoVectors parts = IoVectors.allocate(4);
        assertThatIllegalArgumentException().isThrownBy(() -> parts.add(MemorySegment.ofArray(new byte[1])));
        assertThatIllegalArgumentException().isThrownBy(() -> parts.add(ByteBuffer.allocate(1)));
        try (Arena shared = Arena.ofShared(); Arena confined = Arena.ofConfined()) {
            for (Arena arena : new Arena[] {shared, confined}) {
                assertThatIllegalArgumentException().isThrownBy(() -> parts.add(arena.allocate(1)));
                assertThatIllegalArgumentException().isThrownBy(() -> parts.add(arena.allocate(1).asByteBuffer()));
            }
        }
        assertThat(parts.size()).isZero();
        parts.add(direct("a").asReadOnlyBuffer());
        assertThatIllegalArgumentException().isThrownBy(() -> pair.first().read(parts)).withMessageContaining("read");
        assertThatIllegalArgumentException().isThrownBy(() -> IoVectors.allocate(0));
    }

    @Test
    void shouldSendOneDatagramWhenASocketOfDatagramsGathers() throws IOException {
        try (UdpSocket receiver = UdpSocket.bind(loopback()); UdpSocket sender = UdpSocket.bind(loopback())) {
            sender.connect(receiver.localAddress());
            IoVectors parts = IoVectors.allocate(1100).add(direct("head")).add(direct("body"));
            assertThat(receiver.read(parts)).as("none").isEqualTo(-1);
            assertThat(sender.write(parts)).isEqualTo(8);
            await(receiver, EPOLLIN);
            ByteBuffer first = ByteBuffer.allocateDirect(3);
            ByteBuffer second = ByteBuffer.allocateDirect(9);
            assertThat(receiver.read(parts.clear().add(first).add(second))).isEqualTo(8);
            assertThat(first.get(2)).isEqualTo((byte) 'a');
            assertThat(second.get(0)).isEqualTo((byte) 'd');
            assertThat(sender.write(parts.clear())).as("an empty datagram").isZero();
            await(receiver, EPOLLIN);
            assertThat(receiver.read(parts)).isZero();
            for (int i = 0; i < 1025; i++) {
                parts.add(first);
            }
            assertThatIllegalArgumentException().isThrownBy(() -> sender.write(parts));
        }
    }

    @Test
    @DisplayName("two threads that use one array get an exception at worst, and no byte from outside is sent")
    void shouldSendNoForeignByteWhenTwoThreadsUseIt() throws Exception {
        ByteBuffer memory = ByteBuffer.allocateDirect(3 * 4096);
        for (int i = 0; i < memory.capacity(); i++) {
            memory.put(i, (byte) (i / 4096));
        }
        IoVectors parts = IoVectors.allocate(1);
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicReference<Exception> failure = new AtomicReference<>();
        Thread one = Thread.ofPlatform().start(() -> use(parts, memory.slice(4096, 4096), stopped, failure));
        Thread two = Thread.ofPlatform().start(() -> use(parts, memory.slice(8000, 192), stopped, failure));
        ByteBuffer received = ByteBuffer.allocate(1 << 16);
        for (long total = 0; total < RACED_BYTES; total += received.position()) {
            pair.second().read(received.clear());
            for (int at = 0; at < received.position(); at++) {
                if (received.get(at) != 1) {
                    stopped.set(true);
                    throw new AssertionError("sent a byte from outside: " + received.get(at));
                }
            }
        }
        stopped.set(true);
        one.join();
        two.join();
        assertThat(failure.get()).isNull();
    }

    private void use(IoVectors parts, ByteBuffer part, AtomicBoolean stopped, AtomicReference<Exception> failure) {
        while (!stopped.get()) {
            try {
                parts.clear().add(part);
                pair.first().write(parts);
            } catch (IllegalStateException e) {
                Thread.onSpinWait();
            } catch (IOException | RuntimeException e) {
                failure.set(e);
            }
        }
    }
}
