package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Pipe;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Who is woken, and who is not. */
final class Threads {
    private static final int CROWD = 4;

    private Threads() {
    }

    static List<Scenario> all() {
        return List.of(
                new Scenario("who-wakes", "C81", "Four threads in one epoll_wait",
                        "Level trigger wakes all until somebody reads; edge trigger wakes one thread for each message, "
                                + "so a second message wakes a second thread for the same descriptor; one-shot wakes "
                                + "one, until MOD.", Threads::whoWakes),
                new Scenario("one-epoll-each", "C81 J3", "Four threads, an epoll instance each",
                        "Each instance has its own edge: all wake. EPOLLEXCLUSIVE is the way out; one is what one "
                                + "sees, one or more is what the manual promises.", Threads::oneEpollEach)
                        .needing(KernelCall.EPOLLEXCLUSIVE),
                new Scenario("one-acceptor", "J15 C81", "Four acceptors with EPOLLEXCLUSIVE",
                        "It wakes one of those that wait, and always the same one: while that one waits again in time, "
                                + "it gets every connection.", Threads::oneAcceptor)
                        .needing(KernelCall.EPOLLEXCLUSIVE),
                new Scenario("add-wakes", "J5 J4", "ADD wakes who sleeps",
                        "A thread that sleeps in epoll_wait is woken by an ADD, in another thread, of a descriptor "
                                + "that is ready already.", Threads::addWakes),
                new Scenario("close-wakes-nobody", "J6", "Closing what is waited for",
                        "A wait is not ended by the close of the watched descriptor: it sleeps on, to its timeout.",
                        Threads::closeWakesNobody),
                new Scenario("close-epoll", "J8 C55", "Closing the epoll instance under its waiter",
                        "The kernel alone would let the thread sleep on. EpollInstance.close() wakes it by an eventfd, "
                                + "and the last one that leaves gives the number back.", Threads::closeEpoll));
    }

    private static void whoWakes(Lab lab) throws IOException {
        play(lab, false, new String[] {"level", "edge", "one-shot"},
                new int[] {EPOLLIN, EPOLLIN | EPOLLET, EPOLLIN | EPOLLONESHOT}, new int[][] {{4, 1, 1}, {4, 2, 1}});
    }

    private static void oneEpollEach(Lab lab) throws IOException {
        play(lab, true, new String[] {"level", "edge", "exclusive"},
                new int[] {EPOLLIN, EPOLLIN | EPOLLET, EPOLLIN | EPOLLEXCLUSIVE}, new int[][] {{4, 4, 1}});
    }

    /** Plays each number of messages with a new crowd. */
    private static void play(Lab lab, boolean oneEach, String[] names, int[] masks, int[][] expected)
            throws IOException {
        for (int messages = 1; messages <= expected.length; messages++) {
            Reading[] readings = new Reading[names.length];
            Crowd[] crowds = new Crowd[names.length];
            for (int i = 0; i < names.length; i++) {
                crowds[i] = new Crowd(lab, CROWD, masks[i], oneEach);
                readings[i] = crowds[i].woken(names[i], expected[messages - 1][i]);
            }
            lab.act("four threads sleep in each", 3 * CROWD + " asleep", () -> {
                int asleep = 0;
                for (Crowd crowd : crowds) {
                    asleep += crowd.fallAsleep();
                }
                return asleep + " asleep";
            });
            for (int message = 0; message < messages; message++) {
                int[] soFar = expected[message];
                lab.act(message == 0 ? "write a message" : "write another", () -> {
                    for (int i = 0; i < crowds.length; i++) {
                        crowds[i].write(soFar[i]);
                    }
                });
            }
            lab.expect(messages == 1 ? "who came" : "who came in all", readings);
        }
    }

    private static void oneAcceptor(Lab lab) throws IOException {
        int connections = 20;
        Acceptors acceptors = new Acceptors(lab, CROWD);
        lab.act("four threads sleep, an instance each", CROWD + " asleep", () -> acceptors.fallAsleep() + " asleep");
        lab.act(connections + " clients connect, each when all sleep again", () -> acceptors.connect(connections));
        lab.expect("who accepted", new Reading("acceptors", List.of(connections, 0, 0, 0), acceptors::accepted));
    }

    private static void addWakes(Lab lab) throws IOException {
        EpollInstance epoll = lab.own(EpollInstance.open());
        EventFd ready = lab.own(EventFd.open(1));
        FutureTask<Object> waiter = waiter(epoll, Duration.ofSeconds(60));
        lab.act("a thread sleeps in epoll_wait", "asleep", () -> fallAsleep(waiter) ? "asleep" : "awake");
        lab.act("ADD a readable eventfd, edge-triggered", () -> epoll.add(ready.fd(), EPOLLIN | EPOLLET));
        lab.expect("what the thread got", new Reading("sleeper", "IN", () -> result(waiter)));
    }

    private static void closeWakesNobody(Lab lab) throws IOException {
        Duration timeout = Duration.ofMillis(150);
        EpollInstance epoll = lab.own(EpollInstance.open());
        Pipe pipe = lab.pipe();
        epoll.add(pipe.readFd(), EPOLLIN);
        FutureTask<Object> waiter = waiter(epoll, timeout);
        lab.expectAtLeast("sleep, 150 ms at most; meanwhile close it", "sleeper", timeout.toNanos(), () -> {
            fallAsleep(waiter);
            pipe.closeRead();
            result(waiter);
        });
        lab.expect("what the thread got", new Reading("sleeper", Check.SILENT, () -> result(waiter)));
    }

    private static void closeEpoll(Lab lab) throws IOException {
        EpollInstance epoll = lab.own(EpollInstance.open());
        FutureTask<Object> waiter = waiter(epoll, Duration.ofSeconds(60));
        lab.act("a thread sleeps in epoll_wait", "asleep", () -> fallAsleep(waiter) ? "asleep" : "awake");
        lab.act("close() in another thread", epoll::close);
        lab.expect("what the thread got", new Reading("sleeper", "closed", () -> result(waiter)));
    }

    private static FutureTask<Object> waiter(EpollInstance epoll, Duration timeout) {
        return new FutureTask<>(() -> {
            try (EpollEventArray events = EpollEventArray.allocate(1)) {
                return Watch.spell(epoll.await(events, timeout) == 0 ? 0 : events.flags(0));
            } catch (IllegalStateException e) {
                return "closed";
            }
        });
    }

    /** Starts a waiter, and waits until it sleeps. */
    private static boolean fallAsleep(FutureTask<Object> waiter) throws IOException {
        Thread thread = new Thread(waiter, Sleep.nextName());
        thread.setDaemon(true);
        thread.start();
        return Sleep.await(thread);
    }

    private static Object result(FutureTask<Object> waiter) throws IOException {
        try {
            return waiter.get(Watch.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return "still asleep";
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
