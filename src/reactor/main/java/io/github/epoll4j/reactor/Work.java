package io.github.epoll4j.reactor;

/** What a {@link WorkerPool} does; exactly one of the two is called, once for each time that it was queued. */
interface Work {
    /** Does it, on a worker; throws nothing. */
    void run();

    /** It is not done, since the pool was closed first; on the thread that closes it. */
    void abandon();
}
