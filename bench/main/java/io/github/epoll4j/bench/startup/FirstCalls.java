package io.github.epoll4j.bench.startup;

import io.github.epoll4j.Errno;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.sys.CallState;
import io.github.epoll4j.internal.sys.EpollCalls;
import io.github.epoll4j.internal.sys.FdCalls;
import io.github.epoll4j.internal.sys.Platform;
import java.util.LinkedHashMap;
import java.util.Map;

/** What each raw call costs when it is the first of its kind in the process: to link it, above all. */
public final class FirstCalls {
    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private long last = System.nanoTime();

    private FirstCalls() {
    }

    /** Prints a line {@code NAME NANOSECONDS} for each. */
    public static void main(String[] args) {
        FirstCalls calls = new FirstCalls();
        calls.run();
        calls.nanos.forEach((name, time) -> System.out.println(name + " " + time));
    }

    private void run() {
        Platform.require();
        CallState state = CallState.ofThread();
        lap("platform", 0);
        int epfd = lap("epoll_create1", EpollCalls.create1(state, epoll_h.EPOLL_CLOEXEC()));
        int fd = lap("eventfd", FdCalls.eventfd(state, 1, 0));
        lap("epoll_ctl", EpollCalls.ctl(state, epfd, epoll_h.EPOLL_CTL_ADD(), fd, epoll_h.EPOLLIN(), 1));
        lap("write", (int) FdCalls.write(state, fd, state.scratch(), Long.BYTES));
        lap("epoll_wait", EpollCalls.wait(state, epfd, state.scratch(), 1, 0));
        lap("read", (int) FdCalls.read(state, fd, state.scratch(), Long.BYTES));
        FdCalls.close(fd);
        lap("close", 0);
        lap("epoll_ctl again", EpollCalls.ctl(state, epfd, epoll_h.EPOLL_CTL_DEL(), epfd, 0, 1));
        FdCalls.close(epfd);
    }

    private int lap(String name, int result) {
        long now = System.nanoTime();
        nanos.put(name, now - last);
        if (result < 0 && result != -Errno.EINVAL) {
            throw new IllegalStateException(name + ": " + Errno.describe(-result));
        }
        last = System.nanoTime();
        return result;
    }
}
