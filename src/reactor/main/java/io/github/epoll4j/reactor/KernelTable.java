package io.github.epoll4j.reactor;

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

/** What the kernel tells in /proc of an epoll descriptor's interest list; see proc(5), and the loop's view of it. */
final class KernelTable {
    /** The datum of {@link io.github.epoll4j.epoll.EpollInstance}'s own registration. */
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
    private final List<LoopDump.Difference> differences = new ArrayList<>();

    private KernelTable() {
    }

    /** Compares what a loop believes with what is so; an epoll descriptor of -1 is none. */
    static LoopDump compare(Mechanism mechanism, Iterable<Registration> registrations, int epfd) throws IOException {
        KernelTable kernel = new KernelTable();
        if (epfd >= 0) {
            kernel.read(epfd);
        }
        List<LoopDump.Entry> entries = new ArrayList<>();
        for (Registration registration : registrations) {
            LoopDump.Entry entry = new LoopDump.Entry(registration.fd, registration.interest, registration.cookie,
                    file(registration.fd), registration.handler);
            entries.add(entry);
            if (entry.file().isEmpty()) {
                kernel.add(LoopDump.Kind.CLOSED, entry.fd(), "the loop watches it, and the number is not open");
            }
            if (epfd >= 0) {
                kernel.compare(entry);
            }
        }
        for (Line line : kernel.lines) {
            kernel.add(LoopDump.Kind.NOT_IN_LOOP, line.fd,
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
                Line line = new Line(Integer.parseInt(matcher.group(1)), Integer.parseUnsignedInt(matcher.group(2), 16),
                        Long.parseUnsignedLong(matcher.group(3), 16));
                if (line.cookie != WAKEUP) {
                    lines.add(line);
                }
            }
        }
    }

    /** Takes the kernel's line for a registration away, and notes in what it differs. */
    private void compare(LoopDump.Entry entry) {
        Line found = null;
        for (Line line : lines) {
            if (line.fd == entry.fd() && (found == null || line.cookie == entry.cookie())) {
                found = line;
            }
        }
        if (found == null) {
            add(LoopDump.Kind.NOT_IN_KERNEL, entry.fd(), "the loop watches it, and the kernel does not: " + entry);
            return;
        }
        lines.remove(found);
        if (found.cookie != entry.cookie()) {
            add(LoopDump.Kind.OTHER_COOKIE, entry.fd(), "the loop has " + entry + ", the kernel " + found);
        }
        boolean hasFired = (entry.interest() & EPOLLONESHOT) != 0 && (found.mask & ~KEPT_WHEN_FIRED) == 0;
        int different = (found.mask ^ entry.interest()) & ~ALWAYS & ~EPOLLWAKEUP;
        if (different != 0 && !hasFired) {
            add(LoopDump.Kind.OTHER_MASK, entry.fd(), "the loop has " + entry + ", the kernel " + found);
        }
    }

    private void add(LoopDump.Kind kind, int fd, String description) {
        differences.add(new LoopDump.Difference(kind, fd, description));
    }
}
