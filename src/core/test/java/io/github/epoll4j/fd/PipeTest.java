package io.github.epoll4j.fd;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.internal.gen.errno.errno_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.IntFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PipeTest {
    private Pipe pipe;

    @BeforeEach
    void open() throws IOException {
        pipe = Pipe.open();
    }

    @AfterEach
    void close() {
        pipe.close();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void shouldMoveTheRemainingBytesWhenBuffersDiffer() throws IOException {
        try (Arena arena = Arena.ofShared()) {
            roundTrip(ByteBuffer::allocate);
            roundTrip(ByteBuffer::allocateDirect);
            roundTrip(size -> ByteBuffer.allocateDirect(size + 4).slice(3, size));
            roundTrip(size -> arena.allocate(size).asByteBuffer());
        }
    }

    private void roundTrip(IntFunction<ByteBuffer> allocate) throws IOException {
        ByteBuffer out = allocate.apply(8).put(0, ascii("..text..")).position(2).limit(6);
        assertThat(pipe.write(out.asReadOnlyBuffer())).isEqualTo(4);
        assertThat(pipe.write(out)).isEqualTo(4);
        assertThat(out.position()).isEqualTo(6);
        ByteBuffer in = allocate.apply(16).position(1);
        assertThat(pipe.read(in)).isEqualTo(8);
        byte[] got = new byte[8];
        in.flip().position(1).get(got);
        assertThat(got).isEqualTo(ascii("texttext"));
    }

    @Test
    void shouldMoveAPartWhenGivenASegment() throws IOException {
        MemorySegment heap = MemorySegment.ofArray(ascii("0123456789"));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(4);
            assertThat(pipe.write(heap, 2, 3)).isEqualTo(3);
            assertThat(pipe.read(memory, 1, 3)).isEqualTo(3);
            assertThat(memory.toArray(JAVA_BYTE)).isEqualTo(ascii("\000234"));
            assertThat(pipe.write(memory)).isEqualTo(4);
            assertThat(pipe.read(heap)).isEqualTo(4);
            assertThat(heap.toArray(JAVA_BYTE)).isEqualTo(ascii("\000234456789"));
        }
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> pipe.write(heap, 8, 3));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> pipe.read(heap, -1, 3));
        assertThatIllegalArgumentException().isThrownBy(() -> pipe.read(heap.asReadOnly()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pipe.read(ByteBuffer.allocate(1).asReadOnlyBuffer()));
    }

    @Test
    @DisplayName("empty, it would block; at the end it is -1; an empty buffer is neither")
    void shouldTellEmptyFromTheEndWhenRead() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4);
        assertThat(pipe.read(buffer)).isZero();
        pipe.write(ByteBuffer.wrap(new byte[3]));
        pipe.closeWrite();

        assertThat(pipe.read(ByteBuffer.allocate(0))).isZero();
        assertThat(pipe.read(buffer)).isEqualTo(3);
        assertThat(pipe.read(MemorySegment.NULL)).isZero();
        assertThat(pipe.read(buffer)).isEqualTo(-1);
        assertThat(pipe.writer().isOpen()).isFalse();
        assertThat(pipe.reader().isOpen()).isTrue();
    }

    @Test
    @DisplayName("EPIPE is an exception, and the JVM outlives the SIGPIPE")
    void shouldThrowEpipeWhenNobodyReads() throws IOException {
        pipe.closeRead();
        for (ByteBuffer bytes : new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocateDirect(1)}) {
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> pipe.write(bytes))
                    .returns(Errno.EPIPE, ErrnoException::errno)
                    .withMessage("write(fd=" + pipe.writeFd() + "): EPIPE (Broken pipe)");
        }
        assertThat(pipe.reader().isOpen()).isFalse();
        assertThat(pipe.writer().isOpen()).isTrue();
    }

    @Test
    void shouldTakeItsCapacityAndThenWouldBlock() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(300_000);
        new Random(1).nextBytes(bytes.array());
        int written = 0;
        for (int count; (count = pipe.write(bytes)) > 0; ) {
            written += count;
        }
        assertThat(written).isEqualTo(pipe.capacity()).isEqualTo(bytes.position());
        ByteBuffer received = ByteBuffer.allocateDirect(300_000);
        while (pipe.read(received) > 0) {
            assertThat(received.position()).isPositive();
        }
        assertThat(received.flip()).isEqualTo(bytes.flip());
    }

    @Test
    @DisplayName("C66, C67: the write end is in error without a reader, the read end hangs up without a writer")
    void shouldReportTheOtherEndWhenItIsClosed() throws IOException {
        try (Pipe other = Pipe.open();
                EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(2)) {
            epoll.add(pipe.readFd(), EPOLLIN, 1);
            epoll.add(other.writeFd(), EPOLLOUT, 2);
            pipe.closeWrite();
            other.closeRead();

            assertThat(epoll.await(events)).isEqualTo(2);
            assertThat(events).containsExactlyInAnyOrder(
                    new EpollEvent(EPOLLHUP, 1), new EpollEvent(EPOLLOUT | EPOLLERR, 2));
        }
    }

    @Test
    @DisplayName("each end is an owner: it can be duplicated, and closed on its own")
    void shouldMoveBytesWhenTheEndsAreUsedOnTheirOwn() throws IOException {
        PipeWriter writer = pipe.writer();
        MemorySegment memory = MemorySegment.ofArray(ascii("abcdef"));
        assertThat(writer.write(memory)).isEqualTo(6);
        assertThat(writer.write(memory, 1, 2)).isEqualTo(2);
        writer.close();

        assertThat(pipe.reader().read(memory, 0, 1)).isOne();
        assertThat(pipe.reader().read(ByteBuffer.allocate(9))).isEqualTo(7);
        assertThat(pipe.reader().read(memory)).isEqualTo(-1);
        assertThat(pipe.reader().isOpen()).isTrue();
        assertThatIllegalStateException().isThrownBy(pipe::writeFd).withMessage("PipeWriter is closed");
    }

    @Test
    @DisplayName("fcntl(2) F_SETPIPE_SZ: rounded up to pages; EINVAL for nothing, EBUSY for less than is in the pipe")
    void shouldChangeTheCapacityWhenAsked() throws IOException {
        assertThat(pipe.capacity()).isEqualTo(pipe.reader().capacity());

        assertThat(pipe.reader().capacity(10_000)).isEqualTo(16_384).isEqualTo(pipe.capacity());

        pipe.write(ByteBuffer.allocate(16_384));
        assertErrno(errno_h.EBUSY, () -> pipe.writer().capacity(4096));
        assertErrno(Errno.EINVAL, () -> pipe.writer().capacity(-1));
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> pipe.writer().capacity(1 << 30))
                .matches(e -> e.errno() == Errno.EPERM || e.errno() == Errno.ENOMEM, "EPERM, and ENOMEM for root");
    }

    private static void assertErrno(int errno, ThrowingCallable call) {
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(call).returns(errno, ErrnoException::errno);
    }

    @Test
    void shouldBeCloseOnExecAndNonBlockingUntilClosed() throws IOException {
        int wanted = unistd_h.O_CLOEXEC | unistd_h.O_NONBLOCK;
        int readFd = pipe.readFd();
        int writeFd = pipe.writeFd();
        assertThat(Fds.flags(readFd) & wanted).isEqualTo(wanted);
        assertThat(Fds.flags(writeFd) & wanted).isEqualTo(wanted);
        assertThat(pipe).hasToString("Pipe[PipeReader[fd=" + readFd + "], PipeWriter[fd=" + writeFd + "]]");

        pipe.close();
        pipe.close();

        assertThat(Fds.isOpen(readFd) || Fds.isOpen(writeFd)).isFalse();
        ByteBuffer buffer = ByteBuffer.allocate(1);
        assertThatIllegalStateException().isThrownBy(() -> pipe.read(buffer))
                .withMessage("PipeReader is closed");
        assertThatIllegalStateException().isThrownBy(() -> pipe.write(buffer))
                .withMessage("PipeWriter is closed");
        assertThatIllegalStateException().isThrownBy(() -> pipe.read(MemorySegment.NULL));
        assertThatIllegalStateException().isThrownBy(() -> pipe.write(MemorySegment.NULL));
        assertThatIllegalStateException().isThrownBy(pipe::readFd);
        assertThatIllegalStateException().isThrownBy(pipe::writeFd);
        assertThatIllegalStateException().isThrownBy(pipe::capacity);
    }
}
