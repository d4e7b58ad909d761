package io.github.epoll4j.contract;

import static io.github.epoll4j.contract.Raw.ADD;
import static io.github.epoll4j.contract.Raw.DEL;
import static io.github.epoll4j.contract.Raw.MOD;
import static io.github.epoll4j.contract.Raw.NO_SUCH_OP;
import static io.github.epoll4j.contract.Raw.assertErrno;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLWAKEUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.epoll4j.Errno;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each errno of epoll_create and epoll_ctl that an ordinary process can provoke, and which of several wins. */
class EpollErrnoTest {
    private static final int CLOSED = 900;

    private EpollInstance epoll;
    private EventFd counter;
    private OwnedFd folder;

    @BeforeEach
    void open() throws IOException {
        epoll = EpollInstance.open();
        counter = EventFd.open();
        folder = LibC.open("/");
    }

    @AfterEach
    void close() {
        folder.close();
        counter.close();
        epoll.close();
    }

    @Test
    @DisplayName("K1, C31: a size of 0 or below is EINVAL")
    void shouldRefuseTheSizeWhenItIsNotPositive() {
        assertErrno(Errno.EINVAL, () -> EpollInstance.create(0));
        assertErrno(Errno.EINVAL, () -> EpollInstance.create(-1));
    }

    @Test
    @DisplayName("K2, epoll_create1_02: a flag other than EPOLL_CLOEXEC is EINVAL")
    void shouldRefuseTheFlagsWhenThereIsAnother() {
        int cloexec = 0x80000;
        assertThat(Raw.name(Raw.call(errno -> epoll_h.epoll_create1(errno, -1)))).isEqualTo("EINVAL");
        assertThat(Raw.name(Raw.call(errno -> epoll_h.epoll_create1(errno, cloexec + 1)))).isEqualTo("EINVAL");
    }

    @Test
    @DisplayName("epoll_create1_01: EPOLL_CLOEXEC sets close-on-exec, 0 does not")
    void shouldCloseOnExecWhenAskedTo() throws IOException {
        int cloexec = 0x80000;
        int plain = Raw.call(errno -> epoll_h.epoll_create1(errno, 0));
        int set = Raw.call(errno -> epoll_h.epoll_create1(errno, epoll_h.EPOLL_CLOEXEC));
        try {
            assertThat(Fds.flags(plain) & cloexec).isZero();
            assertThat(Fds.flags(set) & cloexec).isNotZero();
        } finally {
            FdCalls.close(plain);
            FdCalls.close(set);
        }
    }

    @Test
    @DisplayName("K4: there is no limit of instances for each user: max_user_watches alone is left")
    void shouldHaveOneLimitWhenAskedForThoseOfTheUser() throws IOException {
        Path limits = Path.of("/proc/sys/fs/epoll");

        assertThat(Files.exists(limits.resolve("max_user_instances"))).isFalse();
        assertThat(Files.readAllLines(limits.resolve("max_user_watches")))
                .singleElement().asString().matches("[1-9]\\d+");
    }

    @Test
    @DisplayName("K8, K12, K13, K14, K24, epoll_ctl02: a to i")
    void shouldAnswerTheErrnoWhenAnArgumentIsWrong() throws IOException {
        int epfd = epoll.fd();
        try (OwnedFd sameFile = epoll.duplicate()) {
            assertThat(Raw.ctl(-1, ADD, counter.fd(), EPOLLIN)).as("a: epfd").isEqualTo("EBADF");
            assertErrno(Errno.EPERM, () -> epoll.add(folder.fd(), EPOLLIN));
            assertErrno(Errno.EBADF, () -> epoll.add(-1, EPOLLIN));
            assertThat(Raw.ctl(epfd, -1, counter.fd(), EPOLLIN)).as("d: op").isEqualTo("EINVAL");
            assertErrno(Errno.EINVAL, () -> epoll.add(epfd, EPOLLIN));
            assertErrno(Errno.EINVAL, () -> epoll.add(sameFile.fd(), EPOLLIN));
            assertThat(Raw.ctl(epfd, ADD, counter.fd(), MemorySegment.NULL)).as("f: event").isEqualTo("EFAULT");
            assertErrno(Errno.ENOENT, () -> epoll.delete(counter.fd()));
            assertErrno(Errno.ENOENT, () -> epoll.modify(counter.fd(), EPOLLIN));
            epoll.add(counter.fd(), EPOLLIN);
            assertErrno(Errno.EEXIST, () -> epoll.add(counter.fd(), EPOLLIN));
            assertThat(Raw.ctl(counter.fd(), ADD, counter.fd(), EPOLLIN)).as("not an epoll").isEqualTo("EINVAL");
        }
    }

