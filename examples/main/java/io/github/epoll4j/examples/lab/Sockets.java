package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;

import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** How connections begin, fill up and end. */
final class Sockets {
    private Sockets() {
    }

    static List<Scenario> all() {
        return List.of(
                new Scenario("accept-edge", "C87 C78", "Three clients at an edge-triggered listener",
                        "Three connections before a wait are one event. Who accepts one and waits leaves two outside: "
                                + "accept until EAGAIN.", Sockets::acceptEdge),
                new Scenario("data-with-fin", "C65 C60", "The last bytes come together with the end",
                        "EPOLLRDHUP says that nothing more will come, not that everything is read: read first, to the "
                                + "end, then close. On TCP.", Sockets::dataWithFin),
                new Scenario("half-close", "C65 C67", "Closing one direction, then the other",
                        "EPOLLRDHUP is the peer's half, and must be asked for; EPOLLHUP is both halves, and comes "
                                + "unasked.", Sockets::halfClose),
                new Scenario("always-writable", "C38 C83 C82 J11", "EPOLLOUT on an idle socket",
                        "A socket with room is writable, always: under level trigger a loop that watches for EPOLLOUT "
                                + "never sleeps. Under edge trigger it says so once.", Sockets::alwaysWritable),
                new Scenario("full-pipe", "C63", "When a full pipe is writable again",
                        "EPOLLOUT is not \"empty\" and not \"one byte of room\": a pipe has room when a whole page of "
                                + "it is read.", Sockets::fullPipe),
                new Scenario("dead-reader", "C66 C67", "Watched for nothing",
                        "Errors and hang-ups are reported to a registration with the mask 0 as well.",
                        Sockets::deadReader));
    }

    private static void acceptEdge(Lab lab) throws IOException {
        String name = "epoll4j-lab-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
        UnixListener listener = lab.own(UnixListener.bind(UnixAddress.abstractName(name)));
        long[] waiting = new long[1];
        lab.signal("connections waiting", () -> waiting[0]);
        Watch level = lab.watch("level", listener.fd(), EPOLLIN);
        Watch edge = lab.watch("edge", listener.fd(), EPOLLIN | EPOLLET);
        Lab.Action connect = () -> {
            lab.own(UnixStream.connect(UnixAddress.abstractName(name)));
            waiting[0]++;
        };
        Reading.Question accept = () -> {
            UnixStream client = listener.accept();
            if (client == null) {
                return "EAGAIN";
            }
            lab.own(client);
            waiting[0]--;
            return "a client";
        };

        for (int i = 0; i < 3; i++) {
            lab.act("a client connects", connect);
        }
        lab.expect(level.reports(EPOLLIN), edge.reports(EPOLLIN));
        lab.act("accept once", "a client", accept);
        lab.expect(level.reports(EPOLLIN), edge.silent());
        lab.act("another connects", connect);
        lab.expect(level.reports(EPOLLIN), edge.reports(EPOLLIN));
        for (int i = 0; i < 3; i++) {
            lab.act("accept", "a client", accept);
        }
        lab.act("accept", "EAGAIN", accept);
        lab.expect(level.silent(), edge.silent());
    }

