package io.github.epoll4j.fd;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.CloseHooks;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.PathBytes;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A descriptor of any kind: a file, FIFO, terminal or device that was opened by path, or a number from other code.
 *
 * <p>Reads and writes move what they can in one call: the number of bytes, 0 if the call would block, and for a read -1
 * at the end. They block if the descriptor is blocking: open it with O_NONBLOCK or call {@link #nonBlocking}. A blocked
 * call pins a virtual thread, and {@link #close()} does not end it. Reads and writes allocate nothing. Direct buffers
 * and native segments are passed to the kernel as they are. Other buffers are copied, at most 64 KB for each call.
 *
 * <p>Epoll refuses most regular files with EPERM, since they are always ready; the message names the {@link #kind()}.
 * The table "readiness, descriptor by descriptor" in {@code docs/behaviours.md} has the readiness of each kind.
 *
 * <p>A terminal is set to raw mode by {@link #ioctl(long, MemorySegment)} with the kernel's {@code struct termios},
 * four 32-bit masks of flags and 20 bytes:
 *
 * {@snippet lang=java :
 * static final long TCGETS = 0x5401, TCSETS = 0x5402;                     // x86-64 and aarch64
 *
 * static MemorySegment makeRaw(FileFd terminal, Arena arena) throws IOException {
 *     MemorySegment termios = arena.allocate(36, 4);
 *     terminal.ioctl(TCGETS, termios);
 *     MemorySegment before = arena.allocate(36, 4).copyFrom(termios);
 *     clear(termios, 0, 0x5eb);    // c_iflag: IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
 *     clear(termios, 4, 0x1);      // c_oflag: OPOST
 *     clear(termios, 12, 0x804b);  // c_lflag: ISIG ICANON ECHO ECHONL IEXTEN
 *     terminal.ioctl(TCSETS, termios);
 *     return before;               // for TCSETS at the end
 * }
 *
 * static void clear(MemorySegment termios, long offset, int flags) {
 *     termios.set(JAVA_INT, offset, termios.get(JAVA_INT, offset) & ~flags);
 * }
 * }
 *
 * <p>A pseudo-terminal is a pair of a master and a slave. A slave whose master is closed reads -1, and its writes throw
 * EIO. Reads of a master whose slave is closed throw EIO.
 *
 * {@snippet lang=java :
 * static final long TIOCSPTLCK = 0x40045431L, TIOCGPTN = 0x80045430L;     // x86-64 and aarch64
 *
 * try (Arena arena = Arena.ofConfined();
 *      FileFd master = FileFd.open(Path.of("/dev/ptmx"), O_RDWR | O_NOCTTY | O_NONBLOCK)) {
 *     MemorySegment number = arena.allocate(JAVA_INT);
 *     master.ioctl(TIOCSPTLCK, number);    // 0 unlocks the slave
 *     master.ioctl(TIOCGPTN, number);
 *     Path path = Path.of("/dev/pts/" + number.get(JAVA_INT, 0));
 *     try (FileFd slave = FileFd.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)) {
 *         …
 *     }
 * }
 * }
 *
 * <p>Thread-safe. A buffer belongs to one call at a time. Ownership: the caller closes it; see {@link #borrow} for
 * numbers that stay open.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a>
 */
public final class FileFd extends OwnedFd {
    private static final int DEFAULT_MODE = 0666;
    private static final int NONE = -1;
    /** The borrowed numbers whose O_NONBLOCK was changed. Its lock guards all changes of the flag. */
    private static final Map<Integer, ChangedFlag> CHANGED = new HashMap<>();

    /** The number, if it is borrowed, or {@link #NONE}. */
    private final int borrowed;
    /** True if this borrower counts in {@link #CHANGED}. */
    private boolean hasChangedFlag;

    private FileFd(int fd, boolean isBorrowed) {
        super(fd, isBorrowed);
        borrowed = isBorrowed ? fd : NONE;
    }

    /**
     * {@code open(path, flags | O_CLOEXEC, 0666)}: opens a file.
     *
     * @param path  a path of the default file system
     * @param flags the access mode and more, see {@link OpenFlags}
     * @return the descriptor, to be closed by the caller
     * @throws ErrnoException as {@link #open(Path, int, int)}
     * @throws IllegalArgumentException if the path is not of the default file system
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static FileFd open(Path path, int flags) throws ErrnoException {
        return open(path, flags, DEFAULT_MODE);
    }

    /**
     * {@code open(path, flags | O_CLOEXEC, mode)}: opens a file, with the permissions of a file that it creates.
     *
     * <p>Without O_NONBLOCK the open of a FIFO waits for the other end. Repeated on EINTR.
     *
     * @param path  a path of the default file system
     * @param flags the access mode and more, see {@link OpenFlags}
     * @param mode  the permissions of a new file, such as 0600, before the process's umask
     * @return the descriptor, to be closed by the caller
     * @throws ErrnoException ENOENT, EACCES, EISDIR, ELOOP, ENAMETOOLONG, ENOTDIR; EEXIST with O_EXCL; ENXIO for the
     *     write end of a FIFO without a reader and O_NONBLOCK, or a device that is not there; EMFILE, ENFILE, EINVAL
     *     and others, see open(2)
     * @throws IllegalArgumentException if the path is not of the default file system
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static FileFd open(Path path, int flags, int mode) throws ErrnoException {
        return open(PathBytes.of(path), flags, mode);
    }

    /**
     * {@code open(path, flags | O_CLOEXEC, 0666)}: opens a file by the bytes of its path, in any encoding.
     *
     * @param path  the path, without a NUL at the end; a relative one begins at the process's working directory
     * @param flags the access mode and more, see {@link OpenFlags}
     * @return the descriptor, to be closed by the caller
     * @throws ErrnoException as {@link #open(Path, int, int)}
     * @throws IllegalArgumentException if the path contains a NUL
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static FileFd open(byte[] path, int flags) throws ErrnoException {
        return open(path, flags, DEFAULT_MODE);
    }

    /**
     * {@code open(path, flags | O_CLOEXEC, mode)}: opens a file by the bytes of its path, in any encoding.
     *
     * @param path  the path, without a NUL at the end; a relative one begins at the process's working directory
     * @param flags the access mode and more, see {@link OpenFlags}
     * @param mode  the permissions of a new file, such as 0600, before the process's umask
     * @return the descriptor, to be closed by the caller
     * @throws ErrnoException as {@link #open(Path, int, int)}
     * @throws IllegalArgumentException if the path contains a NUL
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static FileFd open(byte[] path, int flags, int mode) throws ErrnoException {
        Platform.require();
        int result;
        try (CallState state = CallState.take(); Arena arena = Arena.ofConfined()) {
            MemorySegment cString = PathBytes.cString(path, arena);
            do {
                result = state.result(unistd_h.open(state.errno(), cString, flags | unistd_h.O_CLOEXEC, mode));
            } while (result == -Errno.EINTR);
        }
        if (result < 0) {
            throw new ErrnoException("open", PathBytes.text(path) + ", " + OpenFlags.toString(flags), -result);
        }
        return new FileFd(result, false);
    }

    /**
     * {@code fcntl(F_SETFD, FD_CLOEXEC)}: takes ownership of a number that other code opened. From now on only this
     * object closes it.
     *
     * <p>O_NONBLOCK stays as it is. The types have methods of the same name that check the kind, such as
     * {@link EventFd#adopt(int)}.
     *
     * @param fd the number of an open descriptor of any kind, 0 or more
     * @return its owner, to be closed by the caller
     * @throws ErrnoException EBADF if the number is not open
     * @throws IllegalArgumentException if the number is negative
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static FileFd adopt(int fd) throws ErrnoException {
        FdKind.requireOpen(fd);
        FdCalls.setCloseOnExec(fd);
        return new FileFd(fd, false);
    }

    /**
     * Uses a number that stays open when this object is closed, such as 0 for the standard input.
     *
     * <p>O_NONBLOCK belongs to the open file, which other processes may share: those of a pipeline, or the shell of a
     * terminal. {@link #close()} therefore restores the flag if {@link #nonBlocking} changed it. The flag stays changed
     * if the process ends without {@code close()}, by SIGKILL for one; a process that shares the file then fails with
     * EAGAIN. {@code System.in} fails the same way while the flag is set. {@link #detach()} restores it too.
     *
     * <p>A number may be borrowed several times. Its borrowers share the flag, and the close of the last one that
     * called {@code nonBlocking} restores it. Different numbers are restored one by one: 0, 1 and 2 on one terminal
     * share one flag, so the close of one can change it for the others. Change it through one of them only.
     *
     * <p>Close does not end registrations at epoll instances, since the file stays open: delete them before.
     *
     * @param fd the number of an open descriptor of any kind, 0 or more; the caller keeps it open until {@link
     *     #close()}
     * @return the descriptor, to be closed by the caller
     * @throws ErrnoException EBADF if the number is not open
     * @throws IllegalArgumentException if the number is negative
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static FileFd borrow(int fd) throws ErrnoException {
        FdKind.requireOpen(fd);
        return new FileFd(fd, true);
    }

    /**
     * Returns true if the number stays open when this object is closed.
     *
     * @return true for a descriptor of {@link #borrow}
     */
    public boolean isBorrowed() {
        return borrowed != NONE;
    }

    /**
     * {@code read(2)}: reads into the buffer's remaining space, and advances its position.
     *
     * @param buffer the destination
     * @return the number of bytes; 0 if the call would block, or the buffer is full; -1 at the end
     * @throws ErrnoException EBADF if it is open for writing only; EISDIR for a directory; EIO for a master of a
     *     pseudo-terminal whose other end is closed; EINVAL, and others of the device
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if this descriptor is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/read.2.html">read(2)</a>
     */
    public int read(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.READ.move(fd, buffer);
        } finally {
            release();
        }
    }

    /**
     * {@code pread(2)}: reads at a position of the file into the buffer's remaining space, and advances the buffer's
     * position. The file's own offset, which {@link #read(ByteBuffer)} uses, stays as it is: threads can read different
     * parts of one file at the same time.
     *
     * @param buffer   the destination
     * @param position the offset of the first byte from the beginning of the file, 0 or more
     * @return the number of bytes; 0 if the call would block, or the buffer is full; -1 at or beyond the end
     * @throws ErrnoException ESPIPE for a pipe, FIFO, socket or terminal, which have no positions; EBADF if it is open
     *     for writing only; EISDIR for a directory; EINVAL, EIO and others of the file system or device
     * @throws IllegalArgumentException if the position is negative, or the buffer is read-only
     * @throws IllegalStateException if this descriptor is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/pread.2.html">pread(2)</a>
     */
    public int read(ByteBuffer buffer, long position) throws ErrnoException {
        if (position < 0) {
            throw new IllegalArgumentException("negative position: " + position);
        }
        int fd = acquire();
        try {
            return Transfer.readAt(fd, buffer, position);
        } finally {
            release();
        }
    }

    /**
     * {@code read(2)}: reads into a segment, from its beginning.
     *
     * @param buffer the destination
     * @return the number of bytes; 0 if the call would block, or the segment is empty; -1 at the end
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IllegalArgumentException if the segment is read-only
     * @throws IllegalStateException if this descriptor, or the segment's arena, is closed
     */
    public long read(MemorySegment buffer) throws ErrnoException {
        return read(buffer, 0, buffer.byteSize());
    }

    /**
     * {@code read(2)}: reads into a part of a segment.
     *
     * @param buffer the destination
     * @param offset the offset of the first byte
     * @param length the largest number of bytes
     * @return the number of bytes; 0 if the call would block, or the length is 0; -1 at the end
     * @throws ErrnoException as {@link #read(ByteBuffer)}
     * @throws IndexOutOfBoundsException if the part is not within the segment
     * @throws IllegalArgumentException if the segment is read-only
     * @throws IllegalStateException if this descriptor, or the segment's arena, is closed
     */
    public long read(MemorySegment buffer, long offset, long length) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.READ.move(fd, buffer, offset, length);
        } finally {
            release();
        }
    }

    /**
     * {@code write(2)}: writes the buffer's remaining bytes, as far as the file accepts them, and advances its
     * position.
     *
     * @param buffer the bytes
     * @return the number of bytes; 0 if the call would block, or none is remaining
     * @throws ErrnoException EBADF if it is open for reading only; EPIPE for a pipe or socket without a reader; ENOSPC,
     *     EDQUOT or EFBIG for a file; EIO for a terminal that was hung up; EINVAL, and others of the device
     * @throws IllegalStateException if this descriptor is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/write.2.html">write(2)</a>
     */
    public int write(ByteBuffer buffer) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.WRITE.move(fd, buffer);
        } finally {
            release();
        }
    }

    /**
     * {@code write(2)}: writes a segment from its beginning, as far as the file accepts it.
     *
     * @param buffer the bytes
     * @return the number of bytes; 0 if the call would block, or the segment is empty
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IllegalStateException if this descriptor, or the segment's arena, is closed
     */
    public long write(MemorySegment buffer) throws ErrnoException {
        return write(buffer, 0, buffer.byteSize());
    }

    /**
     * {@code write(2)}: writes a part of a segment, as far as the file accepts it.
     *
     * @param buffer the bytes
     * @param offset the offset of the first byte
     * @param length the number of bytes
     * @return the number of bytes; 0 if the call would block, or the length is 0
     * @throws ErrnoException as {@link #write(ByteBuffer)}
     * @throws IndexOutOfBoundsException if the part is not within the segment
     * @throws IllegalStateException if this descriptor, or the segment's arena, is closed
     */
    public long write(MemorySegment buffer, long offset, long length) throws ErrnoException {
        int fd = acquire();
        try {
            return Transfer.WRITE.move(fd, buffer, offset, length);
        } finally {
            release();
        }
    }

    /**
     * {@code fcntl(F_SETFL)}: sets or clears O_NONBLOCK, which belongs to the open file: duplicates share it, also
     * those in other processes. A borrowed number gets the old value back on {@link #close()}.
     *
     * @param isNonBlocking true if reads and writes return 0 instead of blocking
     * @throws ErrnoException EBADF if other code closed the number, or it was opened with O_PATH
     * @throws IllegalStateException if this descriptor is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a>
     */
    public void nonBlocking(boolean isNonBlocking) throws ErrnoException {
        int fd = acquire();
        try {
            synchronized (CHANGED) {
                int flags = flags(fd);
                int wanted = isNonBlocking ? flags | unistd_h.O_NONBLOCK : flags & ~unistd_h.O_NONBLOCK;
                if (wanted != flags) {
                    ErrnoException.check(
                            FdCalls.fcntl(fd, unistd_h.F_SETFL, wanted), "fcntl", "F_SETFL, fd=" + fd);
                }
                // the value of another borrower is one that this borrower relies on
                if (borrowed != NONE && !hasChangedFlag && (wanted != flags || CHANGED.containsKey(fd))) {
                    BorrowedFlags.install();
                    CHANGED.computeIfAbsent(fd, key -> new ChangedFlag(flags & unistd_h.O_NONBLOCK)).borrowers++;
                    hasChangedFlag = true;
                }
            }
        } finally {
            release();
        }
    }

    /**
     * {@code fcntl(F_GETFL)}: returns true if O_NONBLOCK is set.
     *
     * @return true if reads and writes return 0 instead of blocking
     * @throws ErrnoException EBADF if other code closed the number
     * @throws IllegalStateException if this descriptor is closed
     */
    public boolean isNonBlocking() throws ErrnoException {
        int fd = acquire();
        try {
            return (flags(fd) & unistd_h.O_NONBLOCK) != 0;
        } finally {
            release();
        }
    }

    private static int flags(int fd) throws ErrnoException {
        return ErrnoException.check(FdCalls.fcntl(fd, unistd_h.F_GETFL, 0), "fcntl", "F_GETFL, fd=" + fd);
    }

    /**
     * {@code ioctl(FIONREAD)}: returns the number of bytes that can be read without blocking.
     *
     * @return the number of bytes; of a regular file those up to its end; of a datagram socket those of the next
     *     datagram
     * @throws ErrnoException ENOTTY or EINVAL if the kind of file has no such number
     * @throws IllegalStateException if this descriptor is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/ioctl.2.html">ioctl(2)</a>
     */
    public int available() throws ErrnoException {
        int fd = acquire();
        try {
            return FdCalls.ioctlInt(fd, unistd_h.FIONREAD, "FIONREAD");
        } finally {
            release();
        }
    }

    /**
     * {@code ioctl(2)} with an integer, such as {@code TIOCSCTTY}.
     *
     * @param request  the request's number, as the device's header defines it
     * @param argument the argument
     * @return what the request returns, 0 or more
     * @throws ErrnoException ENOTTY if the kind of file does not know the request; EINTR, which is not retried; others
     *     of the request
     * @throws IllegalStateException if this descriptor is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/ioctl.2.html">ioctl(2)</a>
     */
    public int ioctl(long request, int argument) throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            return ioctlResult(state.result(unistd_h.ioctl(state.errno(), fd, request, argument)), request, fd);
        } finally {
            release();
        }
    }

    /**
     * {@code ioctl(2)} with a pointer, such as {@code TCGETS}. The segment's arena cannot be closed during the call.
     *
     * <p>The kernel reads or writes as many bytes as the request defines. Most requests name that size in bits 16 to
     * 29, and a smaller segment is refused. For older ones, such as those of terminals, the caller provides the size.
     *
     * @param request  the request's number, as the device's header defines it
     * @param argument native memory of the size that the request defines, or {@link MemorySegment#NULL}
     * @return what the request returns, 0 or more
     * @throws ErrnoException ENOTTY if the kind of file does not know the request; EFAULT; EINTR, which is not retried;
     *     others of the request
     * @throws IllegalArgumentException if the segment is smaller than the size in the request, or is on the heap
     * @throws IllegalStateException if this descriptor, or the segment's arena, is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/ioctl.2.html">ioctl(2)</a>
     */
    public int ioctl(long request, MemorySegment argument) throws ErrnoException {
        long size = request >>> 16 & 0x3FFF; // _IOC_SIZE; 0 in requests from before there was one
        if (argument.byteSize() < size && argument.address() != 0) {
            throw new IllegalArgumentException("the request 0x" + Long.toHexString(request) + " is for " + size
                    + " bytes, and the segment has " + argument.byteSize());
        }
        int fd = acquire();
        try (CallState state = CallState.take()) {
            return ioctlResult(state.result(unistd_h.ioctl(state.errno(), fd, request, argument)), request, fd);
        } finally {
            release();
        }
    }

    private static int ioctlResult(int result, long request, int fd) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException("ioctl", "0x" + Long.toHexString(request) + ", fd=" + fd, -result);
        }
        return result;
    }

    /**
     * Returns the kind of file, as {@code /proc/self/fd} shows it. Whether epoll can watch it is the decision of
     * epoll_ctl, see {@link FdKind}.
     *
     * @return the kind
     * @throws ErrnoException EBADF if other code closed the number
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalStateException if this descriptor is closed
     */
    public FdKind kind() throws IOException {
        int fd = acquire();
        try {
            return FdKind.of(fd);
        } finally {
            release();
        }
    }

    private void restoreFlags() {
        synchronized (CHANGED) {
            if (!hasChangedFlag) {
                return;
            }
            ChangedFlag changed = CHANGED.get(borrowed);
            if (--changed.borrowers > 0) {
                return;
            }
            CHANGED.remove(borrowed);
            int flags = FdCalls.fcntl(borrowed, unistd_h.F_GETFL, 0);
            if (flags >= 0) {
                FdCalls.fcntl(borrowed, unistd_h.F_SETFL, flags & ~unistd_h.O_NONBLOCK | changed.original);
            }
        }
    }

    /** The O_NONBLOCK bit of a borrowed number before its first change, and the borrowers that have set it since. */
    private static final class ChangedFlag {
        private final int original;
        private int borrowers;

        ChangedFlag(int original) {
            this.original = original;
        }
    }

    /** Restores the flags of borrowed numbers. Installed when the first flag is changed. */
    private static final class BorrowedFlags implements CloseHooks.Hook {
        static {
            CloseHooks.add(new BorrowedFlags());
        }

        static void install() {
            // by the initialiser, once
        }

        @Override
        public void closing(OwnedFd owner, int fd) {
            // the last call restores the flags
        }

        @Override
        public void released(OwnedFd owner, int fd) {
            if (owner instanceof FileFd file && file.borrowed != NONE) {
                file.restoreFlags();
            }
        }
    }
}
