package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.Errno;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel keeps in an interest list, and for how long. */
final class Registrations {
    private static final int NAME_A = 'A';
    private static final int NAME_B = 'B';

    private Registrations() {
    }

    static List<Scenario> all() {
        return List.of(
                new Scenario("duplicate", "C42", "The duplicate that outlives a close",
                        "Closing a descriptor ends its registration only if it was the last one of its file. Until "
                                + "then events come under the closed number, which DEL no longer takes: DEL "
                                + "before close.",
                        Registrations::duplicate),
                new Scenario("unpollable", "C36 J1", "Files that cannot be watched",
                        "A regular file is always ready for select and poll; epoll refuses it.",
                        Registrations::unpollable),
                new Scenario("refused", "C39 C40 C41 J1", "What epoll_ctl refuses",
                        "Each mistake has its errno.", Registrations::refusals),
                new Scenario("nested", "J2", "An epoll instance inside another",
                        "An epoll descriptor is readable when a wait on it would report something.",
                        Registrations::nested),
                new Scenario("stale-batch", "J7", "The batch that knows no close",
                        "What a wait has copied out stays copied: an event of a descriptor that was closed while an "
                                + "earlier event of the batch was handled. Keep a generation in the data word.",
                        Registrations::staleBatch),
                new Scenario("rotation", "C48 C49", "Five ready, room for two",
                        "maxevents limits a batch, not the number of connections: the next waits go on where the last "
                                + "ended, in turn, and nobody starves.", Registrations::rotation));
    }

    private static void duplicate(Lab lab) throws IOException {
        var pair = lab.highUp(lab::pair);
        Flow bytes = lab.bytes("bytes to read", Flow.between(pair.second(), pair.first()));
        int number = pair.first().fd();
        Watch.ByEpoll level = lab.watch("level", number, EPOLLIN);

        OwnedFd[] duplicate = new OwnedFd[1];
        lab.act("duplicate the descriptor", () -> duplicate[0] = lab.own(pair.first().duplicate()));
        lab.act("the peer writes 1 byte", 1, () -> bytes.write(1));
        lab.expect(level.reports(EPOLLIN));
        lab.act("close the registered one", pair.first()::close);
        lab.expect("ask: a ghost", level.reports(EPOLLIN));
        lab.refused("DEL the closed number", Errno.EBADF, () -> level.instance().delete(number));
        lab.refused("DEL the duplicate", Errno.ENOENT, () -> level.instance().delete(duplicate[0].fd()));
        lab.expect("ask: still there", level.reports(EPOLLIN));
        lab.act("close the duplicate", duplicate[0]::close);
        lab.expect(level.silent());
    }

    private static void unpollable(Lab lab) throws IOException {
        EpollInstance epoll = lab.own(EpollInstance.open());
        Path file = Files.createTempFile("epoll4j-lab", ".txt");
        lab.atEnd(() -> file.toFile().delete());
        try (FileInputStream in = new FileInputStream(file.toFile())) {
            int number = numberOf(file);
            lab.act("open an empty file, and read", -1, in::read);
            lab.expect(Watch.select(number).reports(EPOLLIN), Watch.poll(number, EPOLLIN).reports(EPOLLIN));
            lab.refused("ADD it to epoll", Errno.EPERM, () -> epoll.add(number, EPOLLIN));
        }
    }

