package io.github.epoll4j.examples.lab;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.TimerFd;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** How long a wait waits. */
final class Waits {
    private Waits() {
    }

    static List<Scenario> all() {
        return List.of(
                new Scenario("timeout", "J13 C28 C51 C59", "Never earlier than asked",
                        "A wait ends at its timeout or later, never before: the time is rounded up. epoll_wait counts "
                                + "milliseconds, epoll_pwait2 nanoseconds; 0 only looks.", Waits::timeout)
                        .needing(KernelCall.EPOLL_PWAIT2));
    }

    private static void timeout(Lab lab) throws IOException {
        EpollInstance epoll = lab.own(EpollInstance.open());
        EpollEventArray events = lab.events(1);
        TimerFd timer = lab.own(TimerFd.open());
        epoll.await(events, Duration.ofNanos(1)); // the first call of each takes longer
        timer.after(Duration.ofNanos(1));

        lab.expectAtLeast("epoll_wait, 0", "epoll", 0, () -> epoll.await(events, Duration.ZERO));
        lab.expectAtLeast("epoll_pwait2, 200 µs", "epoll", 200_000,
                () -> epoll.await(events, Duration.ofNanos(200_000)));
        lab.expectAtLeast("epoll_wait, 1 ms", "epoll", 1_000_000, () -> epoll.await(events, Duration.ofMillis(1)));
        lab.expectAtLeast("epoll_wait, 50 ms", "epoll", 50_000_000, () -> epoll.await(events, Duration.ofMillis(50)));
        epoll.add(timer.fd(), EPOLLIN);
        lab.expectAtLeast("a timerfd of 10 ms, no timeout", "timerfd", 10_000_000, () -> {
            timer.after(Duration.ofMillis(10));
            epoll.awaitMillis(events, Watch.PATIENCE_MILLIS);
        });
    }
}
