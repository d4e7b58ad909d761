package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The options of sockets, in their C spelling, each with the type of its value.
 *
 * <p>{@code stream.set(TCP_NODELAY, true)} sets one; {@code TCP_NODELAY.with(true)} is a setting for the methods that
 * open a socket, to be applied before bind(2) or connect(2). Times are {@link Duration}s, rounded up to the kernel's
 * unit.
 *
 * <p>Immutable, thread-safe.
 *
 * @param <T> the type of the value
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 */
public final class SocketOption<T> {
    /** Bind although connections of an earlier listener linger in TIME_WAIT. {@link TcpListener} sets it by itself. */
    public static final SocketOption<Boolean> SO_REUSEADDR = new SocketOption<>("SO_REUSEADDR", OptionCodec.BOOLEAN);
    /** Let several sockets of one user bind one address; the kernel spreads connections over them. Before bind. */
    public static final SocketOption<Boolean> SO_REUSEPORT = new SocketOption<>("SO_REUSEPORT", OptionCodec.BOOLEAN);
    /** Probe a silent peer, as TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT say. */
    public static final SocketOption<Boolean> SO_KEEPALIVE = new SocketOption<>("SO_KEEPALIVE", OptionCodec.BOOLEAN);
    /**
     * What close does with unsent bytes. {@code null} (the default): it returns at once, and the kernel goes on
     * sending. Zero: the bytes are dropped, and the peer gets a reset. A time: close blocks until they are sent and
     * acknowledged, or the time is over, although the socket is non-blocking. In seconds.
     */
    public static final SocketOption<Duration> SO_LINGER = new SocketOption<>("SO_LINGER", OptionCodec.LINGER);
    /** The size of the send buffer in bytes. The kernel doubles what is set, and caps it (net.core.wmem_max). */
    public static final SocketOption<Integer> SO_SNDBUF = new SocketOption<>("SO_SNDBUF", OptionCodec.INTEGER);
    /** The size of the receive buffer in bytes. The kernel doubles what is set, and caps it (net.core.rmem_max). */
    public static final SocketOption<Integer> SO_RCVBUF = new SocketOption<>("SO_RCVBUF", OptionCodec.INTEGER);
    /** How many bytes must have arrived before a wait reports the socket readable; 1 by default. */
    public static final SocketOption<Integer> SO_RCVLOWAT = new SocketOption<>("SO_RCVLOWAT", OptionCodec.INTEGER);
    /** Let a UDP socket send to a broadcast address, which is EACCES otherwise. */
    public static final SocketOption<Boolean> SO_BROADCAST = new SocketOption<>("SO_BROADCAST", OptionCodec.BOOLEAN);
    /** Leave an urgent byte in the stream, where a read finds it, rather than beside it. */
    public static final SocketOption<Boolean> SO_OOBINLINE = new SocketOption<>("SO_OOBINLINE", OptionCodec.BOOLEAN);
    /** How long to poll the device when nothing is there, in microseconds; raising it needs CAP_NET_ADMIN. */
    public static final SocketOption<Duration> SO_BUSY_POLL =
            new SocketOption<>("SO_BUSY_POLL", OptionCodec.time(TimeUnit.MICROSECONDS));
    /** The receive queue that the last packet came from, 0 if none is known (loopback has none). Read-only. */
    public static final SocketOption<Integer> SO_INCOMING_NAPI_ID =
            new SocketOption<>("SO_INCOMING_NAPI_ID", OptionCodec.INTEGER);
    /** Whether the socket listens. Read-only. */
    public static final SocketOption<Boolean> SO_ACCEPTCONN = new SocketOption<>("SO_ACCEPTCONN", OptionCodec.BOOLEAN);

