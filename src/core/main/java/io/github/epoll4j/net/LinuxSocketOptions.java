package io.github.epoll4j.net;

import io.github.epoll4j.internal.gen.message.message_h;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The options of sockets in their C spelling, each with the type of its value, for a static import.
 *
 * <p>{@code stream.set(TCP_NODELAY, true)} sets one. {@code TCP_NODELAY.with(true)} is a setting for the methods that
 * open a socket, which apply it before bind(2) or connect(2). Times are {@link Duration}s, rounded up to the kernel's
 * unit.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/tcp.7.html">tcp(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/udp.7.html">udp(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7)</a>
 */
public final class LinuxSocketOptions {
    /** The level of the options that all sockets have. The levels are for {@link LinuxSocketOption#ofInt} and such. */
    public static final int SOL_SOCKET = socket_h.SOL_SOCKET;
    /** The level of IPv4. */
    public static final int IPPROTO_IP = socket_h.IPPROTO_IP;
    /** The level of IPv6. */
    public static final int IPPROTO_IPV6 = socket_h.IPPROTO_IPV6;
    /** The level of TCP. */
    public static final int IPPROTO_TCP = socket_h.IPPROTO_TCP;
    /** The level of UDP. */
    public static final int IPPROTO_UDP = socket_h.IPPROTO_UDP;

    /** Allows bind while old connections are in TIME_WAIT. {@link TcpListener} sets it by default. */
    public static final LinuxSocketOption<Boolean> SO_REUSEADDR =
            LinuxSocketOption.ofBoolean("SO_REUSEADDR", socket_h.SOL_SOCKET, socket_h.SO_REUSEADDR);
    /** Allows several sockets of one user to bind one address; the kernel distributes connections. Before bind. */
    public static final LinuxSocketOption<Boolean> SO_REUSEPORT =
            LinuxSocketOption.ofBoolean("SO_REUSEPORT", socket_h.SOL_SOCKET, socket_h.SO_REUSEPORT);
    /** Sends keep-alive probes to a silent peer, see TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT. */
    public static final LinuxSocketOption<Boolean> SO_KEEPALIVE =
            LinuxSocketOption.ofBoolean("SO_KEEPALIVE", socket_h.SOL_SOCKET, socket_h.SO_KEEPALIVE);
    /**
     * The behaviour of close with unsent bytes, in seconds. {@code null} (the default): close returns at once, and the
     * kernel goes on sending. Zero: the bytes are dropped, and the peer gets a reset. A time: close blocks until they
     * are sent and acknowledged, or the time is over, although the socket is non-blocking.
     */
    public static final LinuxSocketOption<Duration> SO_LINGER =
            LinuxSocketOption.of(
                    "SO_LINGER", socket_h.SOL_SOCKET, socket_h.SO_LINGER, Duration.class, OptionCodec.LINGER);
    /** The size of the send buffer in bytes. The kernel doubles what is set, and caps it (net.core.wmem_max). */
    public static final LinuxSocketOption<Integer> SO_SNDBUF =
            LinuxSocketOption.ofInt("SO_SNDBUF", socket_h.SOL_SOCKET, socket_h.SO_SNDBUF);
    /** The size of the receive buffer in bytes. The kernel doubles what is set, and caps it (net.core.rmem_max). */
    public static final LinuxSocketOption<Integer> SO_RCVBUF =
            LinuxSocketOption.ofInt("SO_RCVBUF", socket_h.SOL_SOCKET, socket_h.SO_RCVBUF);
    /** The number of bytes that must have arrived before the socket is readable; 1 by default. */
    public static final LinuxSocketOption<Integer> SO_RCVLOWAT =
            LinuxSocketOption.ofInt("SO_RCVLOWAT", socket_h.SOL_SOCKET, socket_h.SO_RCVLOWAT);
    /** Allows a UDP socket to send to a broadcast address, which is EACCES otherwise. */
    public static final LinuxSocketOption<Boolean> SO_BROADCAST =
            LinuxSocketOption.ofBoolean("SO_BROADCAST", socket_h.SOL_SOCKET, socket_h.SO_BROADCAST);
    /** Delivers an urgent byte in the stream, and not out of band. */
    public static final LinuxSocketOption<Boolean> SO_OOBINLINE =
            LinuxSocketOption.ofBoolean("SO_OOBINLINE", socket_h.SOL_SOCKET, socket_h.SO_OOBINLINE);
    /** The time to poll the device while nothing has arrived, in microseconds; raising it needs CAP_NET_ADMIN. */
    public static final LinuxSocketOption<Duration> SO_BUSY_POLL =
            LinuxSocketOption.ofDuration(
                    "SO_BUSY_POLL", socket_h.SOL_SOCKET, socket_h.SO_BUSY_POLL, TimeUnit.MICROSECONDS);
    /** The receive queue that the last packet came from, 0 if none is known (loopback has none). Read-only. */
    public static final LinuxSocketOption<Integer> SO_INCOMING_NAPI_ID =
            LinuxSocketOption.ofInt("SO_INCOMING_NAPI_ID", socket_h.SOL_SOCKET, socket_h.SO_INCOMING_NAPI_ID);
    /** Whether the socket listens. Read-only. */
    public static final LinuxSocketOption<Boolean> SO_ACCEPTCONN =
            LinuxSocketOption.ofBoolean("SO_ACCEPTCONN", socket_h.SOL_SOCKET, socket_h.SO_ACCEPTCONN);
    /** The mark of the packets that are sent, for routing and firewalls. Needs CAP_NET_ADMIN or CAP_NET_RAW. */
    public static final LinuxSocketOption<Integer> SO_MARK =
            LinuxSocketOption.ofInt("SO_MARK", socket_h.SOL_SOCKET, message_h.SO_MARK);
    /** The queueing priority of the packets that are sent; 0 to 6, above needs CAP_NET_ADMIN. */
    public static final LinuxSocketOption<Integer> SO_PRIORITY =
            LinuxSocketOption.ofInt("SO_PRIORITY", socket_h.SOL_SOCKET, message_h.SO_PRIORITY);
    /**
     * The process at the other end of a Unix stream or pair. On other sockets the pid is 0, uid and gid are -1.
     * Read-only.
     */
    public static final LinuxSocketOption<PeerCredentials> SO_PEERCRED =
            LinuxSocketOption.of(
                    "SO_PEERCRED", socket_h.SOL_SOCKET, message_h.SO_PEERCRED, PeerCredentials.class,
                    OptionCodec.CREDENTIALS);

