package io.github.epoll4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Waiters;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Threads that block in a wait of their own and report, in the order in which they wake, what they were woken for. */
final class Crowd {
    private static final int PATIENCE_SECONDS = 20;

    private final List<FutureTask<String>> threads = new ArrayList<>();
    private final BlockingQueue<String> reports = new LinkedBlockingQueue<>();

    /** Starts threads that wait once each. */
    Crowd(int size, Callable<String> wait) {
        for (int i = 0; i < size; i++) {
            join(wait);
        }
    }

    /** Starts one thread more. */
    void join(Callable<String> wait) {
        threads.add(Waiters.start(() -> {
            String report = wait.call();
            reports.add(report);
            return report;
        }));
    }

    /** Returns when every thread that has not reported sleeps in the kernel. */
    void awaitBlocked() throws Exception {
        for (FutureTask<String> thread : threads) {
            if (!thread.isDone()) {
                Waiters.awaitBlockedInNative(thread);
            }
        }
    }

    /** Takes the next report. */
    String next() throws InterruptedException {
        String report = reports.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(report).as("a report within %d s", PATIENCE_SECONDS).isNotNull();
        return report;
    }

    /** Takes some reports. */
    List<String> next(int count) throws InterruptedException {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            next.add(next());
        }
        return next;
    }
}