    /** Send small segments at once (no Nagle algorithm). Connections that are accepted inherit it. */
    public static final SocketOption<Boolean> TCP_NODELAY = new SocketOption<>("TCP_NODELAY", OptionCodec.BOOLEAN);
    /** Send full segments only, until it is switched off, or for 200 milliseconds. */
    public static final SocketOption<Boolean> TCP_CORK = new SocketOption<>("TCP_CORK", OptionCodec.BOOLEAN);
    /** Acknowledge at once. Not permanent: the kernel switches it off and on as it sees fit. */
    public static final SocketOption<Boolean> TCP_QUICKACK = new SocketOption<>("TCP_QUICKACK", OptionCodec.BOOLEAN);
    /** The silence before the first keep-alive probe, in seconds; 1 to 32767. */
    public static final SocketOption<Duration> TCP_KEEPIDLE =
            new SocketOption<>("TCP_KEEPIDLE", OptionCodec.time(TimeUnit.SECONDS));
    /** The time between two keep-alive probes, in seconds; 1 to 32767. */
    public static final SocketOption<Duration> TCP_KEEPINTVL =
            new SocketOption<>("TCP_KEEPINTVL", OptionCodec.time(TimeUnit.SECONDS));
    /** How many keep-alive probes in a row may stay unanswered; 1 to 127. */
    public static final SocketOption<Integer> TCP_KEEPCNT = new SocketOption<>("TCP_KEEPCNT", OptionCodec.INTEGER);
    /** How long sent bytes may stay unacknowledged before ETIMEDOUT, in milliseconds; zero is the system's default. */
    public static final SocketOption<Duration> TCP_USER_TIMEOUT =
            new SocketOption<>("TCP_USER_TIMEOUT", OptionCodec.time(TimeUnit.MILLISECONDS));
    /** How many unsent bytes the send buffer may hold and still be writable. */
    public static final SocketOption<Integer> TCP_NOTSENT_LOWAT =
            new SocketOption<>("TCP_NOTSENT_LOWAT", OptionCodec.INTEGER);
    /**
     * Of a listener: report a connection only when its first bytes are there, or this time is over, in seconds. The
     * kernel rounds up to the times of its retransmissions (1, 3, 7, 15, ...). Zero is off.
     */
    public static final SocketOption<Duration> TCP_DEFER_ACCEPT =
            new SocketOption<>("TCP_DEFER_ACCEPT", OptionCodec.time(TimeUnit.SECONDS));
    /** Of a listener: how many connections with data in their first segment may be pending; 0 is off. */
    public static final SocketOption<Integer> TCP_FASTOPEN = new SocketOption<>("TCP_FASTOPEN", OptionCodec.INTEGER);
    /** Of a stream, before connect: send the first bytes that are written with the first segment. */
    public static final SocketOption<Boolean> TCP_FASTOPEN_CONNECT =
            new SocketOption<>("TCP_FASTOPEN_CONNECT", OptionCodec.BOOLEAN);

    /** Whether an IPv6 socket leaves IPv4 to others; false by default: {@code [::]} serves both. Before bind. */
    public static final SocketOption<Boolean> IPV6_V6ONLY = new SocketOption<>("IPV6_V6ONLY", OptionCodec.BOOLEAN);

    private final String name;
    private final OptionCodec<T> codec;

    private SocketOption(String name, OptionCodec<T> codec) {
        this.name = name;
        this.codec = codec;
    }

    /**
     * Joins this option with a value, for the methods that open a socket.
     *
     * @param value the value that {@link SocketFd#set} would take
     * @return the setting
     */
    public Setting with(T value) {
        return new Setting(this, value);
    }

    /**
     * Gives the option's name in C.
     *
     * @return the name, such as {@code SO_REUSEADDR}
     */
    @Override
    public String toString() {
        return name;
    }

    void set(int fd, T value) throws ErrnoException {
        try (CallState state = CallState.take()) {
            int length = codec.write(state.bytes(), value);
            int result = state.result(
                    socket_h.setsockopt(state.errno(), fd, level(), number(), state.scratch(), length));
            if (result < 0) {
                throw new ErrnoException("setsockopt", name + "=" + value, -result);
            }
        }
    }

