package io.github.epoll4j.net;

import static io.github.epoll4j.net.Sockets.assertErrno;
import static io.github.epoll4j.net.Sockets.bytes;
import static io.github.epoll4j.net.Sockets.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Descriptors that are passed over Unix sockets. */
@Timeout(60)
class PassedFdsTest {
    private final ByteBuffer buffer = ByteBuffer.allocate(16);
    private SocketPair<UnixStream> pair;
    private EventFd counter;

    @BeforeEach
    void open() throws IOException {
        pair = SocketPair.open();
        counter = EventFd.open(0);
    }

    @AfterEach
    void close() {
        counter.close();
        pair.close();
    }

    /** Writes a number to a received eventfd, reads it from the sent one, and closes the received one. */
    private void assertIsCounter(OwnedFd received) throws IOException {
        assertThat(received.fd()).isNotEqualTo(counter.fd());
        assertThat(Fds.flags(received.fd()) & unistd_h.O_CLOEXEC).isEqualTo(unistd_h.O_CLOEXEC);
        try (received) {
            assertThat(LibC.call("eventfd_write", received.fd(), 7L)).isZero();
        }
        assertThat(counter.read()).isEqualTo(7);
    }

    @Test
    void shouldReceiveTheSameFilesWhenAStreamPassesThem() throws IOException {
        FileFd[] fds = new FileFd[3];
        assertThat(pair.second().receive(buffer, fds)).as("would block").isZero();
        pair.first().write(bytes("before"));
        assertThat(pair.first().send(bytes("with"), counter, pair.first(), counter)).isEqualTo(4);
        pair.first().write(bytes("after"));

        assertThat(pair.second().receive(buffer, fds)).as("no further than their bytes").isEqualTo(10);
        assertThat(text(buffer.flip())).isEqualTo("beforewith");
        assertIsCounter(fds[0]);
        assertThat(Fds.target(fds[1].fd())).isEqualTo(Fds.target(pair.first().fd()));
        fds[1].close();
        assertIsCounter(fds[2]);
        assertThat(pair.second().receive(buffer.clear(), fds)).isEqualTo(5);
        assertThat(fds).containsOnlyNulls();
        pair.first().close();
        assertThat(pair.second().receive(buffer.clear(), fds)).isEqualTo(-1);
        assertThat(pair.second().receive(buffer.limit(0), fds)).isZero();
    }

    @Test
    @DisplayName("a pidfd of the sender, which SO_PASSPIDFD asks for, is closed (Linux 6.5)")
    void shouldCloseThePidfdWhenTheSocketAskedForIt() throws IOException {
        try {
            pair.second().set(LinuxSocketOption.ofBoolean("SO_PASSPIDFD", socket_h.SOL_SOCKET, 76), true);
        } catch (ErrnoException e) {
            assumeTrue(e.errno() != Errno.ENOPROTOOPT, "no SO_PASSPIDFD before Linux 6.5");
            throw e;
        }
        FileFd[] fds = new FileFd[1];
        long before = Fds.count();
        for (int i = 0; i < 10; i++) {
            pair.first().send(bytes("x"), counter);
            assertThat(pair.second().receive(buffer.clear(), fds)).isOne();
            assertIsCounter(fds[0]);
        }
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    void shouldReceiveTheSameFilesWhenMessagesPassThem() throws IOException {
        for (SocketPair<UnixMessageSocket> each : List.of(SocketPair.openDatagram(),
                SocketPair.openSequencedPacket())) {
            try (each) {
                FileFd[] fds = new FileFd[2];
                assertThat(each.second().receive(buffer.clear(), fds)).as("none").isEqualTo(-1);
                assertThat(each.first().send(bytes("one"), counter)).isTrue();
                assertThat(each.first().send(ByteBuffer.allocateDirect(0), counter)).isTrue();
                assertThat(each.second().receive(buffer.clear(), fds)).isEqualTo(3);
                assertIsCounter(fds[0]);
                assertThat(fds[1]).isNull();
                assertThat(each.second().receive(buffer.clear(), fds)).as("empty").isZero();
                assertIsCounter(fds[0]);
            }
        }
    }

    @Test
    @DisplayName("more descriptors than the array has: all are closed, an exception says so, the bytes are there")
    void shouldCloseThemWhenTheArrayIsTooShort() throws IOException {
        long before = Fds.count();
        for (int count : new int[] {2, 100}) {
            OwnedFd[] passed = new OwnedFd[count];
            Arrays.fill(passed, counter);
            pair.first().send(bytes("with"), passed);
            FileFd[] fds = new FileFd[1];
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> pair.second().receive(buffer.clear(), fds))
                    .withMessageContaining("MSG_CTRUNC");
            assertThat(text(buffer.flip())).isEqualTo("with");
            assertThat(fds).containsOnlyNulls();
            assertThat(Fds.count()).isEqualTo(before);
        }
    }

