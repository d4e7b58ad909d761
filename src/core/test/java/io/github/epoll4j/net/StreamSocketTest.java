package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.text;
import static io.github.epoll4j.net.Sockets.write;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.net.Sockets.Connected;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class StreamSocketTest {
    enum Kind {
        TCP, TCP6, UNIX
    }

    private final Kind kind;
    private Connected pair;
    private StreamSocket client;
    private StreamSocket server;

    StreamSocketTest(Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void open() throws IOException {
        if (kind == Kind.TCP6) {
            Sockets.assumeIpv6();
        }
        pair = switch (kind) {
            case TCP -> Sockets.tcp(Sockets.loopback());
            case TCP6 -> Sockets.tcp(Sockets.loopback6());
            case UNIX -> Sockets.unix();
        };
        client = pair.client();
        server = pair.server();
    }

    @AfterEach
    void close() {
        if (pair != null) {
            pair.close();
        }
    }

    @Test
    @DisplayName("bytes pass through every kind of buffer, whatever its position, limit and slice")
    void shouldMoveTheRemainingBytesWhenBuffersDiffer() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            roundTrip(ByteBuffer::allocate);
            roundTrip(ByteBuffer::allocateDirect);
            roundTrip(size -> ByteBuffer.allocate(size + 9).slice(5, size));
            roundTrip(size -> ByteBuffer.allocateDirect(size + 9).slice(5, size));
            roundTrip(size -> arena.allocate(size).asByteBuffer());
            roundTrip(size -> arena.allocate(size + 9).asSlice(3, size).asByteBuffer());
            roundTrip(size -> MemorySegment.ofArray(new byte[size + 9]).asSlice(3, size).asByteBuffer());
        }
    }

    private void roundTrip(IntFunction<ByteBuffer> allocate) throws IOException {
        ByteBuffer out = allocate.apply(32);
        out.put(0, "....the bytes....".getBytes(StandardCharsets.US_ASCII)).position(4).limit(13);
        assertThat(client.write(out)).isEqualTo(9);
        assertThat(out.position()).isEqualTo(13);
        out.position(4);
        assertThat(client.write(out.asReadOnlyBuffer())).as("a read-only buffer").isEqualTo(9);

        ByteBuffer in = allocate.apply(32).position(2).limit(20);
        await(server, EPOLLIN);
        assertThat(server.read(in)).isEqualTo(18);
        assertThat(in.position()).isEqualTo(20);
        assertThat(text(in.flip().position(2))).isEqualTo("the bytesthe bytes");
    }

    @Test
    void shouldMoveAPartWhenGivenASegment() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (MemorySegment memory : new MemorySegment[] {arena.allocate(16), MemorySegment.ofArray(new byte[16])}) {
                MemorySegment text = arena.allocateFrom("0123456789");
                assertThat(client.write(text, 3, 4)).isEqualTo(4);
                assertThat(client.write(text.asSlice(0, 2).asReadOnly())).isEqualTo(2);
                await(server, EPOLLIN);
                assertThat(server.read(memory, 1, 5)).isEqualTo(5);
                assertThat(server.read(memory)).isEqualTo(1);
                assertThat(new String(memory.asSlice(0, 6).toArray(JAVA_BYTE), StandardCharsets.US_ASCII))
                        .isEqualTo("134560");
            }
        }
    }

    @Test
    void shouldRefuseBeforeTheKernelWhenArgumentsAreWrong() {
        MemorySegment memory = MemorySegment.ofArray(new byte[8]);
        assertThatIllegalArgumentException().isThrownBy(() -> client.read(bytes("x").asReadOnlyBuffer()));
        assertThatIllegalArgumentException().isThrownBy(() -> client.read(memory.asReadOnly()));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> client.read(memory, 1, 8));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> client.write(memory, -1, 2));
        assertThatExceptionOfType(IndexOutOfBoundsException.class)
                .isThrownBy(() -> client.write(new ByteBuffer[2], 1, 2));
    }

    @Test
    void shouldRefuseWhenTheArenaIsClosed() {
        Arena arena = Arena.ofConfined();
        MemorySegment memory = arena.allocate(8);
        ByteBuffer buffer = memory.asByteBuffer();
        arena.close();
        assertThatIllegalStateException().isThrownBy(() -> client.write(memory));
        assertThatIllegalStateException().isThrownBy(() -> client.write(buffer));
        assertThatIllegalStateException().isThrownBy(() -> client.write(new ByteBuffer[] {buffer}, 0, 1));
        assertThatIllegalStateException().isThrownBy(() -> client.read(buffer));
    }

    @Test
    void shouldRefuseWhenTheArenaBelongsToAnotherThread() throws InterruptedException {
        MemorySegment[] others = new MemorySegment[1];
        Thread other = Thread.ofPlatform().start(() -> others[0] = Arena.ofConfined().allocate(8));
        other.join();
        MemorySegment memory = others[0];
        assertThatExceptionOfType(WrongThreadException.class).isThrownBy(() -> client.write(memory));
        assertThatExceptionOfType(WrongThreadException.class).isThrownBy(() -> client.write(memory.asByteBuffer()));
        assertThatExceptionOfType(WrongThreadException.class).isThrownBy(() -> client.read(memory.asByteBuffer()));
    }

    @Test
    void shouldAnswerZeroWhenNothingHasArrived() throws IOException {
        assertThat(server.read(ByteBuffer.allocate(8))).isZero();
        assertThat(server.read(ByteBuffer.allocateDirect(8))).isZero();
        assertThat(server.read(MemorySegment.ofArray(new byte[8]))).isZero();
        assertThat(server.get(LinuxSocketOptions.SO_ACCEPTCONN)).isFalse();
    }

    @Test
    @DisplayName("a buffer without room is neither an error nor the end of the stream")
    void shouldAnswerZeroWhenTheBufferIsEmpty() throws IOException {
        write(client, "x");
        await(server, EPOLLIN);
        ByteBuffer full = ByteBuffer.allocate(4).position(4);
        assertThat(server.read(full)).isZero();
        assertThat(server.read(MemorySegment.NULL)).isZero();
        client.shutdownOutput();
        assertThat(read(server)).isEqualTo("x");
        assertThat(server.read(full)).isZero();
        assertThat(server.write(full)).isZero();
        assertThat(server.write(MemorySegment.NULL)).isZero();
        assertThat(server.write(new ByteBuffer[] {full, full}, 0, 2)).isZero();
        assertThat(read(server)).isEqualTo("END");
    }

    @Test
    @DisplayName("a peek leaves the byte; what came before a reset is read first, then the error, then the end")
    void shouldPeekAtWhatIsNextWhenThePeerSendsAndResets() throws IOException {
        assertThat(server.peek()).isZero();
        write(client, "abc");
        write(server, "never read"); // which makes the peer's close a reset
        await(client, EPOLLIN);
        await(server, EPOLLIN);
        client.close();
        await(server, EPOLLHUP);

        assertThat(server.peek()).isOne();
        assertThat(server.peek()).isOne();
        assertThat(read(server)).isEqualTo("abc");
        assertErrno(Errno.ECONNRESET, server::peek);
        assertThat(server.peek()).as("the error is gone").isEqualTo(-1);
        assertThat(server.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    }

    @Test
    @DisplayName("half close: the peer reads what is left and the end, and can still answer")
    void shouldGoOnTheOtherWayWhenOneDirectionEnds() throws IOException {
        write(client, "question");
        client.shutdownOutput();

        assertThat(read(server)).isEqualTo("question");
        assertThat(read(server)).isEqualTo("END");
        write(server, "answer");
        assertThat(read(client)).isEqualTo("answer");
        server.shutdownOutput();
        assertThat(read(client)).isEqualTo("END");
        assertThat(client.read(ByteBuffer.allocateDirect(1))).as("again").isEqualTo(-1);
    }

    @Test
    void shouldReadTheEndWhenItsInputIsShutDown() throws IOException {
        write(client, "before");
        await(server, EPOLLIN);

        server.shutdownInput();

        assertThat(read(server)).isEqualTo("before");
        assertThat(read(server)).isEqualTo("END");
        write(server, "still writes");
        assertThat(read(client)).isEqualTo("still writes");
    }

    @Test
    @DisplayName("EPIPE is an exception, and no SIGPIPE ends the JVM")
    void shouldThrowEpipeWhenItsOutputIsShutDown() throws IOException {
        client.shutdownOutput();
        assertErrno(Errno.EPIPE, () -> client.write(bytes("x")));
        assertErrno(Errno.EPIPE, () -> client.write(MemorySegment.ofArray(new byte[1])));
        assertErrno(Errno.EPIPE, () -> client.write(new ByteBuffer[] {bytes("x"), bytes("y")}, 0, 2));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.write(ByteBuffer.allocateDirect(1)))
                .withMessage("send(fd=" + client.fd() + "): EPIPE (Broken pipe)");
    }

    @Test
    void shouldBeCloseOnExecAndNonBlockingWhenOpened() throws IOException {
        int wanted = unistd_h.O_CLOEXEC | unistd_h.O_NONBLOCK;
        assertThat(Fds.flags(client.fd()) & wanted).isEqualTo(wanted);
        assertThat(Fds.flags(server.fd()) & wanted).isEqualTo(wanted);
    }

    @Test
    void shouldRefuseEverythingWhenClosed() {
        int fd = client.fd();
        client.close();
        client.close();
        ByteBuffer buffer = ByteBuffer.allocate(1);
        assertThat(Fds.isOpen(fd)).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> client.read(buffer));
        assertThatIllegalStateException().isThrownBy(() -> client.read(MemorySegment.NULL));
        assertThatIllegalStateException().isThrownBy(client::peek);
        assertThatIllegalStateException().isThrownBy(() -> client.write(buffer));
        assertThatIllegalStateException().isThrownBy(() -> client.write(MemorySegment.NULL));
        assertThatIllegalStateException().isThrownBy(() -> client.write(new ByteBuffer[0], 0, 0));
        assertThatIllegalStateException().isThrownBy(client::shutdownInput);
        assertThatIllegalStateException().isThrownBy(client::shutdownOutput);
        assertThatIllegalStateException().isThrownBy(client::error);
        assertThatIllegalStateException().isThrownBy(() -> client.get(LinuxSocketOptions.SO_RCVBUF));
        assertThatIllegalStateException().isThrownBy(() -> client.set(LinuxSocketOptions.SO_RCVBUF, 1));
    }
}
