package io.github.epoll4j.fd;

import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_CLOEXEC;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_NONBLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class EventFdTest {
    @Test
    @DisplayName("eventfd01: a read fetches the whole counter, and the next one would block")
    void shouldFetchTheCounterWhenRead() throws ErrnoException {
        try (EventFd counter = EventFd.open(10)) {
            assertThat(counter.read()).isEqualTo(10);
            assertThat(counter.read()).isZero();
        }
    }

    @Test
    @DisplayName("eventfd02: a write that would pass 2^64 - 2 changes nothing, and 2^64 - 1 is EINVAL")
    void shouldRefuseMoreWhenTheCounterIsFull() throws ErrnoException {
        try (EventFd counter = EventFd.open()) {
            assertThat(counter.write(EventFd.MAX_VALUE)).isTrue();
            assertThat(counter.write(1)).isFalse();
            assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> counter.write(-1))
                    .returns(Errno.EINVAL, ErrnoException::errno)
                    .withMessageContaining("value=18446744073709551615");
            assertThat(counter.read()).isEqualTo(EventFd.MAX_VALUE);
        }
    }

    @Test
    @DisplayName("eventfd2_03: a semaphore gives 1 for each read")
    void shouldGiveOneAtATimeWhenASemaphore() throws ErrnoException {
        try (EventFd semaphore = EventFd.openSemaphore(2)) {
            semaphore.write(1);

            assertThat(semaphore.read()).isOne();
            assertThat(semaphore.read()).isOne();
            assertThat(semaphore.read()).isOne();
            assertThat(semaphore.read()).isZero();
        }
    }

    @Test
    @DisplayName("eventfd2_01, eventfd2_02: close-on-exec and non-blocking")
    void shouldBeCloseOnExecAndNonBlockingWhenOpened() throws IOException {
        try (EventFd counter = EventFd.open()) {
            assertThat(Fds.flags(counter.fd())).matches(flags -> (flags & O_CLOEXEC) != 0, "close-on-exec")
                    .matches(flags -> (flags & O_NONBLOCK) != 0, "non-blocking");
        }
    }

    @Test
    void shouldRefuseWhenClosed() throws ErrnoException {
        EventFd counter = EventFd.open();
        int fd = counter.fd();
        counter.close();
        counter.close();

        assertThat(Fds.isOpen(fd)).isFalse();
        assertThat(counter).hasToString("EventFd[closed]");
        assertThatIllegalStateException().isThrownBy(counter::read).withMessage("EventFd is closed");
        assertThatIllegalStateException().isThrownBy(() -> counter.write(1));
        assertThatIllegalStateException().isThrownBy(counter::fd);
    }
}
