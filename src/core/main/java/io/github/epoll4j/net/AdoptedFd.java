package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.FdCalls;

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
        int family = option(fd, socket_h.SO_DOMAIN, "SO_DOMAIN");
        int type = option(fd, socket_h.SO_TYPE, "SO_TYPE");
        boolean isInet = family == socket_h.AF_INET || family == socket_h.AF_INET6;
        boolean matches = kind.equals(UNIX) ? family == socket_h.AF_UNIX : isInet;
        int expected = kind.equals(UDP) ? socket_h.SOCK_DGRAM : socket_h.SOCK_STREAM;
        if (!matches || type != expected
                || (option(fd, socket_h.SO_ACCEPTCONN, "SO_ACCEPTCONN") != 0) != listens) {
            throw new IllegalArgumentException(
                    "fd=" + fd + " is not a " + kind + " socket that " + (listens ? "listens" : "does not listen"));
        }
        FdCalls.setNonBlockingAndCloseOnExec(fd);
        return family;
    }

    private static int option(int fd, int option, String name) throws ErrnoException {
        try (CallState state = CallState.take()) {
            int result = state.result(socket_h.getsockopt(
                    state.errno(), fd, socket_h.SOL_SOCKET, option, state.scratch(), state.length(Integer.BYTES)));
            ErrnoException.check(result, "getsockopt", name);
            return state.bytes().getInt(0);
        }
    }
}
