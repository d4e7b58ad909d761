package io.github.epoll4j;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_CLOEXEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OwnedFdTest {
    @Test
    void shouldBeTheSameFileWhenDuplicated() throws IOException {
        long before = Fds.count();
        try (EventFd counter = EventFd.open(); OwnedFd duplicate = counter.duplicate()) {
            assertThat(duplicate.fd()).isNotEqualTo(counter.fd());
            assertThat(Fds.flags(duplicate.fd()) & O_CLOEXEC()).as("close-on-exec").isNotZero();
            counter.write(5);
            try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(2)) {
                epoll.add(duplicate.fd(), EPOLLIN, 2);
                epoll.add(counter.fd(), EPOLLIN, 1);
                assertThat(epoll.await(events, 0)).isEqualTo(2);
                assertThat(events)
                        .containsExactlyInAnyOrder(new EpollEvent(EPOLLIN, 1), new EpollEvent(EPOLLIN, 2));
            }
        }
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    @DisplayName("a duplicate keeps the file, and its registration, alive when the number that was added is closed")
    void shouldKeepTheRegistrationWhenTheFirstNumberIsClosed() throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(2)) {
            EventFd counter = EventFd.open(1);
            epoll.add(counter.fd(), EPOLLIN, 1);
            OwnedFd duplicate = counter.duplicate();
            counter.close();
            assertThat(epoll.await(events, 0)).isOne();

            duplicate.close();

            assertThat(epoll.await(events, 0)).isZero();
        }
    }

    @Test
    void shouldCloseTheNumberOnceWhenAdopted() throws IOException {
        try (EventFd counter = EventFd.open()) {
            OwnedFd duplicate = counter.duplicate();
            assertThat(duplicate).hasToString("OwnedFd[fd=" + duplicate.fd() + "]");
            int fd = duplicate.fd();

            duplicate.close();
            duplicate.close();

            assertThat(Fds.isOpen(fd)).isFalse();
            assertThatIllegalStateException().isThrownBy(duplicate::duplicate).withMessage("OwnedFd is closed");
        }
    }

    @Test
    @DisplayName("fcntl(2) EBADF: an adopted number that is not open")
    void shouldFailWhenTheNumberIsNotOpen() {
        OwnedFd stranger = OwnedFd.adopt(Integer.MAX_VALUE);

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(stranger::duplicate)
                .returns(Errno.EBADF, ErrnoException::errno)
                .withMessage("fcntl(F_DUPFD_CLOEXEC, fd=2147483647): EBADF (Bad file descriptor)");
        assertThatIllegalStateException().isThrownBy(stranger::close);
        assertThatIllegalArgumentException().isThrownBy(() -> OwnedFd.adopt(-1));
    }
}
