package io.github.epoll4j.internal.io;

import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.sockaddr_in;
import io.github.epoll4j.internal.gen.socket.sockaddr_in6;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.UnresolvedAddressException;

/**
 * Internet socket addresses, to and from the scratch memory of a {@link CallState}: the address at its beginning, its
 * length in {@link CallState#length()}.
 */
public final class SocketAddresses {
    private static final int FAMILY = sockaddr_in.sin_family$OFFSET;
    private static final int PORT = sockaddr_in.sin_port$OFFSET;
    private static final int INET_ADDRESS = sockaddr_in.sin_addr$OFFSET;
    private static final int INET_ZERO = sockaddr_in.sin_zero$OFFSET;
    private static final int INET6_ADDRESS = sockaddr_in6.sin6_addr$OFFSET;
    private static final int INET6_SCOPE = sockaddr_in6.sin6_scope_id$OFFSET;

    private static final boolean IS_NETWORK_ORDER = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;
    /** Begins an IPv6 address that stands for an IPv4 one: ten bytes of zero, then this. */
    private static final short MAPPED = -1;

    private SocketAddresses() {
    }

    /**
     * Returns the family of the socket that an address needs: AF_INET for every IPv4 address.
     *
     * @throws UnresolvedAddressException if the address has a host name without a number
     */
    public static int family(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return address.getAddress() instanceof Inet4Address ? socket_h.AF_INET : socket_h.AF_INET6;
    }

    /**
     * Writes an address for a socket of a family, to which an IPv4 address may have to be mapped.
     *
     * @return its length
     */
    public static int write(CallState state, int socketFamily, InetSocketAddress address) {
        ByteBuffer to = state.bytes();
        if (family(address) == socket_h.AF_INET) {
            int number = number((Inet4Address) address.getAddress());
            if (socketFamily == socket_h.AF_INET) {
                to.putShort(FAMILY, (short) socket_h.AF_INET);
                to.putShort(PORT, network((short) address.getPort()));
                to.putInt(INET_ADDRESS, network(number));
                to.putLong(INET_ZERO, 0);
                return sockaddr_in.SIZEOF;
            }
            writeInet6(state, address.getPort());
            to.putShort(INET6_ADDRESS + 10, MAPPED);
            to.putInt(INET6_ADDRESS + 12, network(number));
        } else {
            Inet6Address inet6 = (Inet6Address) address.getAddress();
            writeInet6(state, address.getPort());
            to.put(INET6_ADDRESS, inet6.getAddress());
            to.putInt(INET6_SCOPE, inet6.getScopeId());
        }
        return sockaddr_in6.SIZEOF;
    }

    private static void writeInet6(CallState state, int port) {
        state.scratch().fill((byte) 0);
        state.bytes().putShort(FAMILY, (short) socket_h.AF_INET6);
        state.bytes().putShort(PORT, network((short) port));
    }

    /** Turns native byte order into the network's, and back. */
    private static short network(short value) {
        return IS_NETWORK_ORDER ? value : Short.reverseBytes(value);
    }

    private static int network(int value) {
        return IS_NETWORK_ORDER ? value : Integer.reverseBytes(value);
    }

    private static int number(Inet4Address address) {
        byte[] bytes = address.getAddress(); // its four bytes are taken one by one, so that no array is allocated
        return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
    }

    /** Sets the length to that of the scratch memory, and returns the segment that it is in. */
    public static MemorySegment length(CallState state) {
        return state.length(CallState.SCRATCH_SIZE);
    }

    /** Returns a copy of the address, in the kernel's form. */
    public static byte[] copy(CallState state) {
        byte[] bytes = new byte[Math.min(state.lengthValue(), CallState.SCRATCH_SIZE)];
        state.bytes().get(0, bytes);
        return bytes;
    }

    /** Reads an IPv4 or IPv6 address; one that is mapped is returned as IPv4. */
    public static InetSocketAddress readInet(CallState state) {
        return readInet(state.bytes());
    }

    /** Reads an IPv4 or IPv6 address from a copy; one that is mapped is returned as IPv4. */
    public static InetSocketAddress readInet(byte[] copy) {
        return readInet(ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder()));
    }

    private static InetSocketAddress readInet(ByteBuffer from) {
        int port = Short.toUnsignedInt(network(from.getShort(PORT)));
        boolean isInet4 = from.getShort(FAMILY) == socket_h.AF_INET;
        byte[] bytes = new byte[isInet4 ? 4 : 16];
        from.get(isInet4 ? INET_ADDRESS : INET6_ADDRESS, bytes);
        int scope = isInet4 ? 0 : from.getInt(INET6_SCOPE);
        try {
            InetAddress address = scope == 0
                    ? InetAddress.getByAddress(bytes)
                    : Inet6Address.getByAddress(null, bytes, scope);
            return new InetSocketAddress(address, port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // only for a wrong number of bytes
        }
    }

    /**
     * Reads an address like {@link #readInet(CallState)}, and returns the known object if it is the same IPv4
     * address.
     *
     * @param known what was read before, or null
     */
    public static InetSocketAddress readInet(CallState state, InetSocketAddress known) {
        ByteBuffer from = state.bytes();
        boolean isKnown = known != null && known.getAddress() instanceof Inet4Address address
                && from.getShort(FAMILY) == socket_h.AF_INET
                && Short.toUnsignedInt(network(from.getShort(PORT))) == known.getPort()
                && network(from.getInt(INET_ADDRESS)) == number(address);
        return isKnown ? known : readInet(state);
    }

    /** Returns an address for a message: {@code 127.0.0.1:7000}, {@code [0:0:0:0:0:0:0:1]:7000}. */
    public static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (address.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
