package io.github.epoll4j.bench.startup;

/** How the measured programs report: moments of the monotonic clock, which is one for all processes. */
final class Moments {
    private Moments() {
    }

    /** Prints when main began and when the event was there. */
    static void print(long main, long event) {
        System.out.println("main " + main);
        System.out.println("event " + event);
    }
}
