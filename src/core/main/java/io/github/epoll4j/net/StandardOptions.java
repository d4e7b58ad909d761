package io.github.epoll4j.net;

import java.net.SocketOption;

/** The options of the JDK, {@code jdk.net.ExtendedSocketOptions} included, found by their name and type. */
final class StandardOptions {
    private static final LinuxSocketOption<?>[] KNOWN = {
        LinuxSocketOptions.SO_BROADCAST, LinuxSocketOptions.SO_KEEPALIVE, LinuxSocketOptions.SO_SNDBUF,
        LinuxSocketOptions.SO_RCVBUF, LinuxSocketOptions.SO_REUSEADDR, LinuxSocketOptions.SO_REUSEPORT,
        LinuxSocketOptions.SO_INCOMING_NAPI_ID, LinuxSocketOptions.TCP_NODELAY, LinuxSocketOptions.TCP_QUICKACK,
        LinuxSocketOptions.IP_TOS, LinuxSocketOptions.IP_MULTICAST_IF, LinuxSocketOptions.IP_MULTICAST_TTL,
        LinuxSocketOptions.IP_MULTICAST_LOOP,
        like("SO_LINGER", LinuxSocketOptions.SO_LINGER, OptionCodec.LINGER_SECONDS),
        like("TCP_KEEPIDLE", LinuxSocketOptions.TCP_KEEPIDLE, OptionCodec.INT),
        like("TCP_KEEPINTERVAL", LinuxSocketOptions.TCP_KEEPINTVL, OptionCodec.INT),
        like("TCP_KEEPCOUNT", LinuxSocketOptions.TCP_KEEPCNT, OptionCodec.INT)
    };

    private StandardOptions() {
    }

    private static LinuxSocketOption<Integer> like(
            String name, LinuxSocketOption<?> option, OptionCodec<Integer> codec) {
        return LinuxSocketOption.of(name, option.level(), option.number(), Integer.class, codec);
    }

    /**
     * Returns the Linux option that an option of the JDK stands for.
     *
     * @throws UnsupportedOperationException if there is none of this name and type
     */
    @SuppressWarnings("unchecked") // the type was compared
    static <T> LinuxSocketOption<T> find(SocketOption<T> option) {
        for (LinuxSocketOption<?> known : KNOWN) {
            if (known.name().equals(option.name()) && known.type() == option.type()) {
                return (LinuxSocketOption<T>) known;
            }
        }
        throw new UnsupportedOperationException(
                "no option " + option.name() + " with a value of type " + option.type().getName()
                        + " is known; describe it by LinuxSocketOption.ofInt(name, level, number) or the like");
    }
}
