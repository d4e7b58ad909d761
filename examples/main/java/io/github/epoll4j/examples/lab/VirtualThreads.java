package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.wait.Readiness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits in virtual threads: those that hold a carrier, and those that do not. */
final class VirtualThreads {
    /** How long a thread is observed that is not expected to run. */
    private static final int OBSERVED_MILLIS = 200;

    private VirtualThreads() {
    }

    static List<Scenario> all() {
        return List.of(
                new Scenario("virtual-threads", "J16", "As many waits in virtual threads as there are carriers",
                        "epoll_wait blocks in native code and holds the carrier: no other virtual thread runs. "
                                + "Readiness.await parks, and all others run.", VirtualThreads::carriers),
                new Scenario("interrupted-wait", "J17", "An interrupt ends a wait, and nothing else",
                        "Readiness.await throws InterruptedException; the descriptor is open, and as it was.",
                        VirtualThreads::interrupt));
    }

    private static void carriers(Lab lab) throws IOException {
        int carriers = Integer.getInteger("jdk.virtualThreadScheduler.parallelism",
                Runtime.getRuntime().availableProcessors());
        play(lab, "Readiness.await", "runs", carriers, counter -> Readiness.await(counter, EPOLLIN));
        play(lab, "epoll_wait", "waits for a carrier", carriers, counter -> {
            try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
                epoll.add(counter, EPOLLIN);
                epoll.await(events);
            }
        });
    }

    private static void play(Lab lab, String name, String expected, int carriers, Wait wait) throws IOException {
        List<EventFd> counters = new ArrayList<>();
        List<FutureTask<Object>> waits = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(carriers);
        for (int i = 0; i < carriers; i++) {
            EventFd counter = lab.own(EventFd.open());
            counters.add(counter);
            waits.add(start(() -> {
                begun.countDown();
                wait.await(counter);
                return "woken";
            }));
        }
        lab.act(name + " in a virtual thread for each carrier", "begun",
                () -> isDown(begun) ? "begun" : "not begun");
        FutureTask<Object> other = start(() -> "runs");
        lab.expect("one more virtual thread", new Reading(name, expected, () -> {
            Object result = result(other, OBSERVED_MILLIS);
            return result == null ? "waits for a carrier" : result;
        }));
        lab.act("write", () -> {
            for (EventFd counter : counters) {
                counter.write(1);
            }
        });
        waits.add(other);
        lab.expect("in the end", new Reading(name, "all have run", () -> {
            boolean haveAllRun = true;
            for (FutureTask<Object> each : waits) {
                haveAllRun &= result(each, Watch.PATIENCE_MILLIS) != null;
            }
            return haveAllRun ? "all have run" : "some have not run";
        }));
    }

    private static void interrupt(Lab lab) throws IOException {
        EventFd counter = lab.own(EventFd.open());
        CountDownLatch begun = new CountDownLatch(1);
        FutureTask<Object> wait = new FutureTask<>(() -> {
            begun.countDown();
            try {
                return Watch.spell(Readiness.await(counter, EPOLLIN));
            } catch (InterruptedException e) {
                return "interrupted";
            }
        });
        Thread thread = Thread.ofVirtual().start(wait);
        lab.act("a virtual thread waits for a counter", "begun", () -> isDown(begun) ? "begun" : "not begun");
        lab.act("interrupt it", thread::interrupt);
        lab.expect("what the thread got", new Reading("waiter", "interrupted",
                () -> result(wait, Watch.PATIENCE_MILLIS)));
        lab.act("write 1 to the counter, and read it", 1L, () -> {
            counter.write(1);
            return counter.read();
        });
    }

    private static FutureTask<Object> start(Callable<Object> body) {
        FutureTask<Object> task = new FutureTask<>(body);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static boolean isDown(CountDownLatch latch) {
        try {
            return latch.await(Watch.PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Returns the result, or null if there is none in time. */
    private static Object result(FutureTask<Object> task, long millis) throws IOException {
        try {
            return task.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return null;
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** A wait for a counter. */
    @FunctionalInterface
    private interface Wait {
        /** Waits until the counter is readable. */
        void await(EventFd counter) throws IOException, InterruptedException;
    }
}
