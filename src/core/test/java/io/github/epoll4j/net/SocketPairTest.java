package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.text;
import static io.github.epoll4j.net.Sockets.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketPairTest {
    private static SocketPair<UnixMessageSocket> messages(boolean sequenced) throws IOException {
        return sequenced ? SocketPair.openSequencedPacket() : SocketPair.openDatagram();
    }

    @Test
    void shouldCarryBytesBothWaysWhenAStream() throws IOException {
        long before = Fds.count();
        SocketPair<UnixStream> pair = SocketPair.open();
        try (pair) {
            write(pair.first(), "there");
            write(pair.second(), "back");
            assertThat(read(pair.second())).isEqualTo("there");
            assertThat(read(pair.first())).isEqualTo("back");
            assertThat(pair).hasToString("SocketPair[UnixStream[fd=" + pair.first().fd() + "], UnixStream[fd="
                    + pair.second().fd() + "]]");
            pair.first().close();
            assertThat(read(pair.second())).isEqualTo("END");
        }
        assertThat(Fds.count()).isEqualTo(before);
        assertThatIllegalStateException().isThrownBy(pair.second()::fd);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldKeepMessagesApartWhenNotAStream(boolean sequenced) throws IOException {
        try (SocketPair<UnixMessageSocket> pair = messages(sequenced)) {
            int wanted = unistd_h.O_CLOEXEC | unistd_h.O_NONBLOCK;
            assertThat(Fds.flags(pair.second().fd()) & wanted).isEqualTo(wanted);
            assertThat(pair.first().write(bytes("one"))).isEqualTo(3);
            assertThat(pair.first().write(ByteBuffer.allocateDirect(6).put(bytes("twenty")).flip())).isEqualTo(6);
            await(pair.second(), EPOLLIN);

            ByteBuffer buffer = ByteBuffer.allocate(8);
            assertThat(pair.second().read(buffer)).isEqualTo(3);
            assertThat(text(buffer.flip())).isEqualTo("one");
            ByteBuffer shorter = ByteBuffer.allocateDirect(3);
            assertThat(pair.second().read(shorter)).as("cut").isEqualTo(3);
            assertThat(text(shorter.flip())).isEqualTo("twe");
            assertThat(pair.second().read(buffer.clear())).as("nothing there").isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("a heap message of more than 64 KB is not split")
    void shouldSendItWholeWhenTheMessageIsLong(boolean sequenced) throws IOException {
        try (SocketPair<UnixMessageSocket> pair = messages(sequenced)) {
            ByteBuffer message = ByteBuffer.allocate(150_000);
            message.put(149_999, (byte) 42);
            assertThat(pair.first().write(message)).isEqualTo(150_000);
            ByteBuffer received = ByteBuffer.allocate(200_000);
            assertThat(pair.second().read(received)).isEqualTo(150_000);
            assertThat(received.get(149_999)).isEqualTo((byte) 42);
            assertErrno(Errno.EMSGSIZE, () -> pair.first().write(ByteBuffer.allocate(10_000_000)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldAnswerZeroWhenThePeerDoesNotRead(boolean sequenced) throws IOException {
        try (SocketPair<UnixMessageSocket> pair = messages(sequenced)) {
            ByteBuffer message = ByteBuffer.allocate(1000);
            int sent = 0;
            while (pair.first().write(message.clear()) > 0) {
                sent++;
            }
            assertThat(sent).isPositive();
            assertThat(message.position()).as("nothing taken").isZero();
        }
    }

    @Test
    @DisplayName("sequenced packets have an end; datagrams do not, and an empty one is a message")
    void shouldEndWhenSequencedPacketsAreClosed() throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(8);
        try (SocketPair<UnixMessageSocket> pair = SocketPair.openSequencedPacket()) {
            pair.first().write(bytes("last"));
            pair.first().close();
            assertThat(pair.second().read(buffer)).isEqualTo(4);
            assertThat(pair.second().read(buffer)).as("the end").isZero();
            assertErrno(Errno.EPIPE, () -> pair.second().write(bytes("x")));
        }
        try (SocketPair<UnixMessageSocket> pair = SocketPair.openDatagram()) {
            assertThat(pair.first().write(ByteBuffer.allocate(0))).isZero();
            pair.first().write(bytes("x"));
            await(pair.second(), EPOLLIN);
            assertThat(pair.second().read(buffer.clear())).as("the empty one").isZero();
            assertThat(pair.second().read(buffer)).isOne();
            pair.first().close();
            assertThat(pair.second().read(buffer)).as("no end").isEqualTo(-1);
            assertErrno(Errno.ECONNREFUSED, () -> pair.second().write(bytes("x")));
        }
    }

    @Test
    void shouldRefuseWhenClosedOrReadOnly() throws IOException {
        SocketPair<UnixMessageSocket> pair = SocketPair.openDatagram();
        assertThatIllegalArgumentException().isThrownBy(() -> pair.first().read(bytes("x").asReadOnlyBuffer()));
        pair.close();
        pair.close();
        assertThatIllegalStateException().isThrownBy(() -> pair.first().read(ByteBuffer.allocate(1)))
                .withMessage("UnixMessageSocket is closed");
        assertThatIllegalStateException().isThrownBy(() -> pair.second().write(ByteBuffer.allocate(1)));
    }
}
