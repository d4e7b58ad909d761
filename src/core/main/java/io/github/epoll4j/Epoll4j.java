package io.github.epoll4j;

import io.github.epoll4j.internal.ffi.Platform;

/**
 * The availability of this library on the platform that the JVM runs on.
 *
 * <p>A program that falls back to NIO asks first. Otherwise no check is needed: each method that opens or allocates
 * something throws the same exception.
 *
 * <p>Thread-safe.
 */
public final class Epoll4j {
    private Epoll4j() {
    }

    /**
     * Returns true if the library works here: on Linux on x86-64 or aarch64, with native access. If native access was
     * neither allowed nor denied, the first call makes the JVM print its warning.
     *
     * @return true if calls are possible
     */
    public static boolean isSupported() {
        return Platform.problem() == null;
    }

    /**
     * Returns the reason why the library does not work here.
     *
     * @return an exception whose message names the platform, or the JVM option that allows native access; null if the
     *     library is supported
     */
    public static Throwable unavailabilityCause() {
        return isSupported() ? null : new UnsupportedOperationException(Platform.problem());
    }
}