    /** Sends small segments at once (no Nagle algorithm). Accepted connections inherit it. */
    public static final LinuxSocketOption<Boolean> TCP_NODELAY =
            LinuxSocketOption.ofBoolean("TCP_NODELAY", socket_h.IPPROTO_TCP, socket_h.TCP_NODELAY);
    /** Sends full segments only, until it is switched off, or for 200 milliseconds. */
    public static final LinuxSocketOption<Boolean> TCP_CORK =
            LinuxSocketOption.ofBoolean("TCP_CORK", socket_h.IPPROTO_TCP, socket_h.TCP_CORK);
    /** Acknowledges at once. Not permanent: the kernel switches it off and on by itself. */
    public static final LinuxSocketOption<Boolean> TCP_QUICKACK =
            LinuxSocketOption.ofBoolean("TCP_QUICKACK", socket_h.IPPROTO_TCP, socket_h.TCP_QUICKACK);
    /** The silence before the first keep-alive probe, in seconds; 1 to 32767. */
    public static final LinuxSocketOption<Duration> TCP_KEEPIDLE =
            LinuxSocketOption.ofDuration("TCP_KEEPIDLE", socket_h.IPPROTO_TCP, socket_h.TCP_KEEPIDLE, TimeUnit.SECONDS);
    /** The time between two keep-alive probes, in seconds; 1 to 32767. */
    public static final LinuxSocketOption<Duration> TCP_KEEPINTVL =
            LinuxSocketOption.ofDuration(
                    "TCP_KEEPINTVL", socket_h.IPPROTO_TCP, socket_h.TCP_KEEPINTVL, TimeUnit.SECONDS);
    /** The number of keep-alive probes in a row that may stay unanswered; 1 to 127. */
    public static final LinuxSocketOption<Integer> TCP_KEEPCNT =
            LinuxSocketOption.ofInt("TCP_KEEPCNT", socket_h.IPPROTO_TCP, socket_h.TCP_KEEPCNT);
    /** The time that sent bytes may stay unacknowledged before ETIMEDOUT, in milliseconds; zero: system default. */
    public static final LinuxSocketOption<Duration> TCP_USER_TIMEOUT =
            LinuxSocketOption.ofDuration(
                    "TCP_USER_TIMEOUT", socket_h.IPPROTO_TCP, socket_h.TCP_USER_TIMEOUT, TimeUnit.MILLISECONDS);
    /** The number of unsent bytes in the send buffer up to which the socket is writable. */
    public static final LinuxSocketOption<Integer> TCP_NOTSENT_LOWAT =
            LinuxSocketOption.ofInt("TCP_NOTSENT_LOWAT", socket_h.IPPROTO_TCP, socket_h.TCP_NOTSENT_LOWAT);
    /**
     * Of a listener: the time to wait for the first bytes before a connection can be accepted, in seconds. The kernel
     * rounds up to the times of its retransmissions (1, 3, 7, 15, ...). Zero is off.
     */
    public static final LinuxSocketOption<Duration> TCP_DEFER_ACCEPT =
            LinuxSocketOption.ofDuration(
                    "TCP_DEFER_ACCEPT", socket_h.IPPROTO_TCP, socket_h.TCP_DEFER_ACCEPT, TimeUnit.SECONDS);
    /** Of a listener: the number of connections with data in their first segment that may be pending; 0 is off. */
    public static final LinuxSocketOption<Integer> TCP_FASTOPEN =
            LinuxSocketOption.ofInt("TCP_FASTOPEN", socket_h.IPPROTO_TCP, socket_h.TCP_FASTOPEN);
    /**
     * Of a stream, before connect: sends the first bytes that are written with the first segment. If the kernel has a
     * cookie of the peer, connect sends nothing: the stream is writable, and the first write starts the handshake.
     * {@link TcpStream#finishConnect()} returns false until the handshake is over.
     */
    public static final LinuxSocketOption<Boolean> TCP_FASTOPEN_CONNECT =
            LinuxSocketOption.ofBoolean("TCP_FASTOPEN_CONNECT", socket_h.IPPROTO_TCP, socket_h.TCP_FASTOPEN_CONNECT);
    /** The largest segment to send, in bytes. Before connect or listen. */
    public static final LinuxSocketOption<Integer> TCP_MAXSEG =
            LinuxSocketOption.ofInt("TCP_MAXSEG", socket_h.IPPROTO_TCP, socket_h.TCP_MAXSEG);
    /** The name of the congestion control algorithm, such as {@code cubic}. */
    public static final LinuxSocketOption<String> TCP_CONGESTION =
            LinuxSocketOption.of(
                    "TCP_CONGESTION", socket_h.IPPROTO_TCP, socket_h.TCP_CONGESTION, String.class, OptionCodec.NAME);
    /** The state and the statistics of the connection. Read-only. */
    public static final LinuxSocketOption<TcpInfo> TCP_INFO =
            LinuxSocketOption.of("TCP_INFO", socket_h.IPPROTO_TCP, socket_h.TCP_INFO, TcpInfo.class, OptionCodec.INFO);

