package io.github.epoll4j.net;

import io.github.epoll4j.internal.gen.message.ip_mreqn;
import io.github.epoll4j.internal.gen.message.ucred;
import io.github.epoll4j.internal.gen.socket.linger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The conversions of this package's options.
 *
 * <p>They are one class without lambdas, because a server sets its first option before it listens, and each class costs
 * a start time.
 */
final class OptionCodec<T> implements LinuxSocketOption.Codec<T> {
    /** An {@code int}. */
    static final OptionCodec<Integer> INT = new OptionCodec<>(Form.INT, Integer.class, Integer.BYTES, null);
    /** An {@code int} that is 0 or not. */
    static final OptionCodec<Boolean> BOOLEAN = new OptionCodec<>(Form.BOOLEAN, Boolean.class, Integer.BYTES, null);
    /** Any bytes. */
    static final OptionCodec<byte[]> BYTES = new OptionCodec<>(Form.BYTES, byte[].class, 64 * 1024, null);
    /** A text that ends with the value, or with a zero byte. */
    static final OptionCodec<String> NAME = new OptionCodec<>(Form.NAME, String.class, 64, null);
    /** A {@code struct linger} in seconds; null is off. */
    static final OptionCodec<Duration> LINGER = new OptionCodec<>(Form.LINGER, Duration.class, linger.SIZEOF, null);
    /** A {@code struct linger} in seconds; a negative number is off. */
    static final OptionCodec<Integer> LINGER_SECONDS =
            new OptionCodec<>(Form.LINGER_SECONDS, Integer.class, linger.SIZEOF, null);
    /** The index of a network interface; null is none. */
    static final OptionCodec<NetworkInterface> INTERFACE_INDEX =
            new OptionCodec<>(Form.INTERFACE_INDEX, NetworkInterface.class, Integer.BYTES, null);
    /** A {@code struct ip_mreqn} on the way in, an IPv4 address on the way out; null is none. */
    static final OptionCodec<NetworkInterface> INTERFACE_ADDRESS =
            new OptionCodec<>(Form.INTERFACE_ADDRESS, NetworkInterface.class, ip_mreqn.SIZEOF, null);
    /** A {@code struct ucred}, read-only. */
    static final OptionCodec<PeerCredentials> CREDENTIALS =
            new OptionCodec<>(Form.CREDENTIALS, PeerCredentials.class, ucred.SIZEOF, null);
    /** A {@code struct tcp_info}, which newer kernels extend at its end; read-only. */
    static final OptionCodec<TcpInfo> INFO = new OptionCodec<>(Form.INFO, TcpInfo.class, 1024, null);

    private enum Form {
        INT, BOOLEAN, TIME, BYTES, NAME, LINGER, LINGER_SECONDS, INTERFACE_INDEX, INTERFACE_ADDRESS, CREDENTIALS, INFO
    }

    private final Form form;
    private final Class<T> type;
    private final int size;
    private final TimeUnit unit;

    private OptionCodec(Form form, Class<T> type, int size, TimeUnit unit) {
        this.form = form;
        this.type = type;
        this.size = size;
        this.unit = unit;
    }

    /** Returns the conversion of an {@code int} that counts a unit of time. */
    static OptionCodec<Duration> time(TimeUnit unit) {
        return new OptionCodec<>(Form.TIME, Duration.class, Integer.BYTES, unit);
    }

    @Override
    public int size() {
        return size;
    }

    /** Returns the fewest bytes that {@link #decode} needs. */
    int smallest() {
        return switch (form) {
            case BYTES, NAME, INFO -> 0;
            case INTERFACE_ADDRESS -> Integer.BYTES;
            case INT, BOOLEAN, TIME, LINGER, LINGER_SECONDS, INTERFACE_INDEX, CREDENTIALS -> size;
        };
    }

    /**
     * Checks that a value can be set.
     *
     * @throws UnsupportedOperationException if the option is read-only
     * @throws NullPointerException if the value is null, which is none of this option's
     */
    void check(String name, T value) {
        if (form == Form.CREDENTIALS || form == Form.INFO) {
            throw new UnsupportedOperationException(name + " is read-only");
        }
        boolean isNullable =
                form == Form.LINGER || form == Form.INTERFACE_INDEX || form == Form.INTERFACE_ADDRESS;
        if (value == null && !isNullable) {
            throw new NullPointerException(name + " takes no null");
        }
    }

