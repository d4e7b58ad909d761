package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.Pipe;
import java.io.IOException;

/** Scenarios that end in other ways than those of the lab should. */
final class Played {
    static final Kernel OLD = new Kernel("4.4.0-21-generic", "x86_64");

    /** It expects silence, and the kernel reports. */
    static final Scenario BROKEN = new Scenario("broken", "C900", "A wrong expectation",
            "What is <wrong> & \"quoted\" here is 'shown'.", Played::broken);
    static final Scenario RIGHT = new Scenario("right", "C901 C77", "A right one", "It is right.", Played::right);
    static final Scenario NEW = new Scenario("new", "C902", "A new call", "It needs epoll_pwait2.", Played::right)
            .needing(KernelCall.EPOLL_PWAIT2);
    static final Scenario WITHOUT_CALL = new Scenario("without-call", "C903", "No such call", "It has to be skipped.",
            lab -> {
                throw new ErrnoException("epoll_pwait2", "", Errno.ENOSYS);
            });
    static final Scenario SURPRISED = new Scenario("surprised", "C904", "An error", "It is not expected.", lab -> {
        lab.act("begin", () -> { });
        lab.act("read the disk", () -> {
            throw new ErrnoException("read", "fd=3", Errno.EIO);
        });
    });

    private Played() {
    }

    private static void broken(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        Flow bytes = lab.bytes("bytes <&>", Flow.through(pipe));
        Watch level = lab.watch("level <&>", pipe.readFd(), EPOLLIN);
        lab.act("write 1 byte <&>", 1, () -> bytes.write(1));
        lab.expect("'\"\u0001", level.silent());
        lab.refused("nothing is refused", Errno.EPERM, () -> { });
    }

    private static void right(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        Flow bytes = lab.bytes("bytes", Flow.through(pipe));
        Watch level = lab.watch("level", pipe.readFd(), EPOLLIN);
        lab.act("write 3 bytes", 3, () -> bytes.write(3));
        lab.expect(level.reports(EPOLLIN));
    }
}
