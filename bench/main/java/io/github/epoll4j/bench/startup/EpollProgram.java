package io.github.epoll4j.bench.startup;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import java.io.IOException;

/** A process's first event with epoll4j: an eventfd, registered, written and waited for. */
public final class EpollProgram {
    private EpollProgram() {
    }

    /** Prints when it began and when the event was there. */
    public static void main(String[] args) throws IOException {
        long begun = System.nanoTime();
        try (EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(16);
                EventFd counter = EventFd.open()) {
            epoll.add(counter.fd(), EPOLLIN, 1);
            counter.write(1);
            if (epoll.await(events) != 1 || events.data(0) != 1) {
                throw new IllegalStateException("no event");
            }
            Moments.print(begun, System.nanoTime());
        }
    }
}