    /** Finds the number of an open file, which Java keeps to itself. */
    private static int numberOf(Path file) throws IOException {
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            for (Path link : (Iterable<Path>) links::iterator) {
                if (link.toFile().getCanonicalFile().equals(file.toFile().getCanonicalFile())) {
                    return Integer.parseInt(link.getFileName().toString());
                }
            }
        }
        throw Lab.skip("needs /proc/self/fd to find an open file's number");
    }

    private static void refusals(Lab lab) throws IOException {
        EpollInstance epoll = lab.own(EpollInstance.open());
        EpollInstance other = lab.own(EpollInstance.open());
        int fd = lab.own(EventFd.open()).fd();

        lab.refused("MOD of what was not added", Errno.ENOENT, () -> epoll.modify(fd, EPOLLIN));
        lab.refused("DEL of what was not added", Errno.ENOENT, () -> epoll.delete(fd));
        lab.act("ADD", () -> epoll.add(fd, EPOLLIN));
        lab.refused("ADD it again", Errno.EEXIST, () -> epoll.add(fd, EPOLLIN));
        lab.refused("ADD number -1", Errno.EBADF, () -> epoll.add(-1, EPOLLIN));
        lab.refused("ADD it to itself", Errno.EINVAL, () -> epoll.add(epoll.fd(), EPOLLIN));
        lab.act("ADD another instance", () -> epoll.add(other.fd(), EPOLLIN));
        lab.refused("… and itself to that one", Errno.ELOOP, () -> other.add(epoll.fd(), EPOLLIN));
    }

    private static void nested(Lab lab) throws IOException {
        EventFd counter = lab.own(EventFd.open());
        Watch.ByEpoll inner = lab.watch("inner", counter.fd(), EPOLLIN);
        Watch.ByEpoll outer = lab.watch("outer", inner.instance().fd(), EPOLLIN);
        Watch poll = Watch.poll(outer.instance().fd(), EPOLLIN);

        lab.expect(inner.silent(), outer.silent(), poll.silent());
        lab.act("write to an eventfd in the inner one", () -> counter.write(1));
        lab.expect(inner.reports(EPOLLIN), outer.reports(EPOLLIN), poll.reports(EPOLLIN));
        lab.act("read the eventfd", 1L, counter::read);
        lab.expect(inner.silent(), outer.silent(), poll.silent());
    }

    private static void staleBatch(Lab lab) throws IOException {
        EpollInstance epoll = lab.own(EpollInstance.open());
        EpollEventArray events = lab.events(4);
        EventFd first = lab.own(EventFd.open());
        EventFd second = lab.own(EventFd.open());
        epoll.add(first.fd(), EPOLLIN, NAME_A);
        epoll.add(second.fd(), EPOLLIN, NAME_B);

        lab.act("make A and B readable", () -> {
            first.write(1);
            second.write(1);
        });
        Reading.Question wait = () -> names(events, epoll.awaitMillis(events, Watch.PATIENCE_MILLIS));
        lab.expect("epoll_wait", new Reading("kernel", "A B", wait));
        lab.act("handle A: it closes B", second::close);
        lab.expect("the rest of the batch",
                new Reading("batch", "B", () -> names(events, events.ready()).replace("A ", "")));
        lab.expect("the next epoll_wait", new Reading("kernel", "A", wait));
    }

    private static void rotation(Lab lab) throws IOException {
        EpollInstance level = lab.own(EpollInstance.open());
        EpollInstance edge = lab.own(EpollInstance.open());
        EpollEventArray events = lab.events(2);
        for (int name = NAME_A; name < NAME_A + 5; name++) {
            EventFd ready = lab.own(EventFd.open(1));
            level.add(ready.fd(), EPOLLIN, name);
            edge.add(ready.fd(), EPOLLIN | EPOLLET, name);
        }

        String[] ofLevel = {"A B", "C D", "E A", "B C", "D E"};
        String[] ofEdge = {"A B", "C D", "E", Check.SILENT, Check.SILENT};
        for (int i = 0; i < ofLevel.length; i++) {
            lab.act("epoll_wait, maxevents 2", () -> { },
                    batch("level", ofLevel[i], level, events), batch("edge", ofEdge[i], edge, events));
        }
    }

    private static Reading batch(String who, String expected, EpollInstance epoll, EpollEventArray events) {
        return new Reading(who, expected, () -> names(events, epoll.await(events, Duration.ZERO)));
    }

    private static String names(EpollEventArray events, int count) {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < count; i++) {
            names.append(i == 0 ? "" : " ").append((char) events.data(i));
        }
        return count == 0 ? Check.SILENT : names.toString();
    }
}
