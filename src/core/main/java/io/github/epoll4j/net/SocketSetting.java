package io.github.epoll4j.net;

import io.github.epoll4j.ErrnoException;
import java.net.SocketOption;
import java.util.Objects;

/**
 * An option and its value, for the methods that open a socket. {@link LinuxSocketOption#with} makes one.
 *
 * <p>Immutable, thread-safe.
 *
 * @param option the option, which may be one of the JDK's, such as
 *     {@link java.net.StandardSocketOptions#TCP_NODELAY}
 * @param value  the value that {@link SocketFd#set} would take
 * @param <T>    the type of the value
 */
public record SocketSetting<T>(SocketOption<T> option, T value) {
    /** Checks the option. */
    public SocketSetting {
        Objects.requireNonNull(option);
    }

    void apply(SocketFd socket) throws ErrnoException {
        socket.set(option, value);
    }

    /**
     * Returns the option and its value.
     *
     * @return text such as {@code SO_REUSEADDR=true}
     */
    @Override
    public String toString() {
        return option instanceof LinuxSocketOption<T> linux ? linux.text(value) : option.name() + "=" + value;
    }
}
