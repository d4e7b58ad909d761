package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.gen.socket.socket_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * An option of {@code setsockopt(2)}: its name, level, number, and how its value is laid out in memory.
 *
 * <p>{@link LinuxSocketOptions} has the common ones. The factory methods here describe any other:
 *
 * {@snippet :
 * import static io.github.epoll4j.net.LinuxSocketOptions.SOL_SOCKET;
 *
 * static final LinuxSocketOption<Boolean> SO_PASSCRED = LinuxSocketOption.ofBoolean("SO_PASSCRED", SOL_SOCKET, 16);
 * socket.set(SO_PASSCRED, true);
 * }
 *
 * <p>Immutable, thread-safe. An option may be made and named on every platform; only its use needs Linux.
 *
 * @param <T> the type of the value
 * @see <a href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</a>
 */
public final class LinuxSocketOption<T> implements SocketOption<T> {
    private final String name;
    private final int level;
    private final int number;
    private final Class<T> type;
    private final Codec<T> codec;
    /** The option that is set instead on an IPv6 socket, or null. */
    private final LinuxSocketOption<T> inet6;

    private LinuxSocketOption(
            String name, int level, int number, Class<T> type, Codec<T> codec, LinuxSocketOption<T> inet6) {
        this.name = Objects.requireNonNull(name);
        this.level = level;
        this.number = number;
        this.type = Objects.requireNonNull(type);
        this.codec = Objects.requireNonNull(codec);
        this.inet6 = inet6;
    }

    /**
     * Converts the value of an option to and from the kernel's form.
     *
     * @param <T> the type of the value
     */
    public interface Codec<T> {
        /**
         * Returns the size of the largest value that {@code getsockopt(2)} may return.
         *
         * @return the size in bytes, above 0
         */
        int size();

        /**
         * Returns the bytes that {@code setsockopt(2)} passes to the kernel. Numbers are in native byte order.
         *
         * @param value the value
         * @return its bytes
         * @throws IllegalArgumentException if the value is out of the option's range
         */
        byte[] encode(T value);

        /**
         * Returns the value that {@code getsockopt(2)} has read.
         *
         * @param from the bytes that the kernel returned, from position to limit, in native byte order; fewer than
         *     {@link #size()} if the value is shorter
         * @return the value
         */
        T decode(ByteBuffer from);
    }

    /**
     * Returns an option whose value is an {@code int}.
     *
     * @param name   the name in C, for messages
     * @param level  the level, such as {@link LinuxSocketOptions#SOL_SOCKET}
     * @param number the number of the option
     * @return the option
     */
    public static LinuxSocketOption<Integer> ofInt(String name, int level, int number) {
        return of(name, level, number, Integer.class, OptionCodec.INT);
    }

    /**
     * Returns an option whose value is an {@code int} that is zero or not.
     *
     * @param name   the name in C, for messages
     * @param level  the level, such as {@link LinuxSocketOptions#SOL_SOCKET}
     * @param number the number of the option
     * @return the option
     */
    public static LinuxSocketOption<Boolean> ofBoolean(String name, int level, int number) {
        return of(name, level, number, Boolean.class, OptionCodec.BOOLEAN);
    }

    /**
     * Returns an option whose value is an {@code int} that counts a unit of time. A duration is rounded up to the unit,
     * and capped at the largest {@code int}; a negative one is an IllegalArgumentException.
     *
     * @param name   the name in C, for messages
     * @param level  the level, such as {@link LinuxSocketOptions#SOL_SOCKET}
     * @param number the number of the option
     * @param unit   the unit that the kernel counts in
     * @return the option
     */
    public static LinuxSocketOption<Duration> ofDuration(String name, int level, int number, TimeUnit unit) {
        return of(name, level, number, Duration.class, OptionCodec.time(unit));
    }

    /**
     * Returns an option whose value is passed as it is. At most 64 KB of a value are read.
     *
     * @param name   the name in C, for messages
     * @param level  the level, such as {@link LinuxSocketOptions#SOL_SOCKET}
     * @param number the number of the option
     * @return the option
     */
    public static LinuxSocketOption<byte[]> ofBytes(String name, int level, int number) {
        return of(name, level, number, byte[].class, OptionCodec.BYTES);
    }

