package io.github.epoll4j.fd;

import io.github.epoll4j.internal.FlagNames;
import io.github.epoll4j.internal.gen.inotify.inotify_h;

/**
 * The bits of inotify's masks, in their C spelling: what to watch for and how, and what happened.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/inotify.7.html">inotify(7)</a>
 */
public final class InotifyFlags {
    /** A file was read, or executed. */
    public static final int IN_ACCESS = inotify_h.IN_ACCESS;
    /** A file was written to, or truncated. Writes in a row may come as one event. */
    public static final int IN_MODIFY = inotify_h.IN_MODIFY;
    /** Mode, owner, time stamps, extended attributes or the number of links changed. */
    public static final int IN_ATTRIB = inotify_h.IN_ATTRIB;
    /** A file that had been opened for writing was closed: the moment to read what was written. */
    public static final int IN_CLOSE_WRITE = inotify_h.IN_CLOSE_WRITE;
    /** A file or directory that had been opened for reading was closed. */
    public static final int IN_CLOSE_NOWRITE = inotify_h.IN_CLOSE_NOWRITE;
    /** A file or directory was opened. */
    public static final int IN_OPEN = inotify_h.IN_OPEN;
    /** A name left the watched directory by rename; its {@code cookie} is that of the other half. */
    public static final int IN_MOVED_FROM = inotify_h.IN_MOVED_FROM;
    /** A name came into the watched directory by rename; its {@code cookie} is that of the other half. */
    public static final int IN_MOVED_TO = inotify_h.IN_MOVED_TO;
    /** A name was made in the watched directory: a file, directory, link or socket. It may be empty yet. */
    public static final int IN_CREATE = inotify_h.IN_CREATE;
    /** A name was removed from the watched directory. */
    public static final int IN_DELETE = inotify_h.IN_DELETE;
    /** The watched file or directory itself is gone; {@link #IN_IGNORED} follows. */
    public static final int IN_DELETE_SELF = inotify_h.IN_DELETE_SELF;
    /** The watched file or directory itself was renamed; the watch goes on. */
    public static final int IN_MOVE_SELF = inotify_h.IN_MOVE_SELF;
    /** To watch for both {@link #IN_CLOSE_WRITE} and {@link #IN_CLOSE_NOWRITE}. */
    public static final int IN_CLOSE = inotify_h.IN_CLOSE;
    /** To watch for both {@link #IN_MOVED_FROM} and {@link #IN_MOVED_TO}. */
    public static final int IN_MOVE = inotify_h.IN_MOVE;
    /** To watch for all of the above. */
    public static final int IN_ALL_EVENTS = inotify_h.IN_ALL_EVENTS;
    /** Events only: the file system was unmounted; {@link #IN_IGNORED} follows. */
    public static final int IN_UNMOUNT = inotify_h.IN_UNMOUNT;
    /** Events only: the queue was full, and events were lost. The watch is -1. */
    public static final int IN_Q_OVERFLOW = inotify_h.IN_Q_OVERFLOW;
    /** Events only: the watch is no more, removed by hand, or because its file is gone. */
    public static final int IN_IGNORED = inotify_h.IN_IGNORED;
    /** Masks only: refuse what is not a directory ({@code ENOTDIR}). */
    public static final int IN_ONLYDIR = inotify_h.IN_ONLYDIR;
    /** Masks only: watch a symbolic link itself. */
    public static final int IN_DONT_FOLLOW = inotify_h.IN_DONT_FOLLOW;
    /** Masks only: no events of files that are open yet removed from the watched directory. */
    public static final int IN_EXCL_UNLINK = inotify_h.IN_EXCL_UNLINK;
    /** Masks only: refuse what is watched already ({@code EEXIST}), instead of replacing its mask. */
    public static final int IN_MASK_CREATE = inotify_h.IN_MASK_CREATE;
    /** Masks only: add to the mask of what is watched already, instead of replacing it. */
    public static final int IN_MASK_ADD = inotify_h.IN_MASK_ADD;
    /** Events only: what it happened to is a directory. */
    public static final int IN_ISDIR = inotify_h.IN_ISDIR;
    /** Masks only: report one event, then remove the watch. */
    public static final int IN_ONESHOT = inotify_h.IN_ONESHOT;

    private static final String[] NAMES = {
        "IN_ACCESS", "IN_MODIFY", "IN_ATTRIB", "IN_CLOSE_WRITE", "IN_CLOSE_NOWRITE", "IN_OPEN", "IN_MOVED_FROM",
        "IN_MOVED_TO", "IN_CREATE", "IN_DELETE", "IN_DELETE_SELF", "IN_MOVE_SELF", null, "IN_UNMOUNT",
        "IN_Q_OVERFLOW", "IN_IGNORED", null, null, null, null, null, null, null, null, "IN_ONLYDIR", "IN_DONT_FOLLOW",
        "IN_EXCL_UNLINK", null, "IN_MASK_CREATE", "IN_MASK_ADD", "IN_ISDIR", "IN_ONESHOT",
    };

    private InotifyFlags() {
    }

    /**
     * Returns a mask as text, such as {@code IN_CREATE|IN_ISDIR}.
     *
     * @param mask a mask
     * @return its names, lowest bit first, joined by {@code |}; a bit without a name in hexadecimal; {@code 0} for none
     */
    public static String toString(int mask) {
        return FlagNames.spell(mask, NAMES);
    }
}
