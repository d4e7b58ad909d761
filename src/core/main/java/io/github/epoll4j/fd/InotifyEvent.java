package io.github.epoll4j.fd;

import static io.github.epoll4j.fd.InotifyFlags.IN_ACCESS;
import static io.github.epoll4j.fd.InotifyFlags.IN_ATTRIB;
import static io.github.epoll4j.fd.InotifyFlags.IN_CLOSE;
import static io.github.epoll4j.fd.InotifyFlags.IN_CLOSE_WRITE;
import static io.github.epoll4j.fd.InotifyFlags.IN_CREATE;
import static io.github.epoll4j.fd.InotifyFlags.IN_DELETE;
import static io.github.epoll4j.fd.InotifyFlags.IN_DELETE_SELF;
import static io.github.epoll4j.fd.InotifyFlags.IN_IGNORED;
import static io.github.epoll4j.fd.InotifyFlags.IN_ISDIR;
import static io.github.epoll4j.fd.InotifyFlags.IN_MODIFY;
import static io.github.epoll4j.fd.InotifyFlags.IN_MOVED_FROM;
import static io.github.epoll4j.fd.InotifyFlags.IN_MOVED_TO;
import static io.github.epoll4j.fd.InotifyFlags.IN_MOVE_SELF;
import static io.github.epoll4j.fd.InotifyFlags.IN_OPEN;
import static io.github.epoll4j.fd.InotifyFlags.IN_Q_OVERFLOW;
import static io.github.epoll4j.fd.InotifyFlags.IN_UNMOUNT;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * One event that {@link Inotify#read()} returned. Each method tests some bits of the mask:
 *
 * <table class="striped">
 * <caption>Methods and the bits they test</caption>
 * <tr><th scope="col">method</th><th scope="col">true if any is set</th></tr>
 * <tr><th scope="row">{@link #isAccessed()}</th><td>IN_ACCESS</td></tr>
 * <tr><th scope="row">{@link #isModified()}</th><td>IN_MODIFY</td></tr>
 * <tr><th scope="row">{@link #isAttributesChanged()}</th><td>IN_ATTRIB</td></tr>
 * <tr><th scope="row">{@link #isOpened()}</th><td>IN_OPEN</td></tr>
 * <tr><th scope="row">{@link #isClosed()}</th><td>IN_CLOSE_WRITE, IN_CLOSE_NOWRITE</td></tr>
 * <tr><th scope="row">{@link #isWrittenAndClosed()}</th><td>IN_CLOSE_WRITE</td></tr>
 * <tr><th scope="row">{@link #isCreated()}</th><td>IN_CREATE</td></tr>
 * <tr><th scope="row">{@link #isDeleted()}</th><td>IN_DELETE</td></tr>
 * <tr><th scope="row">{@link #isMovedFrom()}</th><td>IN_MOVED_FROM</td></tr>
 * <tr><th scope="row">{@link #isMovedTo()}</th><td>IN_MOVED_TO</td></tr>
 * <tr><th scope="row">{@link #isSelfDeleted()}</th><td>IN_DELETE_SELF</td></tr>
 * <tr><th scope="row">{@link #isSelfMoved()}</th><td>IN_MOVE_SELF</td></tr>
 * <tr><th scope="row">{@link #isUnmounted()}</th><td>IN_UNMOUNT</td></tr>
 * <tr><th scope="row">{@link #isIgnored()}</th><td>IN_IGNORED</td></tr>
 * <tr><th scope="row">{@link #isOverflow()}</th><td>IN_Q_OVERFLOW</td></tr>
 * <tr><th scope="row">{@link #isDirectory()}</th><td>IN_ISDIR</td></tr>
 * </table>
 *
 * @param watch     the watch, as {@link Inotify#add} returned it; -1 of {@link #isOverflow()}
 * @param mask      the events, see {@link InotifyFlags}
 * @param cookie    a number that the two halves of a rename share; 0 of all other events
 * @param nameBytes the name in the watched directory, as the file system has it; empty if the event is of the watched
 *     file itself. With the directory's path and a slash in front it is a path for {@link FileFd#open(byte[], int)} and
 *     {@link Inotify#add(byte[], int)}
 */
public record InotifyEvent(int watch, int mask, int cookie, byte[] nameBytes) {
    /**
     * Copies the name.
     *
     * @param watch     the watch
     * @param mask      the events
     * @param cookie    a number that the two halves of a rename share
     * @param nameBytes the name's bytes, copied
     */
    public InotifyEvent {
        nameBytes = nameBytes.clone();
    }

    /**
     * Creates an event with a name in UTF-8.
     *
     * @param watch  the watch
     * @param mask   the events
     * @param cookie a number that the two halves of a rename share
     * @param name   the name
     */
    public InotifyEvent(int watch, int mask, int cookie, String name) {
        this(watch, mask, cookie, name.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Returns a copy of the name's bytes.
     *
     * @return the bytes, without a NUL at the end; empty if the event is of the watched file itself
     */
    @Override
    public byte[] nameBytes() {
        return nameBytes.clone();
    }

    /**
     * Returns the name as text. Bytes that are not UTF-8 are shown as U+FFFD: use {@link #nameBytes()} for such files.
     *
     * @return the name; empty if the event is of the watched file itself
     */
    public String name() {
        return new String(nameBytes, StandardCharsets.UTF_8);
    }

    /**
     * Returns true if a file was read.
     *
     * @return true if IN_ACCESS is set
     */
    public boolean isAccessed() {
        return (mask & IN_ACCESS) != 0;
    }

    /**
     * Returns true if a file was written to, or truncated.
     *
     * @return true if IN_MODIFY is set
     */
    public boolean isModified() {
        return (mask & IN_MODIFY) != 0;
    }

    /**
     * Returns true if mode, owner, times or other attributes changed.
     *
     * @return true if IN_ATTRIB is set
     */
    public boolean isAttributesChanged() {
        return (mask & IN_ATTRIB) != 0;
    }

    /**
     * Returns true if a file or directory was opened.
     *
     * @return true if IN_OPEN is set
     */
    public boolean isOpened() {
        return (mask & IN_OPEN) != 0;
    }

    /**
     * Returns true if a file or directory was closed, written or not.
     *
     * @return true if IN_CLOSE_WRITE or IN_CLOSE_NOWRITE is set
     */
    public boolean isClosed() {
        return (mask & IN_CLOSE) != 0;
    }

    /**
     * Returns true if a file was closed that had been opened for writing.
     *
     * @return true if IN_CLOSE_WRITE is set
     */
    public boolean isWrittenAndClosed() {
        return (mask & IN_CLOSE_WRITE) != 0;
    }

    /**
     * Returns true if a name was created in the watched directory.
     *
     * @return true if IN_CREATE is set
     */
    public boolean isCreated() {
        return (mask & IN_CREATE) != 0;
    }

    /**
     * Returns true if a name was removed from the watched directory.
     *
     * @return true if IN_DELETE is set
     */
    public boolean isDeleted() {
        return (mask & IN_DELETE) != 0;
    }

    /**
     * Returns true if a name left the watched directory by rename.
     *
     * @return true if IN_MOVED_FROM is set
     */
    public boolean isMovedFrom() {
        return (mask & IN_MOVED_FROM) != 0;
    }

    /**
     * Returns true if a name came into the watched directory by rename.
     *
     * @return true if IN_MOVED_TO is set
     */
    public boolean isMovedTo() {
        return (mask & IN_MOVED_TO) != 0;
    }

    /**
     * Returns true if the watched file itself was deleted.
     *
     * @return true if IN_DELETE_SELF is set
     */
    public boolean isSelfDeleted() {
        return (mask & IN_DELETE_SELF) != 0;
    }

    /**
     * Returns true if the watched file itself was renamed.
     *
     * @return true if IN_MOVE_SELF is set
     */
    public boolean isSelfMoved() {
        return (mask & IN_MOVE_SELF) != 0;
    }

    /**
     * Returns true if the file system was unmounted.
     *
     * @return true if IN_UNMOUNT is set
     */
    public boolean isUnmounted() {
        return (mask & IN_UNMOUNT) != 0;
    }

    /**
     * Returns true if the watch was removed, by hand or with its file. This is its last event.
     *
     * @return true if IN_IGNORED is set
     */
    public boolean isIgnored() {
        return (mask & IN_IGNORED) != 0;
    }

    /**
     * Returns true if events were lost. List the watched directories again.
     *
     * @return true if IN_Q_OVERFLOW is set
     */
    public boolean isOverflow() {
        return (mask & IN_Q_OVERFLOW) != 0;
    }

    /**
     * Returns true if the event is of a directory.
     *
     * @return true if IN_ISDIR is set
     */
    public boolean isDirectory() {
        return (mask & IN_ISDIR) != 0;
    }

    /**
     * Returns true if another event has the same fields.
     *
     * @param other the object to compare with
     * @return true if it is an event with equal fields, the bytes of the name included
     */
    @Override
    public boolean equals(Object other) {
        return other instanceof InotifyEvent event && watch == event.watch && mask == event.mask
                && cookie == event.cookie && Arrays.equals(nameBytes, event.nameBytes);
    }

    /**
     * Returns a hash code of the fields.
     *
     * @return the hash code
     */
    @Override
    public int hashCode() {
        return Objects.hash(watch, mask, cookie, Arrays.hashCode(nameBytes));
    }

    /**
     * Returns the event as text.
     *
     * @return such as {@code InotifyEvent[watch=1, IN_MOVED_TO|IN_ISDIR, cookie=7, name=new]}
     */
    @Override
    public String toString() {
        return "InotifyEvent[watch=" + watch + ", " + InotifyFlags.toString(mask)
                + (cookie == 0 ? "" : ", cookie=" + Integer.toUnsignedString(cookie))
                + (nameBytes.length == 0 ? "" : ", name=" + name()) + "]";
    }
}