    /**
     * Returns an option with a value of any type.
     *
     * @param <T>    the type of the value
     * @param name   the name in C, for messages
     * @param level  the level, such as {@link LinuxSocketOptions#SOL_SOCKET}
     * @param number the number of the option
     * @param type   the type of the value
     * @param codec  the conversion of the value
     * @return the option
     */
    public static <T> LinuxSocketOption<T> of(String name, int level, int number, Class<T> type, Codec<T> codec) {
        return new LinuxSocketOption<>(name, level, number, type, codec, null);
    }

    /** Returns this option with another to be set instead on an IPv6 socket. */
    LinuxSocketOption<T> onInet6(int otherNumber, Codec<T> otherCodec) {
        return new LinuxSocketOption<>(name, level, number, type, codec,
                of(name, socket_h.IPPROTO_IPV6, otherNumber, type, otherCodec));
    }

    /**
     * Returns a setting of this option, for the methods that open a socket.
     *
     * @param value the value that {@link SocketFd#set} would take
     * @return the setting
     */
    public SocketSetting<T> with(T value) {
        return new SocketSetting<>(this, value);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Class<T> type() {
        return type;
    }

    /**
     * Returns the level of the option.
     *
     * @return the level, such as {@link LinuxSocketOptions#SOL_SOCKET}
     */
    public int level() {
        return level;
    }

    /**
     * Returns the number of the option within its level.
     *
     * @return the number
     */
    public int number() {
        return number;
    }

    /**
     * Returns the option's name in C.
     *
     * @return the name, such as {@code SO_REUSEADDR}
     */
    @Override
    public String toString() {
        return name;
    }

    void set(int fd, int family, T value) throws ErrnoException {
        boolean isInet6 = inet6 != null && family == socket_h.AF_INET6;
        int result = (isInet6 ? inet6 : this).set(fd, value);
        if (result < 0) {
            throw new ErrnoException("setsockopt", "fd=" + fd + ", " + text(value), -result);
        }
        if (isInet6) {
            set(fd, value); // for IPv4 peers of a dual-stack socket; other sockets may refuse it
        }
    }

    /** Returns 0, or {@code -errno}. */
    private int set(int fd, T value) {
        if (codec instanceof OptionCodec<T> own) {
            own.check(name, value);
        }
        byte[] bytes = codec.encode(value);
        try (CallState state = CallState.take()) {
            if (bytes.length <= CallState.SCRATCH_SIZE) {
                state.bytes().put(0, bytes);
                return state.result(
                        socket_h.setsockopt(state.errno(), fd, level, number, state.scratch(), bytes.length));
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(bytes.length, Long.BYTES);
                memory.asByteBuffer().put(bytes);
                return state.result(socket_h.setsockopt(state.errno(), fd, level, number, memory, bytes.length));
            }
        }
    }

    T get(int fd, int family) throws ErrnoException {
        return inet6 != null && family == socket_h.AF_INET6 ? inet6.get(fd) : get(fd);
    }

    private T get(int fd) throws ErrnoException {
        int size = codec.size();
        ByteBuffer value;
        try (CallState state = CallState.take()) {
            if (size <= CallState.SCRATCH_SIZE) {
                value = get(fd, state, state.scratch(), size);
            } else {
                try (Arena arena = Arena.ofConfined()) {
                    value = get(fd, state, arena.allocate(size, Long.BYTES), size);
                }
            }
        }
        if (codec instanceof OptionCodec<?> known && value.limit() < known.smallest()) {
            throw new IllegalArgumentException(name + " has a value of " + value.limit() + " bytes, too short for "
                    + type.getSimpleName() + ", which needs " + known.smallest());
        }
        return codec.decode(value);
    }

    private ByteBuffer get(int fd, CallState state, MemorySegment memory, int size) throws ErrnoException {
        int result = state.result(
                socket_h.getsockopt(state.errno(), fd, level, number, memory, state.length(size)));
        if (result < 0) {
            throw new ErrnoException("getsockopt", "fd=" + fd + ", " + name, -result);
        }
        byte[] bytes = new byte[Math.min(size, state.lengthValue())];
        memory.asByteBuffer().get(0, bytes);
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    /** Returns the option and a value for a message. */
    String text(T value) {
        return name + "=" + (value instanceof byte[] bytes ? bytes.length + " bytes" : value);
    }
}