    @Test
    void shouldLeakNothingWhenAPlainReadMeetsThem() throws IOException {
        long before = Fds.count();
        pair.first().send(bytes("with"), counter);
        assertThat(pair.second().read(buffer)).isEqualTo(4);
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    void shouldHoldNoOwnerWhenTheCallIsOver() throws IOException {
        EventFd closed = EventFd.open(0);
        closed.close();
        assertThatIllegalStateException().isThrownBy(() -> pair.first().send(bytes("x"), counter, closed));
        int fd = counter.fd();
        counter.close();
        assertThat(Fds.isOpen(fd)).isFalse();
        assertThat(pair.second().read(buffer)).as("nothing was sent").isZero();
    }

    @Test
    void shouldRefuseWhenItCannotBePassed() throws IOException {
        OwnedFd[] many = new OwnedFd[254];
        Arrays.fill(many, counter);
        assertErrno(Errno.EINVAL, () -> pair.first().send(bytes("x"), many));
        try (SocketPair<UnixMessageSocket> messages = SocketPair.openDatagram()) {
            assertErrno(Errno.EINVAL, () -> messages.first().send(bytes("x"), many));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> pair.first().send(ByteBuffer.allocate(0), counter));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.second().receive(buffer.asReadOnlyBuffer(), new FileFd[1]));
        pair.first().close();
        assertThatIllegalStateException().isThrownBy(() -> pair.first().send(bytes("x"), counter));
        assertThatIllegalStateException().isThrownBy(() -> pair.first().receive(buffer, new FileFd[1]));
    }

    @Test
    @DisplayName("more descriptors than the process may have: the one that came is closed, and an exception says so")
    void shouldCloseThemWhenTheProcessIsOutOfDescriptors() throws Exception {
        List<String> lines = ChildJvm.of(Child.class).withDescriptors(Child.LIMIT).run().lines();

        assertThat(lines).containsExactly("1 were closed", "1 is free");
    }

    /** Receives two descriptors when one is free. */
    static final class Child {
        private static final int LIMIT = 128;

        public static void main(String[] args) throws Exception {
            try (SocketPair<UnixStream> pair = SocketPair.open(); EventFd passed = EventFd.open()) {
                receiveTwo(pair, passed, 1); // loads the classes, which takes descriptors
                new ErrnoException("loads", "its classes", Errno.EMFILE);
                List<EventFd> fillers = new ArrayList<>();
                fill(fillers);
                fillers.removeLast().close();
                String message = receiveTwo(pair, passed, 2);
                int free = fill(fillers);
                fillers.forEach(EventFd::close);
                System.out.println(message.substring(message.indexOf("; ") + 2));
                System.out.println(free + " is free");
            }
        }

        private static String receiveTwo(SocketPair<UnixStream> pair, EventFd passed, int space) throws IOException {
            pair.first().send(ByteBuffer.allocate(1), passed, passed);
            try {
                pair.second().receive(ByteBuffer.allocate(1), new FileFd[space]);
                throw new AssertionError("received");
            } catch (IOException e) {
                return e.getMessage();
            }
        }

        /** Opens descriptors until none is left, and returns how many there were. */
        private static int fill(List<EventFd> fillers) {
            int before = fillers.size();
            try {
                while (fillers.size() <= LIMIT) {
                    fillers.add(EventFd.open());
                }
                throw new AssertionError("more descriptors than the limit");
            } catch (ErrnoException e) {
                return fillers.size() - before;
            }
        }
    }
}
