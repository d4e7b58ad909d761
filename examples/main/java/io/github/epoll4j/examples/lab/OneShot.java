package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

import io.github.epoll4j.Errno;
import io.github.epoll4j.fd.Pipe;
import java.io.IOException;
import java.util.List;

/** A registration that reports once. */
final class OneShot {
    private OneShot() {
    }

    static List<Scenario> all() {
        return List.of(
                new Scenario("one-shot-rearm", "C88 C69 C91 C39", "One-shot, and bytes that come before MOD",
                        "A one-shot registration reports once and then sleeps, still in the list. What comes between "
                                + "EAGAIN and MOD is not lost: MOD looks at the descriptor afresh.", OneShot::rearm),
                new Scenario("one-shot-hang-up", "C66 C89", "One-shot sleeps through a hang-up",
                        "Errors and hang-ups are always reported, but not by a one-shot registration that has fired: "
                                + "without MOD, silence for ever.", OneShot::hangUp));
    }

    private static void rearm(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        Flow bytes = lab.bytes("bytes in the pipe", Flow.through(pipe));
        Watch.ByEpoll oneShot = lab.watch("one-shot", pipe.readFd(), EPOLLIN | EPOLLONESHOT);

        lab.act("write 100 bytes", 100, () -> bytes.write(100));
        lab.expect(oneShot.reports(EPOLLIN));
        lab.act("write 50 bytes", 50, () -> bytes.write(50));
        lab.expect(oneShot.silent());
        lab.refused("ADD it once more", Errno.EEXIST,
                () -> oneShot.instance().add(pipe.readFd(), EPOLLIN | EPOLLONESHOT));
        lab.act("read until EAGAIN", 150, bytes::drain);
        lab.act("write 30 bytes, before MOD", 30, () -> bytes.write(30));
        lab.expect(oneShot.silent());
        lab.act("MOD", () -> oneShot.modify(EPOLLIN | EPOLLONESHOT));
        lab.expect(oneShot.reports(EPOLLIN));
        lab.expect("ask again", oneShot.silent());
    }

    private static void hangUp(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        Flow bytes = lab.bytes("bytes in the pipe", Flow.through(pipe));
        Watch level = lab.watch("level", pipe.readFd(), EPOLLIN);
        Watch.ByEpoll oneShot = lab.watch("one-shot", pipe.readFd(), EPOLLIN | EPOLLONESHOT);

        lab.act("write 1 byte", 1, () -> bytes.write(1));
        lab.expect(level.reports(EPOLLIN), oneShot.reports(EPOLLIN));
        lab.act("read 1 byte", 1, () -> bytes.read(1));
        lab.act("close the writing end", pipe::closeWrite);
        lab.expect(level.reports(EPOLLHUP), oneShot.silent());
        lab.act("MOD", () -> oneShot.modify(EPOLLIN | EPOLLONESHOT));
        lab.expect(oneShot.reports(EPOLLHUP));
    }
}
