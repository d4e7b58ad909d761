package io.github.epoll4j.reactor;

import io.github.epoll4j.epoll.EpollFlags;
import java.util.List;

/**
 * What an {@link EventLoop} believes that it watches, and where the kernel knows better; made by
 * {@link EventLoop#dump()}.
 *
 * @param mechanism   what the loop waits with
 * @param entries     the loop's registrations
 * @param differences what does not fit; empty if all is well
 */
public record LoopDump(Mechanism mechanism, List<Entry> entries, List<Difference> differences) {
    /** Ways in which a loop and the kernel can differ. */
    public enum Kind {
        /** The loop watches a number that is not open: its descriptor was closed before the cancellation. */
        CLOSED,
        /** The kernel has forgotten what the loop watches: the file was closed, also if its number is open again. */
        NOT_IN_KERNEL,
        /**
         * The kernel watches what the loop does not know: the descriptor was closed before its registration was
         * cancelled, and a duplicate keeps its file open. Its events are dropped as stale, but end each wait at once.
         */
        NOT_IN_LOOP,
        /** The kernel watches for something else than the loop believes. */
        OTHER_MASK,
        /** The kernel gives another cookie with events than the loop believes. */
        OTHER_COOKIE
    }

    /**
     * A registration of the loop.
     *
     * @param fd       the number
     * @param interest what is watched for, see {@link EpollFlags}
     * @param cookie   what the loop calls it: a generation above, and a slot below
     * @param file     what the number is open on, such as {@code socket:[4711]}; empty if it is closed
     * @param handler  what is called
     */
    public record Entry(int fd, int interest, long cookie, String file, ReadyHandler handler) {
        /**
         * Describes the registration in one line.
         *
         * @return such as {@code fd=7 socket:[4711], EPOLLIN, cookie 0x2}
         */
        @Override
        public String toString() {
            return "fd=" + fd + " " + (file.isEmpty() ? "closed" : file) + ", " + EpollFlags.toString(interest)
                    + ", cookie 0x" + Long.toHexString(cookie);
        }
    }

    /**
     * Something that does not fit.
     *
     * @param kind        in which way
     * @param fd          the number that is concerned, as it was when it was registered
     * @param description what the loop has, and what the kernel has
     */
    public record Difference(Kind kind, int fd, String description) {
        /**
         * Describes the difference in one line.
         *
         * @return such as {@code CLOSED fd=7: …}
         */
        @Override
        public String toString() {
            return kind + " fd=" + fd + ": " + description;
        }
    }

    /** Copies the lists. */
    public LoopDump {
        entries = List.copyOf(entries);
        differences = List.copyOf(differences);
    }

    /**
     * Tells whether loop and kernel agree.
     *
     * @return true if there are no differences
     */
    public boolean isConsistent() {
        return differences.isEmpty();
    }

    /**
     * Describes all in lines: a heading, the registrations, and the differences, which are marked with an exclamation
     * mark.
     *
     * @return the lines, separated by line feeds
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(mechanism).append(": ").append(entries.size())
                .append(" registrations, ").append(differences.size()).append(" differences");
        entries.forEach(entry -> text.append("\n  ").append(entry));
        differences.forEach(difference -> text.append("\n! ").append(difference));
        return text.toString();
    }
}
