package io.github.epoll4j.fd;

import io.github.epoll4j.internal.gen.unistd.unistd_h;
import java.util.ArrayList;
import java.util.List;

/**
 * The flags of {@link FileFd#open(java.nio.file.Path, int)}, in their C spelling.
 *
 * <p>Exactly one of O_RDONLY, O_WRONLY and O_RDWR is passed, except with O_PATH. Flags whose value differs between the
 * architectures are not offered: O_DIRECTORY, O_NOFOLLOW, O_DIRECT, O_TMPFILE. O_LARGEFILE has no effect on a 64-bit
 * system.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a>
 */
public final class OpenFlags {
    /** Open for reading; the value is 0. */
    public static final int O_RDONLY = unistd_h.O_RDONLY;
    /** Open for writing. */
    public static final int O_WRONLY = unistd_h.O_WRONLY;
    /** Open for reading and writing. */
    public static final int O_RDWR = unistd_h.O_RDWR;
    /** Create the file if it does not exist. */
    public static final int O_CREAT = unistd_h.O_CREAT;
    /** With {@link #O_CREAT}: fail with EEXIST if the file exists, even as a symbolic link. */
    public static final int O_EXCL = unistd_h.O_EXCL;
    /** A terminal does not become the controlling terminal of the process. */
    public static final int O_NOCTTY = unistd_h.O_NOCTTY;
    /** Truncate a regular file to length 0. */
    public static final int O_TRUNC = unistd_h.O_TRUNC;
    /** Each write appends to the end of the file. */
    public static final int O_APPEND = unistd_h.O_APPEND;
    /** Neither the open nor reads and writes block. No effect on regular files. */
    public static final int O_NONBLOCK = unistd_h.O_NONBLOCK;
    /** Each write returns after its data reached the storage. */
    public static final int O_DSYNC = unistd_h.O_DSYNC;
    /** Each write returns after its data and all metadata reached the storage; includes {@link #O_DSYNC}. */
    public static final int O_SYNC = unistd_h.O_SYNC;
    /** Close on exec; {@link FileFd} always sets it. */
    public static final int O_CLOEXEC = unistd_h.O_CLOEXEC;
    /** Refer to a path without opening the file; reads, writes and waits fail with EBADF. */
    public static final int O_PATH = unistd_h.O_PATH;

    private static final int ACCESS_MODE = O_RDONLY | O_WRONLY | O_RDWR;

    private OpenFlags() {
    }

    /**
     * Returns flags as text, such as {@code O_RDWR|O_NONBLOCK}.
     *
     * @param flags the flags
     * @return the names joined by {@code |}; bits without a name in hexadecimal
     */
    public static String toString(int flags) {
        List<String> names = new ArrayList<>();
        int rest = flags & ~ACCESS_MODE;
        switch (flags & ACCESS_MODE) {
            case O_RDONLY -> names.add("O_RDONLY");
            case O_WRONLY -> names.add("O_WRONLY");
            case O_RDWR -> names.add("O_RDWR");
            default -> rest = flags;
        }
        rest = addName(names, rest, O_CREAT, "O_CREAT");
        rest = addName(names, rest, O_EXCL, "O_EXCL");
        rest = addName(names, rest, O_NOCTTY, "O_NOCTTY");
        rest = addName(names, rest, O_TRUNC, "O_TRUNC");
        rest = addName(names, rest, O_APPEND, "O_APPEND");
        rest = addName(names, rest, O_NONBLOCK, "O_NONBLOCK");
        rest = addName(names, rest, O_SYNC, "O_SYNC");
        rest = addName(names, rest, O_DSYNC, "O_DSYNC");
        rest = addName(names, rest, O_CLOEXEC, "O_CLOEXEC");
        rest = addName(names, rest, O_PATH, "O_PATH");
        if (rest != 0) {
            names.add("0x" + Integer.toHexString(rest));
        }
        return String.join("|", names);
    }

    private static int addName(List<String> names, int rest, int flag, String name) {
        if ((rest & flag) != flag) {
            return rest;
        }
        names.add(name);
        return rest & ~flag;
    }
}