    @Test
    @DisplayName("K11, K21, C39, C40, C41, C46: EEXIST, ENOENT; the first time is ADD, not MOD")
    void shouldWantAddFirstWhenADescriptorIsNew() throws IOException {
        assertErrno(Errno.ENOENT, () -> epoll.modify(counter.fd(), EPOLLIN));
        epoll.add(counter.fd(), EPOLLIN | EPOLLONESHOT);
        assertErrno(Errno.EEXIST, () -> epoll.add(counter.fd(), EPOLLIN));
        epoll.modify(counter.fd(), EPOLLOUT);
        epoll.delete(counter.fd());
        assertErrno(Errno.ENOENT, () -> epoll.delete(counter.fd()));
    }

    @Test
    @DisplayName("C43: 0 or -1 in C; here an exception with number, name, call and arguments")
    void shouldTellWhatFailedWhenItThrows() {
        assertThatIllegalStateException().isThrownBy(() -> {
            counter.close();
            counter.fd();
        });
        assertErrno(Errno.EBADF, () -> epoll.add(CLOSED, EPOLLIN));
        assertThat(catchThrowable(() -> epoll.add(CLOSED, EPOLLIN)))
                .hasMessage("epoll_ctl(ADD, fd=900, EPOLLIN): EBADF (Bad file descriptor)");
    }

