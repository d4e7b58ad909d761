package io.github.epoll4j.reactor.loop;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLWAKEUP;

import io.github.epoll4j.epoll.EpollFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The registrations of an {@link EventLoop} and their differences from the kernel's view; see {@link EventLoop#dump()}.
 *
 * @param mechanism   the call that the loop waits with
 * @param entries     the loop's registrations
 * @param differences the differences; empty if there are none
 */
public record LoopDump(Mechanism mechanism, List<Entry> entries, List<Difference> differences) {
    /** A way in which a loop and the kernel can differ. */
    public enum Kind {
        /** The loop watches a number that is not open: its descriptor was closed before the cancellation. */
        CLOSED,
        /** The kernel does not watch what the loop has registered: the file was closed, or closed and opened anew. */
        NOT_IN_KERNEL,
        /**
         * The kernel watches a file that the loop has not registered. The descriptor was closed before its registration
         * was cancelled, and a duplicate keeps its file open. Its events are dropped as stale, but end each wait at
         * once.
         */
        NOT_IN_LOOP,
        /** The kernel watches for other events than the loop has registered. */
        OTHER_MASK,
        /** The kernel has another cookie than the loop. */
        OTHER_COOKIE
    }

    /**
     * A registration of the loop.
     *
     * @param fd       the number
     * @param interest the events that are watched for, see {@link EpollFlags}
     * @param cookie   the generation in the upper and the slot in the lower half
     * @param file     the file that the number refers to, such as {@code socket:[4711]}; empty if it is closed
     * @param handler  the handler of the events
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
     * A difference between a loop and the kernel.
     *
     * @param kind        the way in which they differ
     * @param fd          the number that is concerned, as it was when it was registered
     * @param description the loop's view and the kernel's
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

    static LoopDump compare(Mechanism mechanism, Iterable<Registration> registrations, int epfd) throws IOException {
        return KernelTable.compare(mechanism, registrations, epfd);
    }

    /**
     * Returns whether loop and kernel agree.
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

    /** The interest list of an epoll descriptor as /proc shows it, and its differences from a loop's. */
    private static final class KernelTable {
        /** The data of {@link io.github.epoll4j.epoll.EpollInstance}'s own registration. */
        private static final long WAKEUP = 0x65706F6C6C346A21L;
        private static final int ALWAYS = EPOLLERR | EPOLLHUP;
        private static final int KEPT_WHEN_FIRED = EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE | EPOLLWAKEUP;
        private static final Pattern LINE =
                Pattern.compile("tfd:\\s*(\\d+)\\s+events:\\s*([0-9a-f]+)\\s+data:\\s*([0-9a-f]+).*");

        private record Line(int fd, int mask, long cookie) {
            @Override
            public String toString() {
                return EpollFlags.toString(mask) + ", cookie 0x" + Long.toHexString(cookie);
            }
        }

        private final List<Line> lines = new ArrayList<>();
        private final List<Difference> differences = new ArrayList<>();

        private KernelTable() {
        }

        /** Compares registrations with the kernel; an epoll descriptor of -1 is none. */
        static LoopDump compare(Mechanism mechanism, Iterable<Registration> registrations, int epfd)
                throws IOException {
            KernelTable kernel = new KernelTable();
            if (epfd >= 0) {
                kernel.read(epfd);
            }
            List<Entry> entries = new ArrayList<>();
            for (Registration registration : registrations) {
                Entry entry = new Entry(registration.fd, registration.interest, registration.cookie,
                        file(registration.fd), registration.handler);
                entries.add(entry);
                if (entry.file().isEmpty()) {
                    kernel.add(Kind.CLOSED, entry.fd(), "the loop watches it, and the number is not open");
                }
                if (epfd >= 0) {
                    kernel.compare(entry);
                }
            }
            for (Line line : kernel.lines) {
                kernel.add(Kind.NOT_IN_LOOP, line.fd,
                        "the kernel watches a file that was registered with this number: " + line);
            }
            return new LoopDump(mechanism, entries, kernel.differences);
        }

        private static String file(int fd) {
            try {
                return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
            } catch (IOException e) {
                return "";
            }
        }

        private void read(int epfd) throws IOException {
            for (String text : Files.readAllLines(Path.of("/proc/self/fdinfo/" + epfd))) {
                Matcher matcher = LINE.matcher(text);
                if (matcher.matches()) {
                    Line line = new Line(
                            Integer.parseInt(matcher.group(1)), Integer.parseUnsignedInt(matcher.group(2), 16),
                            Long.parseUnsignedLong(matcher.group(3), 16));
                    if (line.cookie != WAKEUP) {
                        lines.add(line);
                    }
                }
            }
        }

        /** Removes the kernel's line for a registration, and adds their differences. */
        private void compare(Entry entry) {
            Line found = null;
            for (Line line : lines) {
                if (line.fd == entry.fd() && (found == null || line.cookie == entry.cookie())) {
                    found = line;
                }
            }
            if (found == null) {
                add(Kind.NOT_IN_KERNEL, entry.fd(), "the loop watches it, and the kernel does not: " + entry);
                return;
            }
            lines.remove(found);
            if (found.cookie != entry.cookie()) {
                add(Kind.OTHER_COOKIE, entry.fd(), "the loop has " + entry + ", the kernel " + found);
            }
            boolean hasFired = (entry.interest() & EPOLLONESHOT) != 0 && (found.mask & ~KEPT_WHEN_FIRED) == 0;
            int different = (found.mask ^ entry.interest()) & ~ALWAYS & ~EPOLLWAKEUP;
            if (different != 0 && !hasFired) {
                add(Kind.OTHER_MASK, entry.fd(), "the loop has " + entry + ", the kernel " + found);
            }
        }

        private void add(Kind kind, int fd, String description) {
            differences.add(new Difference(kind, fd, description));
        }
    }
}