    @Override
    public byte[] encode(T value) {
        return switch (form) {
            case INT -> bytes((Integer) value);
            case BOOLEAN -> bytes((Boolean) value ? 1 : 0);
            case TIME -> bytes(count((Duration) value, unit));
            case BYTES -> ((byte[]) value).clone();
            case NAME -> ((String) value).getBytes(StandardCharsets.ISO_8859_1);
            case LINGER -> linger(value == null ? -1 : count((Duration) value, TimeUnit.SECONDS));
            case LINGER_SECONDS -> linger((Integer) value);
            case INTERFACE_INDEX -> bytes(value == null ? 0 : ((NetworkInterface) value).getIndex());
            case INTERFACE_ADDRESS -> mreqn((NetworkInterface) value);
            case CREDENTIALS, INFO -> throw new UnsupportedOperationException("the option is read-only");
        };
    }

    @Override
    public T decode(ByteBuffer from) {
        return type.cast(switch (form) {
            case INT -> from.getInt(0);
            case BOOLEAN -> from.getInt(0) != 0;
            case TIME -> Duration.of(from.getInt(0), unit.toChronoUnit());
            case BYTES -> bytes(from);
            case NAME -> name(from);
            case LINGER -> seconds(from) < 0 ? null : Duration.ofSeconds(seconds(from));
            case LINGER_SECONDS -> seconds(from);
            case INTERFACE_INDEX -> networkInterface(from.getInt(0));
            case INTERFACE_ADDRESS -> interfaceOfAddress(from);
            case CREDENTIALS -> new PeerCredentials(
                    from.getInt(ucred.pid$OFFSET), from.getInt(ucred.uid$OFFSET), from.getInt(ucred.gid$OFFSET));
            case INFO -> new TcpInfo(bytes(from));
        });
    }

    private static ByteBuffer allocate(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    }

    private static byte[] bytes(int value) {
        return allocate(Integer.BYTES).putInt(value).array();
    }

    private static byte[] bytes(ByteBuffer from) {
        byte[] bytes = new byte[from.remaining()];
        from.get(0, bytes);
        return bytes;
    }

    /** Returns the number of units in a time, rounded up and capped. */
    private static int count(Duration time, TimeUnit unit) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("negative time: " + time);
        }
        long count = Math.min(unit.convert(time), Integer.MAX_VALUE);
        boolean isShort = Duration.of(count, unit.toChronoUnit()).compareTo(time) < 0;
        return isShort && count < Integer.MAX_VALUE ? (int) count + 1 : (int) count;
    }

    private static String name(ByteBuffer from) {
        int end = 0;
        while (end < from.limit() && from.get(end) != 0) {
            end++;
        }
        return StandardCharsets.ISO_8859_1.decode(from.slice(0, end)).toString();
    }

    private static byte[] linger(int seconds) {
        return allocate(linger.SIZEOF).putInt(linger.l_onoff$OFFSET, seconds < 0 ? 0 : 1)
                .putInt(linger.l_linger$OFFSET, Math.max(0, seconds)).array();
    }

    private static int seconds(ByteBuffer from) {
        return from.getInt(linger.l_onoff$OFFSET) == 0 ? -1 : from.getInt(linger.l_linger$OFFSET);
    }

    /** Sets an address of the interface along with its index, because the kernel returns only the address. */
    private static byte[] mreqn(NetworkInterface value) {
        ByteBuffer to = allocate(ip_mreqn.SIZEOF);
        if (value != null) {
            to.putInt(ip_mreqn.imr_ifindex$OFFSET, value.getIndex());
            value.inetAddresses().filter(Inet4Address.class::isInstance).findFirst()
                    .ifPresent(address -> to.put(ip_mreqn.imr_address$OFFSET, address.getAddress()));
        }
        return to.array();
    }

    private static NetworkInterface interfaceOfAddress(ByteBuffer from) {
        byte[] bytes = new byte[Integer.BYTES];
        from.get(0, bytes);
        try {
            InetAddress address = InetAddress.getByAddress(bytes);
            return address.isAnyLocalAddress() ? null : NetworkInterface.getByInetAddress(address);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // only for a wrong number of bytes
        } catch (SocketException e) {
            return null; // the interface is gone
        }
    }

    private static NetworkInterface networkInterface(int index) {
        try {
            return index == 0 ? null : NetworkInterface.getByIndex(index);
        } catch (SocketException e) {
            return null; // the interface is gone
        }
    }
}