    @ParameterizedTest
    @ValueSource(ints = {EPOLLPRI, EPOLLRDHUP, EPOLLONESHOT})
    @DisplayName("K15, J3: EPOLLEXCLUSIVE with PRI, RDHUP or ONESHOT is EINVAL")
    void shouldRefuseExclusiveWhenThereAreOtherBits(int bit) {
        assertErrno(Errno.EINVAL, () -> epoll.add(counter.fd(), EPOLLIN | EPOLLEXCLUSIVE | bit));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EPOLLIN, EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLET | EPOLLWAKEUP})
    @DisplayName("K15, K36: EPOLLEXCLUSIVE goes with IN, OUT, ERR, HUP, WAKEUP, ET, and alone")
    void shouldTakeExclusiveWhenTheBitsAreAllowed(int bits) throws IOException {
        epoll.add(counter.fd(), bits | EPOLLEXCLUSIVE);
        assertThat(Fds.registrations(epoll.fd())).isEqualTo(2);
    }

    @Test
    @DisplayName("K16, K17, K18, J3: MOD to or of EPOLLEXCLUSIVE is EINVAL, and so is an epoll descriptor with it")
    void shouldRefuseExclusiveWhenModifiedOrNested() throws IOException {
        assertThat(Raw.ctl(epoll.fd(), MOD, counter.fd(), EPOLLIN | EPOLLEXCLUSIVE)).isEqualTo("EINVAL");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> epoll.modify(counter.fd(), EPOLLIN | EPOLLEXCLUSIVE));
        epoll.add(counter.fd(), EPOLLIN | EPOLLEXCLUSIVE);
        assertErrno(Errno.EINVAL, () -> epoll.modify(counter.fd(), EPOLLIN));
        try (EpollInstance inner = EpollInstance.open()) {
            assertErrno(Errno.EINVAL, () -> epoll.add(inner.fd(), EPOLLIN | EPOLLEXCLUSIVE));
            epoll.add(inner.fd(), EPOLLIN);
        }
    }

    @Test
    @DisplayName("K41, C45: DEL looks at no event: NULL and a bad pointer will do")
    void shouldIgnoreTheEventWhenDeleting() throws IOException {
        epoll.add(counter.fd(), EPOLLIN);
        assertThat(Raw.ctl(epoll.fd(), DEL, counter.fd(), MemorySegment.NULL)).isEqualTo("0");
        epoll.add(counter.fd(), EPOLLIN);
        assertThat(Raw.ctl(epoll.fd(), DEL, counter.fd(), LibC.BAD_POINTER)).isEqualTo("0");
    }

    @Test
    @DisplayName("K26: EFAULT comes before every other check, whatever the operation, except for DEL")
    void shouldAnswerEfaultWhenTheEventIsBadToo() {
        assertThat(Raw.ctl(-1, ADD, -1, MemorySegment.NULL)).isEqualTo("EFAULT");
        assertThat(Raw.ctl(-1, NO_SUCH_OP, -1, LibC.BAD_POINTER)).isEqualTo("EFAULT");
        assertThat(Raw.ctl(-1, DEL, -1, LibC.BAD_POINTER)).isEqualTo("EBADF");
    }

    @Test
    @DisplayName("K27: EBADF, of either descriptor, comes before what the other one is")
    void shouldAnswerEbadfWhenTheOtherIsWrongToo() {
        assertThat(Raw.ctl(CLOSED, ADD, folder.fd(), EPOLLIN)).isEqualTo("EBADF");
        assertThat(Raw.ctl(counter.fd(), ADD, CLOSED, EPOLLIN)).isEqualTo("EBADF");
        assertThat(Raw.ctl(epoll.fd(), NO_SUCH_OP, CLOSED, EPOLLIN)).isEqualTo("EBADF");
    }

    @Test
    @DisplayName("K28: EPERM comes before 'epfd is not an epoll', for DEL too")
    void shouldAnswerEpermWhenTheEpollIsNoneEither() {
        assertThat(Raw.ctl(counter.fd(), ADD, folder.fd(), EPOLLIN)).isEqualTo("EPERM");
        assertThat(Raw.ctl(counter.fd(), DEL, folder.fd(), EPOLLIN)).isEqualTo("EPERM");
        assertThat(Raw.ctl(epoll.fd(), NO_SUCH_OP, folder.fd(), EPOLLIN)).isEqualTo("EPERM");
        assertErrno(Errno.EPERM, () -> epoll.delete(folder.fd()));
    }

    @Test
    @DisplayName("K29: then EINVAL for what epfd is, EPOLLEXCLUSIVE's rules, ELOOP, and last EEXIST, "
            + "ENOENT, unknown op")
    void shouldAnswerInTurnWhenSeveralAreWrong() throws IOException {
        int epfd = epoll.fd();
        assertThat(Raw.ctl(epfd, NO_SUCH_OP, epfd, EPOLLIN)).isEqualTo("EINVAL");
        try (EpollInstance outer = EpollInstance.open()) {
            outer.add(epfd, EPOLLIN);
            assertThat(Raw.ctl(epfd, ADD, outer.fd(), EPOLLIN)).as("a cycle").isEqualTo("ELOOP");
            assertThat(Raw.ctl(epfd, ADD, outer.fd(), EPOLLIN | EPOLLEXCLUSIVE)).isEqualTo("EINVAL");
            assertThat(Raw.ctl(epfd, MOD, outer.fd(), EPOLLIN)).as("a cycle matters to ADD").isEqualTo("ENOENT");
        }
        epoll.add(counter.fd(), EPOLLIN);
        assertThat(Raw.ctl(epfd, ADD, counter.fd(), EPOLLIN)).isEqualTo("EEXIST");
        assertThat(Raw.ctl(epfd, ADD, counter.fd(), EPOLLPRI | EPOLLEXCLUSIVE)).isEqualTo("EINVAL");
        assertThat(Raw.ctl(epfd, NO_SUCH_OP, counter.fd(), EPOLLIN)).as("registered").isEqualTo("EINVAL");
        epoll.delete(counter.fd());
        assertThat(Raw.ctl(epfd, NO_SUCH_OP, counter.fd(), EPOLLIN)).as("not registered").isEqualTo("EINVAL");
    }
}
