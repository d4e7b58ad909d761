package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.sys.CallState;
import io.github.epoll4j.internal.sys.FdCalls;
import io.github.epoll4j.internal.sys.Platform;
import io.github.epoll4j.internal.sys.SocketCalls;

/** Looks at a socket that was opened elsewhere, and makes it like those that are opened here. */
final class AdoptedFd {
    static final String TCP = "TCP";
    static final String UDP = "UDP";
    static final String UNIX = "Unix stream";

    private AdoptedFd() {
    }

    /** Gives the family of the socket, non-blocking and close-on-exec now; throws if it is of another kind. */
    static int take(int fd, String kind, boolean listens) throws ErrnoException {
        Platform.require();
        if (fd < 0) {
            throw new IllegalArgumentException("not a descriptor: " + fd);
        }
        CallState state = CallState.ofThread();
        int family = option(state, fd, socket_h.SO_DOMAIN(), "SO_DOMAIN");
        int type = option(state, fd, socket_h.SO_TYPE(), "SO_TYPE");
        boolean isInet = family == socket_h.AF_INET() || family == socket_h.AF_INET6();
        boolean matches = kind.equals(UNIX) ? family == socket_h.AF_UNIX() : isInet;
        int expected = kind.equals(UDP) ? socket_h.SOCK_DGRAM() : socket_h.SOCK_STREAM();
        if (!matches || type != expected
                || (option(state, fd, socket_h.SO_ACCEPTCONN(), "SO_ACCEPTCONN") != 0) != listens) {
            throw new IllegalArgumentException(
                    "fd=" + fd + " is not a " + kind + " socket that " + (listens ? "listens" : "does not listen"));
        }
        add(state, fd, unistd_h.F_GETFL(), unistd_h.F_SETFL(), unistd_h.O_NONBLOCK());
        add(state, fd, unistd_h.F_GETFD(), unistd_h.F_SETFD(), unistd_h.FD_CLOEXEC());
        return family;
    }

    private static int option(CallState state, int fd, int option, String name) throws ErrnoException {
        int result = SocketCalls.getsockopt(state, fd, socket_h.SOL_SOCKET(), option, Integer.BYTES);
        ErrnoException.check(result, "getsockopt", name);
        return state.bytes().getInt(0);
    }

    private static void add(CallState state, int fd, int get, int set, int flag) throws ErrnoException {
        int flags = FdCalls.fcntl(state, fd, get, 0);
        ErrnoException.check(flags, "fcntl", "fd=" + fd);
        ErrnoException.check(FdCalls.fcntl(state, fd, set, flags | flag), "fcntl", "fd=" + fd);
    }
}
