package io.github.epoll4j.reactor;

import io.github.epoll4j.net.SocketSetting;
import java.net.SocketOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** Socket options of configurations and connections. */
final class Options {
    private Options() {
    }

    static void requireNoLinger(SocketSetting<?> setting) {
        requireNoLinger(setting.option(), setting.value());
    }

    /** Refuses SO_LINGER above zero, the JDK's and the core's, with which close(2) blocks. */
    static void requireNoLinger(SocketOption<?> option, Object value) {
        boolean isPositive = value instanceof Integer seconds && seconds > 0
                || value instanceof Duration time && time.isPositive();
        if (isPositive && option.name().equals("SO_LINGER")) {
            throw new IllegalArgumentException("SO_LINGER above zero blocks the loop in close(2): " + value);
        }
    }

    static List<SocketSetting<?>> join(List<SocketSetting<?>> options, SocketSetting<?>... more) {
        return Stream.concat(options.stream(), Stream.of(more)).toList();
    }
}
