package io.github.epoll4j.contract;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.sys.CallState;
import io.github.epoll4j.internal.sys.EpollCalls;
import java.lang.foreign.MemorySegment;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The calls below the public API, for what it does not let through; each answers a result or an errno's name. */
final class Raw {
    static final int ADD = epoll_h.EPOLL_CTL_ADD();
    static final int DEL = epoll_h.EPOLL_CTL_DEL();
    static final int MOD = epoll_h.EPOLL_CTL_MOD();
    static final int NO_SUCH_OP = 99;

    private Raw() {
    }

    /** An epoll descriptor without the wakeup that an instance has. */
    static OwnedFd epoll() throws ErrnoException {
        return OwnedFd.adopt(ErrnoException.check(
                EpollCalls.create1(CallState.ofThread(), epoll_h.EPOLL_CLOEXEC()), "epoll_create1", ""));
    }

    static String ctl(int epfd, int op, int fd, int events) {
        return name(EpollCalls.ctl(CallState.ofThread(), epfd, op, fd, events, fd));
    }

    static String ctl(int epfd, int op, int fd, MemorySegment event) {
        return name(EpollCalls.ctl(CallState.ofThread(), epfd, op, fd, event));
    }

    static String wait(int epfd, MemorySegment events, int maxEvents, int timeoutMillis) {
        return name(EpollCalls.wait(CallState.ofThread(), epfd, events, maxEvents, timeoutMillis));
    }

    /** Spells the result of a call. */
    static String name(int result) {
        return result < 0 ? Errno.name(-result) : String.valueOf(result);
    }

    static void assertErrno(int errno, ThrowingCallable call) {
        assertThatExceptionOfType(ErrnoException.class).isThrownBy(call)
                .satisfies(e -> assertEqual(Errno.name(errno), Errno.name(e.errno())));
    }

    private static void assertEqual(String expected, String actual) {
        if (!expected.equals(actual)) {
            throw new AssertionError(actual + " instead of " + expected);
        }
    }
}
