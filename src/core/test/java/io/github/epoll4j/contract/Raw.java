package io.github.epoll4j.contract;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.EpollEventLayout;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import java.lang.foreign.MemorySegment;
import java.util.function.ToLongFunction;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The calls below the public API. Each answers a result or an errno's name. */
public final class Raw {
    static final int ADD = epoll_h.EPOLL_CTL_ADD;
    static final int DEL = epoll_h.EPOLL_CTL_DEL;
    static final int MOD = epoll_h.EPOLL_CTL_MOD;
    static final int NO_SUCH_OP = 99;

    private Raw() {
    }

    /** Runs a call with a segment for errno, and returns its result or {@code -errno}. */
    public static int call(ToLongFunction<MemorySegment> call) {
        CallState state = new CallState();
        return (int) state.result(call.applyAsLong(state.errno()));
    }

    /** An epoll descriptor without the wake-up that an instance has. */
    static OwnedFd epoll() throws ErrnoException {
        return FileFd.adopt(ErrnoException.check(
                call(errno -> epoll_h.epoll_create1(errno, epoll_h.EPOLL_CLOEXEC)), "epoll_create1", ""));
    }

    static String ctl(int epfd, int op, int fd, int events) {
        CallState state = new CallState();
        EpollEventLayout.write(state.bytes(), events, fd);
        return ctl(epfd, op, fd, state.scratch());
    }

    static String ctl(int epfd, int op, int fd, MemorySegment event) {
        return name(call(errno -> epoll_h.epoll_ctl(errno, epfd, op, fd, event)));
    }

    static String wait(int epfd, MemorySegment events, int maxEvents, int timeoutMillis) {
        return name(call(errno -> epoll_h.epoll_wait(errno, epfd, events, maxEvents, timeoutMillis)));
    }

    static int pwait2(int epfd, MemorySegment events, int maxEvents, MemorySegment timeout) {
        return call(errno -> epoll_h.epoll_pwait2(errno, epfd, events, maxEvents, timeout, MemorySegment.NULL));
    }

    static boolean hasPwait2() {
        return epoll_h.epoll_pwait2$address().address() != 0
                && pwait2(-1, MemorySegment.NULL, 1, MemorySegment.NULL) != -Errno.ENOSYS;
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
