package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a child process inherits over fork and exec. */
@Timeout(60)
class InheritanceTest {
    private static final int STANDARD_OUTPUT = 1;
    private static final int STILL_THERE = 0;

    /** A duplicate without close-on-exec. */
    private static OwnedFd inheritable(int fd) throws ErrnoException {
        FileFd duplicate = FileFd.adopt(ErrnoException.check(LibC.call("dup", fd), "dup", ""));
        ErrnoException.check(FdCalls.fcntl(duplicate.fd(), unistd_h.F_SETFD, 0), "fcntl", "F_SETFD");
        return duplicate;
    }

    private static int lookFor(int fd) throws ErrnoException {
        return Child.shell("[ -e /proc/$$/fd/" + fd + " ]", STANDARD_OUTPUT).reap();
    }

    @Test
    @DisplayName("J12: an epoll descriptor is inherited over exec, unless it is close-on-exec, as those of the library")
    void shouldBeInheritedWhenItIsNotCloseOnExec() throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); OwnedFd plain = inheritable(epoll.fd())) {
            assertThat(lookFor(plain.fd())).isEqualTo(STILL_THERE);
            assertThat(lookFor(epoll.fd())).isNotEqualTo(STILL_THERE);
        }
    }

    @Test
    @DisplayName("eventfd05: what a child writes to an inherited eventfd is seen here")
    void shouldSeeTheCountWhenAChildWrites() throws IOException {
        try (EventFd counter = EventFd.open(1)) {
            String seven = "printf '\\007\\000\\000\\000\\000\\000\\000\\000'"; // little-endian
            assertThat(Child.shell(seven, counter.fd()).reap()).isZero();
            assertThat(counter.read()).isEqualTo(8);
        }
    }

    @Test
    @DisplayName("C42, K81: while a child has the file open its entry stays, though it is closed here")
    void shouldStayRegisteredWhenAChildHasTheFile() throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
            EventFd counter = EventFd.open(1);
            OwnedFd plain = inheritable(counter.fd());
            epoll.add(counter.fd(), EPOLLIN, 7);
            Child child = Child.shell("exec sleep 60", STANDARD_OUTPUT);
            List<EpollEvent> ready = new ArrayList<>();
            try {
                child.awaitName("sleep"); // before that, close-on-exec may not have closed anything yet
                plain.close();
                counter.close();
                assertThat(epoll.awaitMillis(events, 0)).isOne();
                events.forEach(ready::add);
            } finally {
                child.kill();
            }
            assertThat(ready).containsExactly(new EpollEvent(EPOLLIN, 7));
            assertThat(epoll.awaitMillis(events, 0)).isZero();
            assertThat(Fds.registrations(epoll.fd())).as("the instance's own").isOne();
        }
    }
}
