package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollFlags;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import io.github.epoll4j.testing.Commands;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.StringJoiner;

/**
 * What each mechanism answers about one descriptor, as the contract's table spells it: {@code R}, {@code W}, {@code X}
 * for select's sets, flags without their prefix for the others, {@code -} for nothing, or the errno.
 *
 * @param select what select says
 * @param poll   what poll says
 * @param level  what two waits of epoll say; once if both say the same
 * @param edge   what two waits say under EPOLLET; the first alone if the second says nothing
 * @param oneShot what two waits say under EPOLLONESHOT; the first alone if the second says nothing
 */
record Answers(String select, String poll, String level, String edge, String oneShot) {
    private static final int INTEREST = EpollFlags.EPOLLIN | EpollFlags.EPOLLOUT | EpollFlags.EPOLLPRI
            | EpollFlags.EPOLLRDHUP;
    private static final int RAW = 8;

    /** Asks through the library's API. */
    static Answers ofJava(int fd) throws IOException {
        int[] raw = new int[RAW];
        raw[0] = orErrno(() -> select(fd));
        raw[1] = orErrno(() -> poll(fd));
        epoll(fd, 0, raw, 2);
        epoll(fd, EPOLLET, raw, 4);
        epoll(fd, EPOLLONESHOT, raw, 6);
        return of(raw);
    }

    /** Asks the C program. */
    static Answers ofC(SymbolLookup oracle, int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answers = arena.allocate(ValueLayout.JAVA_INT, RAW);
            if (LibC.call(oracle, "ask", fd, answers) != RAW) {
                throw new AssertionError("another oracle.c");
            }
            return of(answers.toArray(ValueLayout.JAVA_INT));
        }
    }

    /** Builds the C program and loads it; the test is skipped where there is no compiler. */
    @SuppressWarnings("restricted")
    static SymbolLookup oracle(Path folder) throws IOException, InterruptedException {
        Commands.assumePresent("cc");
        Path library = folder.resolve("oracle.so");
        Commands.Result result = Commands.run(Path.of("test/c"), Map.of(), "cc", "-std=gnu11", "-Wall", "-Wextra",
                "-Werror", "-shared", "-fPIC", "-o", library.toString(), "oracle.c");
        if (result.status() != 0 || !Files.exists(library)) {
            throw new AssertionError(result.output());
        }
        return SymbolLookup.libraryLookup(library, Arena.global());
    }

    private static Answers of(int[] raw) {
        return new Answers(raw[0] < 0 ? errno(raw[0]) : sets(raw[0]), flags(raw[1]),
                raw[2] == raw[3] ? flags(raw[2]) : flags(raw[2]) + ", then " + flags(raw[3]),
                once(raw[4], raw[5]), once(raw[6], raw[7]));
    }

    private static String once(int first, int second) {
        return second == 0 || second == first && first < 0
                ? flags(first) : flags(first) + ", then " + flags(second);
    }

    private static String errno(int negative) {
        return Errno.name(-negative);
    }

    private static String sets(int bits) {
        String sets = ((bits & 1) != 0 ? "R" : "") + ((bits & 2) != 0 ? "W" : "") + ((bits & 4) != 0 ? "X" : "");
        return sets.isEmpty() ? "-" : sets;
    }

    private static String flags(int mask) {
        if (mask < 0) {
            return errno(mask);
        }
        if (mask == 0) {
            return "-";
        }
        StringJoiner names = new StringJoiner(" ");
        for (String name : PollFlags.toString(mask).split("\\|")) {
            names.add(name.replaceFirst("^POLL", ""));
        }
        return names.toString();
    }

    private interface Question {
        int ask() throws IOException;
    }

    private static int orErrno(Question question) throws IOException {
        try {
            return question.ask();
        } catch (ErrnoException e) {
            return -e.errno();
        }
    }

    private static int select(int fd) throws IOException {
        FdSet read = FdSet.allocate();
        read.set(fd);
        FdSet write = read.copy();
        FdSet except = read.copy();
        Select.selectMillis(read, write, except, 0);
        return (read.isSet(fd) ? 1 : 0) | (write.isSet(fd) ? 2 : 0) | (except.isSet(fd) ? 4 : 0);
    }

    private static int poll(int fd) throws IOException {
        try (PollFdArray fds = PollFdArray.allocate(1)) {
            fds.add(fd, INTEREST);
            Poll.pollMillis(fds, 0);
            return fds.revents(0);
        }
    }

    /** Two waits, one after the other. */
    private static void epoll(int fd, int trigger, int[] raw, int at) throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
            int added = orErrno(() -> {
                epoll.add(fd, INTEREST | trigger);
                return 0;
            });
            for (int i = at; i < at + 2; i++) {
                raw[i] = added < 0 ? added : epoll.awaitMillis(events, 0) == 0 ? 0 : events.flags(0);
            }
        }
    }
}
