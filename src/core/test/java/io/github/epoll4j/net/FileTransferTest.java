package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.fd.Splice;
import io.github.epoll4j.internal.gen.errno.errno_h;
import io.github.epoll4j.net.Sockets.Connected;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Transfers that do not pass through the process, and what a socket holds. */
@Timeout(60)
class FileTransferTest {
    private static final int SIZE = 1 << 20;

    private final byte[] content = new byte[SIZE];
    @TempDir
    private Path folder;
    private Connected pair;
    private OwnedFd file;

    @BeforeEach
    void open() throws IOException {
        new Random(3).nextBytes(content);
        Path path = Files.write(folder.resolve("file"), content);
        file = LibC.open(path.toString());
        pair = Sockets.tcp(loopback());
    }

    @AfterEach
    void close() {
        file.close();
        pair.close();
    }

    @Test
    void shouldSendAFileWhenTheSocketTakesParts() throws IOException {
        ByteBuffer received = ByteBuffer.allocate(SIZE);
        long offset = 0;
        while (received.hasRemaining()) {
            long sent = offset == SIZE ? 0 : pair.client().sendFile(file, offset, SIZE - offset);
            assertThat(sent).isNotNegative();
            offset += sent;
            await(pair.server(), EPOLLIN);
            assertThat(pair.server().read(received)).isPositive();
        }
        assertThat(offset).isEqualTo(SIZE);
        assertThat(Arrays.equals(received.array(), content)).as("byte for byte").isTrue();
    }

    @Test
    @DisplayName("sendFile: 0 when the socket is full, -1 at the end of the file")
    void shouldTellTheEndOfTheFileFromAFullSocketWhenNothingIsSent() throws IOException {
        assertThat(pair.client().sendFile(file, SIZE - 3, 10)).isEqualTo(3);
        assertThat(pair.client().sendFile(file, SIZE, 10)).isEqualTo(-1);
        assertThat(pair.client().sendFile(file, SIZE + 1L, 10)).isEqualTo(-1);
        assertThat(pair.client().sendFile(file, 0, 0)).isZero();
        long last;
        int calls = 0;
        do {
            last = pair.client().sendFile(file, 0, SIZE);
            calls++;
        } while (last > 0 && calls < 1000);
        assertThat(last).as("the socket is full").isZero();
    }

    @Test
    void shouldRefuseWhenAFileCannotBeSent() throws IOException {
        StreamSocket to = pair.client();
        assertThatIllegalArgumentException().isThrownBy(() -> to.sendFile(file, -1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> to.sendFile(file, 0, -1));
        try (Pipe pipe = Pipe.open(); OwnedFd reader = LibC.duplicateTo(pipe.readFd(), 0)) {
            assertErrno(errno_h.ESPIPE, () -> to.sendFile(reader, 0, 1));
        }
        try (FileFd writeOnly = FileFd.open(folder.resolve("file"), OpenFlags.O_WRONLY);
                FileFd directory = FileFd.open(folder, OpenFlags.O_RDONLY)) {
            assertErrno(Errno.EBADF, () -> to.sendFile(writeOnly, 0, 1));
            assertErrno(Errno.EINVAL, () -> to.sendFile(directory, 0, 1));
        }
        to.shutdownOutput();
        assertErrno(Errno.EPIPE, () -> to.sendFile(file, 0, 1));
        file.close();
        assertThatIllegalStateException().isThrownBy(() -> to.sendFile(file, 0, 1));
        to.close();
        assertThatIllegalStateException().isThrownBy(() -> to.sendFile(file, 0, 1));
    }

    @Test
    void shouldMoveBetweenSocketsWhenSplicedThroughAPipe() throws IOException {
        try (Connected other = Sockets.tcp(loopback());
                Pipe pipe = Pipe.open();
                OwnedFd reader = LibC.duplicateTo(pipe.readFd(), 0);
                OwnedFd writer = LibC.duplicateTo(pipe.writeFd(), 0)) {
            assertThat(Splice.splice(pair.server(), writer, 100)).as("would block").isZero();
            write(pair.client(), "through the pipe");
            await(pair.server(), EPOLLIN);
            assertThat(Splice.splice(pair.server(), writer, 100)).isEqualTo(16);
            assertThat(Splice.splice(reader, other.client(), 0)).isZero();
            assertThat(Splice.spliceMore(reader, other.client(), 8)).isEqualTo(8);
            assertThat(Splice.splice(reader, other.client(), 100)).isEqualTo(8);
            assertThat(Splice.splice(reader, other.client(), 100)).as("an empty pipe").isZero();
            StringBuilder received = new StringBuilder();
            while (received.length() < 16) {
                received.append(read(other.server()));
            }
            assertThat(received).hasToString("through the pipe");
            pair.client().shutdownOutput();
            await(pair.server(), EPOLLIN);
            assertThat(Splice.splice(pair.server(), writer, 100)).as("the end").isEqualTo(-1);
        }
    }

    @Test
    void shouldRefuseWhenItCannotBeSpliced() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            assertErrno(Errno.EBADF, () -> Splice.splice(pipe.writer(), pair.client(), 1));
            pipe.closeRead();
            assertErrno(Errno.EPIPE, () -> Splice.splice(file, pipe.writer(), 1));
        }
        assertErrno(Errno.EINVAL, () -> Splice.splice(pair.server(), pair.client(), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> Splice.splice(pair.server(), pair.client(), -1));
        pair.client().close();
        assertThatIllegalStateException().isThrownBy(() -> Splice.splice(pair.server(), pair.client(), 1));
        assertThatIllegalStateException().isThrownBy(() -> Splice.splice(pair.client(), pair.server(), 1));
    }

    @Test
    @DisplayName("MSG_MORE keeps a segment back until a write without it: both arrive together")
    void shouldKeepBytesBackWhenMoreFollows() throws IOException {
        assertThat(pair.client().writeMore(bytes("head"))).isEqualTo(4);
        assertThat(pair.client().writeMore(new ByteBuffer[] {bytes("er"), bytes(", ")}, 0, 2)).isEqualTo(4);
        assertThat(pair.client().writeMore(IoVectors.allocate(1).add(ByteBuffer.allocateDirect(1).put(0, (byte) '+'))))
                .isOne();
        assertThat(pair.client().unsent()).isEqualTo(9);
        write(pair.client(), "body");
        Eventually.await("13 bytes", () -> pair.server().available() == 13);
        assertThat(read(pair.server())).isEqualTo("header, +body");
        Eventually.await("acknowledged", () -> pair.client().unsent() == 0);
        assertThat(pair.server().available()).isZero();
    }

    @Test
    void shouldCountWhatThePeerDidNotReadWhenTheSocketIsUnix() throws IOException {
        try (Connected unix = Sockets.unix()) {
            write(unix.client(), "abc");
            assertThat(unix.server().available()).isEqualTo(3);
            assertThat(unix.client().unsent()).isGreaterThanOrEqualTo(3);
            read(unix.server());
            assertThat(unix.client().unsent()).isZero();
            unix.client().close();
            assertThatIllegalStateException().isThrownBy(unix.client()::available);
            assertThatIllegalStateException().isThrownBy(unix.client()::unsent);
        }
    }
}
