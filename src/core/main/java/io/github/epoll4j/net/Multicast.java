package io.github.epoll4j.net;

import io.github.epoll4j.internal.gen.message.ip_mreqn;
import io.github.epoll4j.internal.gen.message.ipv6_mreq;
import io.github.epoll4j.internal.gen.message.message_h;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A multicast group on an interface: the value of the options to join and leave it. */
record Multicast(InetAddress group, NetworkInterface networkInterface) {
    /** Returns the option to join, whose family is that of the group, and not of the socket. */
    static LinuxSocketOption<Multicast> joinOption(InetAddress group) {
        return group instanceof Inet6Address
                ? option("IPV6_ADD_MEMBERSHIP", socket_h.IPPROTO_IPV6, message_h.IPV6_ADD_MEMBERSHIP)
                : option("IP_ADD_MEMBERSHIP", socket_h.IPPROTO_IP, message_h.IP_ADD_MEMBERSHIP);
    }

    /** Returns the option to leave. */
    static LinuxSocketOption<Multicast> leaveOption(InetAddress group) {
        return group instanceof Inet6Address
                ? option("IPV6_DROP_MEMBERSHIP", socket_h.IPPROTO_IPV6, message_h.IPV6_DROP_MEMBERSHIP)
                : option("IP_DROP_MEMBERSHIP", socket_h.IPPROTO_IP, message_h.IP_DROP_MEMBERSHIP);
    }

    private static LinuxSocketOption<Multicast> option(String name, int level, int number) {
        return LinuxSocketOption.of(name, level, number, Multicast.class, new LinuxSocketOption.Codec<>() {
            @Override
            public int size() {
                return ip_mreqn.SIZEOF;
            }

            @Override
            public byte[] encode(Multicast value) {
                return value.encode();
            }

            @Override
            public Multicast decode(ByteBuffer from) {
                throw new UnsupportedOperationException("the option is write-only");
            }
        });
    }

    private byte[] encode() {
        int index = networkInterface == null ? 0 : networkInterface.getIndex();
        boolean isInet6 = group instanceof Inet6Address;
        ByteBuffer to = ByteBuffer.allocate(isInet6 ? ipv6_mreq.SIZEOF : ip_mreqn.SIZEOF)
                .order(ByteOrder.nativeOrder());
        to.put(isInet6 ? ipv6_mreq.ipv6mr_multiaddr$OFFSET : ip_mreqn.imr_multiaddr$OFFSET, group.getAddress());
        to.putInt(isInet6 ? ipv6_mreq.ipv6mr_interface$OFFSET : ip_mreqn.imr_ifindex$OFFSET, index);
        return to.array();
    }

    @Override
    public String toString() {
        return group.getHostAddress() + " on " + (networkInterface == null ? "any" : networkInterface.getName());
    }
}
