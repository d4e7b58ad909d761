package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Threads that sleep in epoll_wait, each until it is woken once: by a message, or, when the count is taken, by the
 * gong that calls off the rest. Whoever was not woken by the message before hears the gong alone.
 */
final class Crowd {
    private static final long GONG = 1;
    private static final long MESSAGE = 2;

    private final EventFd message;
    private final EventFd gong;
    private final List<EpollInstance> instances = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private int woken;

    /** Has threads wait for one eventfd: in one epoll instance, or each in its own. */
    Crowd(Lab lab, int size, int mask, boolean oneEach) throws IOException {
        message = lab.own(EventFd.open());
        gong = lab.own(EventFd.open());
        for (int i = 0; i < size; i++) {
            if (oneEach || instances.isEmpty()) {
                EpollInstance epoll = lab.own(EpollInstance.open());
                epoll.add(gong.fd(), EPOLLIN, GONG);
                epoll.add(message.fd(), mask, MESSAGE);
                instances.add(epoll);
            }
            EpollInstance epoll = instances.getLast();
            threads.add(new Thread(() -> sleep(epoll), Sleep.nextName()));
        }
        lab.atEnd(this::dismiss);
    }

    /** Starts the threads; how many sleep. */
    int fallAsleep() throws IOException {
        int asleep = 0;
        for (Thread thread : threads) {
            thread.setDaemon(true);
            thread.start();
            asleep += Sleep.await(thread) ? 1 : 0;
        }
        return asleep;
    }

    private void sleep(EpollInstance epoll) {
        try (EpollEventArray events = EpollEventArray.allocate(2)) {
            epoll.await(events);
            for (EpollEvent event : events) {
                if (event.data() == MESSAGE) {
                    count();
                }
            }
        } catch (IOException | IllegalStateException e) {
            return; // closed: the scenario is over
        }
    }

    private synchronized void count() {
        woken++;
        notifyAll();
    }

    /** Writes a message, and waits until it has woken as many, in all, as it should. */
    void write(int expected) throws IOException {
        message.write(1);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Watch.PATIENCE_MILLIS);
        synchronized (this) {
            for (long left = 1; woken < expected && left > 0; left = (deadline - System.nanoTime()) / 1_000_000) {
                try {
                    wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    /** Calls off those who still sleep; how many the messages had woken. */
    Reading woken(String who, int expected) {
        return new Reading(who, expected + " woken", () -> {
            gong.write(1);
            for (Thread thread : threads) {
                Sleep.join(thread);
            }
            synchronized (this) {
                return woken + " woken";
            }
        });
    }

    private void dismiss() {
        instances.forEach(EpollInstance::close);
        threads.forEach(Sleep::join);
    }
}