    private static void dataWithFin(Lab lab) throws IOException {
        TcpListener listener =
                lab.own(TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        TcpStream peer = lab.own(TcpStream.connect(listener.localAddress()));
        lab.watch("connection", listener.fd(), EPOLLIN).ask(Watch.PATIENCE_MILLIS);
        TcpStream stream = lab.own(listener.accept());
        lab.watch("connected", peer.fd(), EPOLLOUT).ask(Watch.PATIENCE_MILLIS);
        peer.finishConnect();
        Flow bytes = lab.bytes("bytes to read", Flow.between(peer, stream));
        Watch level = lab.watch("level", stream.fd(), EPOLLIN | EPOLLRDHUP);
        // it reports when both have arrived, which on TCP takes the time that it takes
        Watch end = lab.watch("end only", stream.fd(), EPOLLRDHUP);

        lab.act("the peer writes 5 bytes, and closes", 5, () -> {
            int written = bytes.write(5);
            peer.close();
            return written;
        });
        lab.expect(end.reports(EPOLLRDHUP), level.reports(EPOLLIN | EPOLLRDHUP));
        lab.act("read 3 bytes", 3, () -> bytes.read(3));
        lab.expect("the end, and bytes before it", level.reports(EPOLLIN | EPOLLRDHUP));
        lab.act("read: the rest", 2, () -> bytes.read(100));
        lab.act("read: the end", -1, () -> bytes.read(100));
        lab.expect("the end stays readable", level.reports(EPOLLIN | EPOLLRDHUP));
    }

    private static void halfClose(Lab lab) throws IOException {
        var pair = lab.pair();
        Watch asked = lab.watch("IN|RDHUP", pair.first().fd(), EPOLLIN | EPOLLRDHUP);
        Watch plain = lab.watch("IN", pair.first().fd(), EPOLLIN);
        Watch nothing = lab.watch("mask 0", pair.first().fd(), 0);

        lab.expect(asked.silent(), plain.silent(), nothing.silent());
        lab.act("the peer shuts down its writing", pair.second()::shutdownOutput);
        lab.expect(asked.reports(EPOLLIN | EPOLLRDHUP), plain.reports(EPOLLIN), nothing.silent());
        lab.act("we shut down ours", pair.first()::shutdownOutput);
        lab.expect(asked.reports(EPOLLIN | EPOLLHUP | EPOLLRDHUP), plain.reports(EPOLLIN | EPOLLHUP),
                nothing.reports(EPOLLHUP));
    }

    private static void alwaysWritable(Lab lab) throws IOException {
        var pair = lab.pair();
        Flow bytes = lab.bytes("bytes to read", Flow.between(pair.second(), pair.first()));
        int fd = pair.first().fd();
        Watch in = lab.watch("level IN", fd, EPOLLIN);
        Watch both = lab.watch("level IN|OUT", fd, EPOLLIN | EPOLLOUT);
        Watch edge = lab.watch("edge IN|OUT", fd, EPOLLIN | EPOLLOUT | EPOLLET);

        lab.expect(in.silent(), both.reports(EPOLLOUT), edge.reports(EPOLLOUT));
        lab.expect("ask 1000 times more", times("level IN", 0, in), times("level IN|OUT", 1000, both),
                times("edge IN|OUT", 0, edge));
        lab.act("the peer writes 1 byte", 1, () -> bytes.write(1));
        lab.expect(in.reports(EPOLLIN), both.reports(EPOLLIN | EPOLLOUT), edge.reports(EPOLLIN | EPOLLOUT));
    }

    private static Reading times(String who, int expected, Watch watch) {
        return new Reading(who, expected + " reports", () -> {
            int reports = 0;
            for (int i = 0; i < 1000; i++) {
                reports += watch.ask(0) == 0 ? 0 : 1;
            }
            return reports + " reports";
        });
    }

    private static void fullPipe(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        int page = pipe.capacity() / 16;
        Flow bytes = lab.bytes("bytes in the pipe", Flow.through(pipe));
        Watch level = lab.watch("level", pipe.writeFd(), EPOLLOUT);
        Watch edge = lab.watch("edge", pipe.writeFd(), EPOLLOUT | EPOLLET);

        lab.expect(level.reports(EPOLLOUT), edge.reports(EPOLLOUT));
        lab.act("write until EAGAIN", () -> bytes.fill(page));
        lab.expect(level.silent(), edge.silent());
        lab.act("the reader takes 1 byte", 1, () -> bytes.read(1));
        lab.expect(level.silent(), edge.silent());
        lab.act("it takes the rest of a page", page - 1, () -> bytes.read(page - 1));
        lab.expect(level.reports(EPOLLOUT), edge.reports(EPOLLOUT));
        lab.expect("ask again", level.reports(EPOLLOUT), edge.silent());
    }

    private static void deadReader(Lab lab) throws IOException {
        Pipe pipe = lab.pipe();
        Watch nothing = lab.watch("mask 0", pipe.writeFd(), 0);
        Watch out = lab.watch("OUT", pipe.writeFd(), EPOLLOUT);

        lab.expect(nothing.silent(), out.reports(EPOLLOUT));
        lab.act("close the reading end", pipe::closeRead);
        lab.expect(nothing.reports(EPOLLERR), out.reports(EPOLLOUT | EPOLLERR));
    }
}
