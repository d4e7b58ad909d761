package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.io.FdCalls;

/** Checks the kind of a socket that was opened elsewhere, and makes it non-blocking and close-on-exec. */
final class AdoptedFd {
    /** A kind of socket. */
    enum Kind {
        TCP(false, "TCP", socket_h.SOCK_STREAM, false),
        TCP_LISTENER(false, "TCP", socket_h.SOCK_STREAM, true),
        UDP(false, "UDP", socket_h.SOCK_DGRAM, false),
        UNIX(true, "Unix stream", socket_h.SOCK_STREAM, false),
        UNIX_LISTENER(true, "Unix stream", socket_h.SOCK_STREAM, true),
        UNIX_DATAGRAM(true, "Unix datagram", socket_h.SOCK_DGRAM, false),
        UNIX_PACKET(true, "Unix sequenced-packet", socket_h.SOCK_SEQPACKET, false),
        UNIX_PACKET_LISTENER(true, "Unix sequenced-packet", socket_h.SOCK_SEQPACKET, true);

        private final boolean isUnix;
        private final String text;
        private final int type;
        private final boolean listens;

        Kind(boolean isUnix, String protocol, int type, boolean listens) {
            this.isUnix = isUnix;
            this.text = (listens ? "listening " : "") + protocol + " socket";
            this.type = type;
            this.listens = listens;
        }

        private boolean matches(int family, int type, boolean listens) {
            boolean isFamily = isUnix
                    ? family == socket_h.AF_UNIX
                    : family == socket_h.AF_INET || family == socket_h.AF_INET6;
            return isFamily && this.type == type && this.listens == listens;
        }
    }

    private AdoptedFd() {
    }

    /** Returns the family of the socket; throws if it is of another kind, unless that is null. */
    static int take(int fd, Kind kind) throws ErrnoException {
        Platform.require();
        if (fd < 0) {
            throw new IllegalArgumentException("not a descriptor: " + fd);
        }
        int family = SocketFd.option(fd, socket_h.SO_DOMAIN, "SO_DOMAIN");
        int type = type(fd);
        boolean listens = SocketFd.option(fd, socket_h.SO_ACCEPTCONN, "SO_ACCEPTCONN") != 0;
        if (kind != null && !kind.matches(family, type, listens)) {
            throw new IllegalArgumentException(
                    "fd=" + fd + " is not a " + kind.text + ": it is a " + text(family, type, listens));
        }
        FdCalls.setNonBlockingAndCloseOnExec(fd);
        return family;
    }

    static int type(int fd) throws ErrnoException {
        return SocketFd.option(fd, socket_h.SO_TYPE, "SO_TYPE");
    }

    private static String text(int family, int type, boolean listens) {
        for (Kind kind : Kind.values()) {
            if (kind.matches(family, type, listens)) {
                return kind.text;
            }
        }
        return "socket of family " + family + " and type " + type;
    }
}
