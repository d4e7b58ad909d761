package io.github.epoll4j.fd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.inotify.inotify_event;
import io.github.epoll4j.internal.gen.inotify.inotify_h;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.PathBytes;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A queue of events of watched files and directories; readable while there are events.
 *
 * <p>A watched directory reports events of the names in it, not in directories below. Each of those needs a watch of
 * its own, and events in a new one before it was watched are lost. Changes by another machine in a network file system
 * are not reported, nor are those through memory mappings.
 *
 * <p>The queue is bounded ({@code /proc/sys/fs/inotify/max_queued_events}): when it is full, events are lost, and one
 * event with {@link InotifyEvent#isOverflow()} is queued.
 *
 * <p>Thread-safe: each event is read by one thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/inotify.7.html">inotify(7)</a>
 */
public final class Inotify extends OwnedFd {
    /** The number of events with the longest names that fit into the buffer; more fit with shorter names. */
    private static final int BUFFERED_EVENTS = 16;

    private final Object readLock = new Object();
    private final MemorySegment buffer;

    private Inotify(int fd) {
        super(fd);
        // an event with the longest name must fit, or read(2) fails with EINVAL
        long longest = inotify_event.SIZEOF + inotify_h.NAME_MAX + 1;
        buffer = Arena.ofAuto().allocate(BUFFERED_EVENTS * longest, Long.BYTES);
    }

    /**
     * {@code inotify_init1(IN_CLOEXEC | IN_NONBLOCK)}: opens a queue without watches.
     *
     * @return the queue, to be closed by the caller, which removes its watches
     * @throws ErrnoException EMFILE if the process has too many descriptors, or the user too many queues
     *     ({@code /proc/sys/fs/inotify/max_user_instances}, 128 by default); ENFILE or ENOMEM
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man2/inotify_init.2.html">inotify_init1(2)</a>
     */
    public static Inotify open() throws ErrnoException {
        Platform.require();
        try (CallState state = CallState.take()) {
            int fd = state.result(
                    inotify_h.inotify_init1(state.errno(), inotify_h.IN_NONBLOCK | inotify_h.IN_CLOEXEC));
            return new Inotify(ErrnoException.check(fd, "inotify_init1", ""));
        }
    }

    /**
     * {@code fcntl(F_SETFL, O_NONBLOCK)}: takes ownership of a queue that other code opened. Sets it to non-blocking,
     * which duplicates share, and close-on-exec.
     *
     * @param fd the number of an open descriptor; it stays the caller's if this throws
     * @return its owner, to be closed by the caller
     * @throws ErrnoException EBADF if the number is not open
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static Inotify adopt(int fd) throws IOException {
        return new Inotify(FdKind.INOTIFY.adopt(fd));
    }

    /**
     * Takes ownership of a queue that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static Inotify adopt(FileFd file) throws IOException {
        return FileOwner.pass(file, Inotify::adopt);
    }

    /**
     * {@code inotify_add_watch(2)}: watches a file or directory, or changes the mask of one that is watched already.
     *
     * <p>The file (inode) is watched, not the path: it may be renamed or have several names.
     *
     * @param path a path of the default file system; the file must exist and be readable
     * @param mask the events to watch for and options, see {@link InotifyFlags}
     * @return the watch, which its events name; the same one for the same file, 1 or more
     * @throws ErrnoException ENOENT; EACCES if it may not be read; ENOSPC if the user has too many watches
     *     ({@code /proc/sys/fs/inotify/max_user_watches}) or the kernel no memory for one; EINVAL if the mask has no
     *     event, or both IN_MASK_ADD and IN_MASK_CREATE; EEXIST with IN_MASK_CREATE; ENOTDIR with IN_ONLYDIR;
     *     ENAMETOOLONG; ELOOP; ENOMEM
     * @throws IllegalArgumentException if the path is not of the default file system
     * @throws IllegalStateException if this queue is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/inotify_add_watch.2.html">inotify_add_watch(2)</a>
     */
    public int add(Path path, int mask) throws ErrnoException {
        return add(PathBytes.of(path), mask, path);
    }

    /**
     * {@code inotify_add_watch(2)} by the bytes of a path, in any encoding.
     *
     * @param path the path, without a NUL at the end; a relative one begins at the process's working directory
     * @param mask the events to watch for and options, see {@link InotifyFlags}
     * @return the watch, which its events name; the same one for the same file, 1 or more
     * @throws ErrnoException as {@link #add(Path, int)}
     * @throws IllegalArgumentException if the path contains a NUL
     * @throws IllegalStateException if this queue is closed
     */
    public int add(byte[] path, int mask) throws ErrnoException {
        return add(path, mask, null);
    }

    private int add(byte[] bytes, int mask, Path path) throws ErrnoException {
        int result;
        int fd = acquire();
        try (CallState state = CallState.take(); Arena arena = Arena.ofConfined()) {
            MemorySegment cString = PathBytes.cString(bytes, arena);
            result = state.result(inotify_h.inotify_add_watch(state.errno(), fd, cString, mask));
        } finally {
            release();
        }
        if (result < 0) {
            throw new ErrnoException("inotify_add_watch", (path == null ? PathBytes.text(bytes) : path) + ", "
                    + InotifyFlags.toString(mask), -result);
        }
        return result;
    }

    /**
     * {@code inotify_rm_watch(2)}: removes a watch. Queued events stay, and a last one with
     * {@link InotifyEvent#isIgnored()} follows them.
     *
     * @param watch a watch that {@link #add} returned
     * @throws ErrnoException EINVAL if there is no such watch, or it was removed
     * @throws IllegalStateException if this queue is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/inotify_rm_watch.2.html">inotify_rm_watch(2)</a>
     */
    public void remove(int watch) throws ErrnoException {
        int fd = acquire();
        int result;
        try (CallState state = CallState.take()) {
            result = state.result(inotify_h.inotify_rm_watch(state.errno(), fd, watch));
        } finally {
            release();
        }
        if (result < 0) {
            throw new ErrnoException("inotify_rm_watch", "fd=" + fd + ", watch=" + watch, -result);
        }
    }

    /**
     * {@code read(2)}: reads the oldest events, as many as fit into a buffer of a few kilobytes. The others stay
     * queued: under edge trigger read until the list is empty.
     *
     * @return the events in order, empty if there are none
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalStateException if this queue is closed
     */
    public List<InotifyEvent> read() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            synchronized (readLock) {
                long result = Transfer.READ.move(state, fd, buffer, buffer.byteSize(), 0);
                return decode(buffer.asSlice(0, Transfer.READ.orWouldBlock(fd, result)));
            }
        } finally {
            release();
        }
    }

    /** Returns copies of the events in memory that was read. */
    static List<InotifyEvent> decode(MemorySegment read) {
        List<InotifyEvent> events = new ArrayList<>();
        long header = inotify_event.SIZEOF;
        long offset = 0;
        while (offset < read.byteSize()) {
            MemorySegment event = read.asSlice(offset, header);
            int length = inotify_event.len(event); // padding included
            events.add(new InotifyEvent(inotify_event.wd(event), inotify_event.mask(event),
                    inotify_event.cookie(event), name(read.asSlice(offset + header, length))));
            offset += header + length;
        }
        return events;
    }

    private static byte[] name(MemorySegment padded) {
        byte[] bytes = padded.toArray(JAVA_BYTE);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return Arrays.copyOf(bytes, length);
    }
}
