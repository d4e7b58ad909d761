package io.github.epoll4j.internal.io;

import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.io.IOException;

/** Passes the number of a {@link FileFd} to an owner of its type. */
public final class FileOwner {
    private FileOwner() {
    }

    /**
     * The {@code adopt(int)} of a type.
     *
     * @param <T> the type
     * @param <E> what it throws
     */
    public interface Type<T extends OwnedFd, E extends IOException> {
        /** Takes ownership of a number, which stays the caller's if this throws. */
        T adopt(int fd) throws E;
    }

    /**
     * Passes the number to a new owner. The file is closed afterwards; it stays open and the caller's if this throws.
     *
     * @throws IllegalArgumentException if the number is borrowed, or of another kind
     * @throws IllegalStateException if the file is closed, or a call holds the number at the moment
     */
    public static <T extends OwnedFd, E extends IOException> T pass(FileFd file, Type<T, E> type) throws E {
        if (file.isBorrowed()) {
            throw new IllegalArgumentException("the number is borrowed: " + file);
        }
        T owner;
        int flags;
        int fd = file.acquire();
        try {
            flags = FdCalls.fcntl(fd, unistd_h.F_GETFL, 0);
            owner = type.adopt(fd);
        } finally {
            file.release();
        }
        try {
            file.detach();
            return owner;
        } catch (IllegalStateException e) {
            owner.detach();
            restore(file, flags);
            throw e;
        }
    }

    private static void restore(FileFd file, int flags) {
        int fd = file.acquire();
        try {
            FdCalls.fcntl(fd, unistd_h.F_SETFL, flags);
        } finally {
            file.release();
        }
    }
}
