package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLIN;
import static io.github.epoll4j.poll.PollFlags.POLLNVAL;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import java.io.IOException;
import java.util.List;

/** What select and poll do with what one hands them. */
final class SelectAndPoll {
    private SelectAndPoll() {
    }

    static List<Scenario> all() {
        return List.of(
                new Scenario("rewritten-set", "C14 C4 C6", "select rewrites its set",
                        "select leaves in the set only what is ready: who passes the same set again no longer "
                                + "watches the rest. Keep the interest, pass a copy.", SelectAndPoll::rewrittenSet),
                new Scenario("counted-bits", "C13", "select counts bits, not descriptors",
                        "A socket that can be read and written is one descriptor, two bits, and counts as 2.",
                        SelectAndPoll::countedBits),
                new Scenario("closed-number", "J9 J6 C13 C42", "Waiting for a closed descriptor",
                        "poll says so, select refuses, and epoll is silent: it has forgotten the file.",
                        SelectAndPoll::closedNumber));
    }

    private static void rewrittenSet(Lab lab) throws IOException {
        Pipe first = lab.pipe();
        Pipe second = lab.pipe();
        Flow inFirst = lab.bytes("bytes in pipe A", Flow.through(first));
        Flow inSecond = lab.bytes("bytes in pipe B", Flow.through(second));
        FdSet interest = FdSet.allocate();
        interest.set(first.readFd());
        interest.set(second.readFd());
        FdSet used = interest.copy();

        lab.act("write 5 bytes to A", 5, () -> inFirst.write(5));
        lab.expect("select({A, B})", selected("same set", "A", used, first, second));
        lab.act("read A, write 7 bytes to B", 7, () -> inFirst.read(5) + inSecond.write(7) - 5);
        lab.expect("select of the set it left", selected("same set", Check.SILENT, used, first, second));
        lab.expect("select of a fresh copy", selected("copy", "B", interest.copy(), first, second));
        lab.expect("it only tells: ask again", selected("copy", "B", interest.copy(), first, second));
        lab.act("read B", 7, () -> inSecond.read(16));
        lab.expect("select of a fresh copy", selected("copy", Check.SILENT, interest.copy(), first, second));
    }

    private static Reading selected(String who, String expected, FdSet set, Pipe first, Pipe second) {
        return new Reading(who, expected, () -> {
            Select.selectMillis(set, null, null, 0);
            String ready = (set.isSet(first.readFd()) ? "A" : "") + (set.isSet(second.readFd()) ? "B" : "");
            return ready.isEmpty() ? Check.SILENT : ready;
        });
    }

    private static void countedBits(Lab lab) throws IOException {
        var pair = lab.pair();
        Flow bytes = lab.bytes("bytes to read", Flow.between(pair.second(), pair.first()));
        FdSet interest = FdSet.allocate();
        interest.set(pair.first().fd());
        Reading.Question select = () -> Select.selectMillis(interest.copy(), interest.copy(), null, 0);

        lab.expect("read set and write set", new Reading("select", 1, select));
        lab.act("the peer writes 1 byte", 1, () -> bytes.write(1));
        lab.expect("read set and write set", new Reading("select", 2, select));
    }

    private static void closedNumber(Lab lab) throws IOException {
        Pipe pipe = lab.highUp(lab::pipe);
        Flow bytes = lab.bytes("bytes in the pipe", Flow.through(pipe));
        int number = pipe.readFd();
        FdSet interest = FdSet.allocate();
        interest.set(number);
        PollFdArray fds = PollFdArray.allocate(1);
        lab.atEnd(fds::close);
        fds.add(number, POLLIN);
        Watch.ByEpoll epoll = lab.watch("epoll", number, EPOLLIN);
        Reading.Question poll = () -> {
            Poll.pollMillis(fds, 0);
            return PollFlags.toString(fds.revents(0)).replace("POLL", "");
        };
        Reading.Question select = () -> {
            try {
                return Select.selectMillis(interest.copy(), null, null, 0) > 0 ? "IN" : Check.SILENT;
            } catch (ErrnoException e) {
                return Errno.name(e.errno());
            }
        };

        lab.act("write 1 byte", 1, () -> bytes.write(1));
        lab.expect(new Reading("select", "IN", select), new Reading("poll", "IN", poll), epoll.reports(EPOLLIN));
        lab.act("close the reading end", pipe::closeRead);
        lab.expect(new Reading("select", "EBADF", select),
                new Reading("poll", PollFlags.toString(POLLNVAL).replace("POLL", ""), poll), epoll.silent());
        lab.refused("DEL of the closed number", Errno.EBADF, () -> epoll.instance().delete(number));
    }
}
