package io.github.epoll4j.fd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.inotify.inotify_event;
import io.github.epoll4j.internal.gen.inotify.inotify_h;
import io.github.epoll4j.internal.io.Transfer;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A queue of what happens to watched files and directories; readable while there are events.
 *
 * <p>A watched directory reports what happens to the names in it, not in directories below; each of those needs a watch
 * of its own, and what happened in a new one before it was watched is not reported. Changes that another machine makes
 * to a network file system are not seen, nor are those through memory mappings.
 *
 * <p>The queue is bounded ({@code /proc/sys/fs/inotify/max_queued_events}): when it is full, events are lost, and one
 * event {@link InotifyEvent#isOverflow()} says so.
 *
 * <p>Thread-safe: each event is read by one thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/inotify.7.html">inotify(7)</a>
 */
public final class Inotify extends OwnedFd {
    /** Events with the longest names that fit into the buffer; shorter ones are many more. */
    private static final int BUFFERED_EVENTS = 16;

    private final Object readLock = new Object();
    private final MemorySegment buffer;

    private Inotify(int fd) {
        super(fd);
        // one with the longest name must fit, or read(2) answers EINVAL
        long longest = inotify_event.SIZEOF + inotify_h.NAME_MAX + 1;
        buffer = Arena.ofAuto().allocate(BUFFERED_EVENTS * longest, Long.BYTES);
    }

    /**
     * {@code inotify_init1(IN_CLOEXEC | IN_NONBLOCK)}: opens a queue that watches nothing yet.
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
     * {@code inotify_add_watch(2)}: watches a file or directory, or changes the mask of one that is watched already. It
     * is the file (inode) that is watched, whatever names it has or gets.
     *
     * @param path a path of the default file system; it must exist and be readable
     * @param mask what to watch for and how, see {@link InotifyFlags}
     * @return the watch, which its events name; the same one for the same file, 1 or more
     * @throws ErrnoException ENOENT; EACCES if it may not be read; ENOSPC if the user has too many watches
     *     ({@code /proc/sys/fs/inotify/max_user_watches}) or the kernel no memory for one; EINVAL if the mask asks for
     *     no event, or has both IN_MASK_ADD and IN_MASK_CREATE; EEXIST with IN_MASK_CREATE; ENOTDIR with IN_ONLYDIR;
     *     ENAMETOOLONG; ELOOP; ENOMEM
     * @throws IllegalArgumentException if the path is not of the default file system
     * @throws IllegalStateException if this queue is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/inotify_add_watch.2.html">inotify_add_watch(2)</a>
     */
    public int add(Path path, int mask) throws ErrnoException {
        byte[] name = bytes(path);
        int result;
        int fd = acquire();
        try (CallState state = CallState.take(); Arena arena = Arena.ofConfined()) {
            MemorySegment cString = arena.allocate(name.length + 1L);
            MemorySegment.copy(name, 0, cString, JAVA_BYTE, 0, name.length);
            result = state.result(inotify_h.inotify_add_watch(state.errno(), fd, cString, mask));
        } finally {
            release();
        }
        if (result < 0) {
            throw new ErrnoException("inotify_add_watch", path + ", " + InotifyFlags.toString(mask), -result);
        }
        return result;
    }

    /**
     * {@code inotify_rm_watch(2)}: watches a file or directory no longer. Events that are queued stay there, and a last
     * one, {@link InotifyEvent#isIgnored()}, follows them.
     *
     * @param watch what {@link #add} gave
     * @throws ErrnoException EINVAL if it is not a watch, or is one no longer
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
     * {@code read(2)}: fetches the oldest events, as many as fit into a buffer of a few kilobytes. The others stay
     * queued; under edge trigger call again until the answer is empty.
     *
     * @return the events in order, empty if there are none
     * @throws ErrnoException if the kernel refuses it otherwise
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

    /** Copies the events out of what was read. */
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

    private static String name(MemorySegment padded) {
        if (padded.byteSize() == 0) {
            return "";
        }
        byte[] bytes = padded.toArray(JAVA_BYTE);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /**
     * Gives a path's own bytes, in whatever encoding they are. {@code Path.toString()} loses those that the JVM's
     * encoding cannot express; a URI must lead back to the same path and so keeps them.
     */
    private static byte[] bytes(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new IllegalArgumentException("not a path of the default file system: " + path);
        }
        String text = path.toAbsolutePath().toString();
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        if (new String(ascii, StandardCharsets.US_ASCII).equals(text)) {
            return ascii; // nearly always; a URI is slow, and asks the kernel whether it is a directory
        }
        String uri = path.toUri().getRawPath();
        int end = uri.length();
        if (end > 1 && uri.charAt(end - 1) == '/') {
            end--; // says that it is a directory, and would follow a symbolic link to one
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(end);
        for (int i = 0; i < end; i++) {
            if (uri.charAt(i) == '%') {
                bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(uri.charAt(i));
            }
        }
        return bytes.toByteArray();
    }
}
