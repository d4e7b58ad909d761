package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

import io.github.epoll4j.fd.Pipe;
import java.io.IOException;
import java.util.List;

/** What level trigger and edge trigger report while bytes come and go. */
final class LevelAndEdge {
    private static final String DIGITS = "0000111000111000111";

    private LevelAndEdge() {
    }

    static List<Scenario> all() {
        return List.of(
                new Scenario("edge-vs-level", "C72 C73 C75", "One byte of two is read",
                        "Level trigger reports as long as there is something to read, as select and poll do; "
                                + "edge trigger reports that something came.", LevelAndEdge::edgeVersusLevel),
                new Scenario("half-read", "C77 C76 C44 C73", "2 KB are written, 1 KB is read",
                        "Who reads half under edge trigger and waits again waits for ever, with 1 KB in the pipe. "
                                + "New bytes or a MOD bring the next event.", LevelAndEdge::halfRead),
                new Scenario("digital-signal", "C74", "The signal " + DIGITS,
                        "A pipe is 1 while it holds a byte, and each digit is asked for: level trigger reports for as "
                                + "long as it is 1, edge trigger when it becomes 1.", LevelAndEdge::digitalSignal),
                new Scenario("merged-edges", "C74 C73", "Edges that nobody looked at",
                        "Several edges before a wait are one event, and one that came and went is none: "
                                + "events are no counter.", LevelAndEdge::mergedEdges),
                new Scenario("small-buffer", "C71 C87", "26 letters and a buffer of 4",
                        "Level trigger brings the reader back until all is read. Edge trigger calls once: who then "
                                + "reads once is left with 22 letters, who reads until EAGAIN has all.",
                        LevelAndEdge::smallBuffer));
    }

    private static void edgeVersusLevel(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        Flow bytes = lab.bytes("bytes in the pipe", Flow.through(pipe));
        Watch select = Watch.select(pipe.readFd());
        Watch poll = Watch.poll(pipe.readFd(), EPOLLIN);
        Watch level = lab.watch("level", pipe.readFd(), EPOLLIN);
        Watch edge = lab.watch("edge", pipe.readFd(), EPOLLIN | EPOLLET);

        lab.expect(select.silent(), poll.silent(), level.silent(), edge.silent());
        lab.act("write 2 bytes", 2, () -> bytes.write(2));
        lab.expect(select.reports(EPOLLIN), poll.reports(EPOLLIN), level.reports(EPOLLIN), edge.reports(EPOLLIN));
        lab.act("read 1 byte", 1, () -> bytes.read(1));
        lab.expect(select.reports(EPOLLIN), poll.reports(EPOLLIN), level.reports(EPOLLIN), edge.silent());
        lab.act("read 1 byte", 1, () -> bytes.read(1));
        lab.expect(select.silent(), poll.silent(), level.silent(), edge.silent());
    }

    private static void halfRead(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        Flow bytes = lab.bytes("bytes in the pipe", Flow.through(pipe));
        Watch level = lab.watch("level", pipe.readFd(), EPOLLIN);
        Watch.ByEpoll edge = lab.watch("edge", pipe.readFd(), EPOLLIN | EPOLLET);
        Watch.ByEpoll oneShot = lab.watch("one-shot", pipe.readFd(), EPOLLIN | EPOLLONESHOT);

        lab.act("write 2048 bytes", 2048, () -> bytes.write(2048));
        lab.expect(level.reports(EPOLLIN), edge.reports(EPOLLIN), oneShot.reports(EPOLLIN));
        lab.act("read 1024 bytes", 1024, () -> bytes.read(1024));
        lab.expect(level.reports(EPOLLIN), edge.silent(), oneShot.silent());
        lab.act("MOD with the same masks", () -> {
            edge.modify(EPOLLIN | EPOLLET);
            oneShot.modify(EPOLLIN | EPOLLONESHOT);
        });
        lab.expect(edge.reports(EPOLLIN), oneShot.reports(EPOLLIN));
        lab.act("write 1024 bytes more", 1024, () -> bytes.write(1024));
        lab.expect(level.reports(EPOLLIN), edge.reports(EPOLLIN), oneShot.silent());
        lab.act("read until EAGAIN", 2048, bytes::drain);
        lab.expect(level.silent(), edge.silent(), oneShot.silent());
    }

    private static void digitalSignal(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        Flow signal = lab.bytes("signal", Flow.through(pipe));
        Watch level = lab.watch("level", pipe.readFd(), EPOLLIN);
        Watch edge = lab.watch("edge", pipe.readFd(), EPOLLIN | EPOLLET);
        int[] seen = new int[2];

        int before = '0';
        for (int digit : DIGITS.chars().toArray()) {
            boolean rises = digit > before;
            Reading ofLevel = digit == '1' ? level.reports(EPOLLIN) : level.silent();
            Reading ofEdge = rises ? edge.reports(EPOLLIN) : edge.silent();
            boolean falls = digit < before;
            lab.act(Character.toString(digit), () -> {
                if (rises) {
                    signal.write(1);
                } else if (falls) {
                    signal.read(1);
                }
            }, counting(ofLevel, seen, 0), counting(ofEdge, seen, 1));
            before = digit;
        }
        lab.expect("count the reports", new Reading("level", "9 times", () -> seen[0] + " times"),
                new Reading("edge", "3 times", () -> seen[1] + " times"));
    }

    private static Reading counting(Reading reading, int[] seen, int index) {
        return new Reading(reading.who(), reading.expected(), () -> {
            Object answer = reading.question().ask();
            seen[index] += answer.equals(Check.SILENT) ? 0 : 1;
            return answer;
        });
    }

    private static void mergedEdges(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        Flow bytes = lab.bytes("bytes in the pipe", Flow.through(pipe));
        Watch edge = lab.watch("edge", pipe.readFd(), EPOLLIN | EPOLLET);

        for (int i = 0; i < 3; i++) {
            lab.act("write 1 byte", 1, () -> bytes.write(1));
        }
        lab.expect("first wait", edge.reports(EPOLLIN));
        lab.expect("second wait", edge.silent());
        lab.act("read until EAGAIN", 3, bytes::drain);
        lab.act("write 1 byte", 1, () -> bytes.write(1));
        lab.act("read 1 byte", 1, () -> bytes.read(1));
        lab.expect("it came and went", edge.silent());
    }

    private static void smallBuffer(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        Flow letters = lab.bytes("letters in the pipe", Flow.through(pipe));
        Watch level = lab.watch("level", pipe.readFd(), EPOLLIN);
        Watch edge = lab.watch("edge", pipe.readFd(), EPOLLIN | EPOLLET);

        lab.act("write 26 letters", 26, () -> letters.write(26));
        lab.expect(edge.reports(EPOLLIN));
        for (int left = 26; left > 0; left -= 4) {
            lab.expect(level.reports(EPOLLIN));
            lab.act("read 4", Math.min(left, 4), () -> letters.read(4));
        }
        lab.expect(level.silent());
        lab.act("write 26 letters", 26, () -> letters.write(26));
        lab.expect(edge.reports(EPOLLIN));
        lab.act("read 4", 4, () -> letters.read(4));
        lab.expect("wait again: stuck", edge.silent());
        lab.act("write 4 letters", 4, () -> letters.write(4));
        lab.expect(edge.reports(EPOLLIN));
        lab.act("read by 4 until EAGAIN", "7 reads", () -> {
            int reads = 0;
            while (letters.read(4) > 0) {
                reads++;
            }
            return reads + " reads";
        });
        lab.expect(level.silent(), edge.silent());
    }
}