    /** The size of the datagrams that the kernel cuts a larger write into, in bytes; 0 is off. */
    public static final LinuxSocketOption<Integer> UDP_SEGMENT =
            LinuxSocketOption.ofInt("UDP_SEGMENT", socket_h.IPPROTO_UDP, message_h.UDP_SEGMENT);
    /** Allows the kernel to join datagrams of one sender into one that is received. */
    public static final LinuxSocketOption<Boolean> UDP_GRO =
            LinuxSocketOption.ofBoolean("UDP_GRO", socket_h.IPPROTO_UDP, message_h.UDP_GRO);

    /**
     * The type-of-service byte of the packets that are sent. On an IPv6 socket it is IPV6_TCLASS, and for its IPv4
     * peers IP_TOS.
     */
    public static final LinuxSocketOption<Integer> IP_TOS =
            LinuxSocketOption.ofInt("IP_TOS", socket_h.IPPROTO_IP, message_h.IP_TOS)
                    .onInet6(message_h.IPV6_TCLASS, OptionCodec.INT);
    /**
     * The time to live of the packets that are sent; -1 is the system's default. On an IPv6 socket it is
     * IPV6_UNICAST_HOPS, and for its IPv4 peers IP_TTL.
     */
    public static final LinuxSocketOption<Integer> IP_TTL =
            LinuxSocketOption.ofInt("IP_TTL", socket_h.IPPROTO_IP, message_h.IP_TTL)
                    .onInet6(message_h.IPV6_UNICAST_HOPS, OptionCodec.INT);
    /** Allows bind to an address that this host does not have (yet). Before bind. */
    public static final LinuxSocketOption<Boolean> IP_FREEBIND =
            LinuxSocketOption.ofBoolean("IP_FREEBIND", socket_h.IPPROTO_IP, message_h.IP_FREEBIND);
    /**
     * Allows bind to, and sending from, foreign addresses, for a transparent proxy. Needs CAP_NET_ADMIN. Before bind.
     */
    public static final LinuxSocketOption<Boolean> IP_TRANSPARENT =
            LinuxSocketOption.ofBoolean("IP_TRANSPARENT", socket_h.IPPROTO_IP, message_h.IP_TRANSPARENT);
    /**
     * The interface that multicasts are sent by; {@code null} is the system's choice. On an IPv6 socket it is
     * IPV6_MULTICAST_IF.
     */
    public static final LinuxSocketOption<NetworkInterface> IP_MULTICAST_IF =
            LinuxSocketOption.of(
                    "IP_MULTICAST_IF", socket_h.IPPROTO_IP, message_h.IP_MULTICAST_IF, NetworkInterface.class,
                    OptionCodec.INTERFACE_ADDRESS)
                    .onInet6(message_h.IPV6_MULTICAST_IF, OptionCodec.INTERFACE_INDEX);
    /** The time to live of multicasts; 1 by default. On an IPv6 socket it is IPV6_MULTICAST_HOPS. */
    public static final LinuxSocketOption<Integer> IP_MULTICAST_TTL =
            LinuxSocketOption.ofInt("IP_MULTICAST_TTL", socket_h.IPPROTO_IP, message_h.IP_MULTICAST_TTL)
                    .onInet6(message_h.IPV6_MULTICAST_HOPS, OptionCodec.INT);
    /**
     * Delivers multicasts that are sent to members on this host as well; true by default. On an IPv6 socket it is
     * IPV6_MULTICAST_LOOP.
     */
    public static final LinuxSocketOption<Boolean> IP_MULTICAST_LOOP =
            LinuxSocketOption.ofBoolean("IP_MULTICAST_LOOP", socket_h.IPPROTO_IP, message_h.IP_MULTICAST_LOOP)
                    .onInet6(message_h.IPV6_MULTICAST_LOOP, OptionCodec.BOOLEAN);
    /** Restricts an IPv6 socket to IPv6. Sockets are opened with false, whatever the system's default. Before bind. */
    public static final LinuxSocketOption<Boolean> IPV6_V6ONLY =
            LinuxSocketOption.ofBoolean("IPV6_V6ONLY", socket_h.IPPROTO_IPV6, socket_h.IPV6_V6ONLY);

    private LinuxSocketOptions() {
    }
}