    T get(int fd) throws ErrnoException {
        try (CallState state = CallState.take()) {
            int largest = 2 * Integer.BYTES; // a struct linger; the others take the first int
            int result = state.result(socket_h.getsockopt(
                    state.errno(), fd, level(), number(), state.scratch(), state.length(largest)));
            ErrnoException.check(result, "getsockopt", name);
            return codec.read(state.bytes());
        }
    }

    private int level() {
        if (name.startsWith("TCP_")) {
            return socket_h.IPPROTO_TCP;
        }
        return name.startsWith("IPV6_") ? socket_h.IPPROTO_IPV6 : socket_h.SOL_SOCKET;
    }

    /** The number in the C headers, asked for when it is used: to name an option must not need the platform. */
    private int number() {
        return switch (name) {
            case "SO_REUSEADDR" -> socket_h.SO_REUSEADDR;
            case "SO_REUSEPORT" -> socket_h.SO_REUSEPORT;
            case "SO_KEEPALIVE" -> socket_h.SO_KEEPALIVE;
            case "SO_LINGER" -> socket_h.SO_LINGER;
            case "SO_SNDBUF" -> socket_h.SO_SNDBUF;
            case "SO_RCVBUF" -> socket_h.SO_RCVBUF;
            case "SO_RCVLOWAT" -> socket_h.SO_RCVLOWAT;
            case "SO_BROADCAST" -> socket_h.SO_BROADCAST;
            case "SO_OOBINLINE" -> socket_h.SO_OOBINLINE;
            case "SO_BUSY_POLL" -> socket_h.SO_BUSY_POLL;
            case "SO_INCOMING_NAPI_ID" -> socket_h.SO_INCOMING_NAPI_ID;
            case "SO_ACCEPTCONN" -> socket_h.SO_ACCEPTCONN;
            case "TCP_NODELAY" -> socket_h.TCP_NODELAY;
            case "TCP_CORK" -> socket_h.TCP_CORK;
            case "TCP_QUICKACK" -> socket_h.TCP_QUICKACK;
            case "TCP_KEEPIDLE" -> socket_h.TCP_KEEPIDLE;
            case "TCP_KEEPINTVL" -> socket_h.TCP_KEEPINTVL;
            case "TCP_KEEPCNT" -> socket_h.TCP_KEEPCNT;
            case "TCP_USER_TIMEOUT" -> socket_h.TCP_USER_TIMEOUT;
            case "TCP_NOTSENT_LOWAT" -> socket_h.TCP_NOTSENT_LOWAT;
            case "TCP_DEFER_ACCEPT" -> socket_h.TCP_DEFER_ACCEPT;
            case "TCP_FASTOPEN" -> socket_h.TCP_FASTOPEN;
            case "TCP_FASTOPEN_CONNECT" -> socket_h.TCP_FASTOPEN_CONNECT;
            case "IPV6_V6ONLY" -> socket_h.IPV6_V6ONLY;
            default -> throw new AssertionError(name);
        };
    }

    /**
     * An option and its value, made by {@link SocketOption#with}.
     *
     * <p>Immutable, thread-safe.
     */
    public static final class Setting {
        private final Pair<?> pair;

        private <T> Setting(SocketOption<T> option, T value) {
            pair = new Pair<>(option, value);
        }

        void apply(SocketFd socket) throws ErrnoException {
            pair.apply(socket);
        }

        /**
         * Spells the setting.
         *
         * @return option and value, such as {@code SO_REUSEADDR=true}
         */
        @Override
        public String toString() {
            return pair.option + "=" + pair.value;
        }

        /** Keeps the two together under one type. */
        private record Pair<T>(SocketOption<T> option, T value) {
            void apply(SocketFd socket) throws ErrnoException {
                socket.set(option, value);
            }
        }
    }
}
