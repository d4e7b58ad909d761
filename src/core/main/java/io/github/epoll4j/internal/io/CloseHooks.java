package io.github.epoll4j.internal.io;

import io.github.epoll4j.OwnedFd;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of this library that {@link OwnedFd} notifies when a descriptor is closed.
 *
 * <p>They are found here, not by overriding methods: a subclass outside the library cannot break the protocol. While no
 * hook is installed, a close costs one read of a volatile field.
 */
public final class CloseHooks {
    private static volatile List<Hook> hooks = List.of();

    private CloseHooks() {
    }

    /** A part of the library that acts on closed descriptors. Both methods are called once for an owner. */
    public interface Hook {
        /**
         * Wakes the calls that wait on an owner. {@link OwnedFd#isOpen()} is false already, and the number is still
         * open. Called by {@link OwnedFd#close()} if calls hold the number; must not wait for them.
         */
        void closing(OwnedFd owner, int fd);

        /**
         * Releases what belongs to an owner, after its number was closed or detached. The number may belong to another
         * owner by now.
         */
        void released(OwnedFd owner, int fd);
    }

    /** Installs a hook for all owners. */
    public static synchronized void add(Hook hook) {
        List<Hook> more = new ArrayList<>(hooks);
        more.add(hook);
        hooks = List.copyOf(more);
    }

    /** Removes a hook. */
    public static synchronized void remove(Hook hook) {
        List<Hook> fewer = new ArrayList<>(hooks);
        fewer.remove(hook);
        hooks = List.copyOf(fewer);
    }

    /** Calls {@link Hook#closing} of all hooks. */
    public static void closing(OwnedFd owner, int fd) {
        for (Hook hook : hooks) {
            hook.closing(owner, fd);
        }
    }

    /** Calls {@link Hook#released} of all hooks. */
    public static void released(OwnedFd owner, int fd) {
        for (Hook hook : hooks) {
            hook.released(owner, fd);
        }
    }
}
