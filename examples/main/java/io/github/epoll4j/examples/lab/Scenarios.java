package io.github.epoll4j.examples.lab;

import java.util.List;
import java.util.stream.Stream;

/** All scenarios, in the order of a lecture. */
final class Scenarios {
    static final List<Scenario> ALL = Stream.of(LevelAndEdge.all(), OneShot.all(), SelectAndPoll.all(),
            Sockets.all(), Threads.all(), Registrations.all(), Waits.all(), VirtualThreads.all())
            .flatMap(List::stream).toList();

    private Scenarios() {
    }
}
