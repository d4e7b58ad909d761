package io.github.epoll4j.bench.programs;

/**
 * What a server did.
 *
 * @param waits       calls to select, poll or epoll_wait
 * @param events      descriptors that they reported
 * @param ctlCalls    calls to epoll_ctl
 * @param dataCalls   reads and writes
 * @param comparisons descriptors that linear searches looked at
 */
public record Counts(long waits, long events, long ctlCalls, long dataCalls, long comparisons) {
    /** Gives what was counted since, and so many calls to epoll_ctl that added the connections. */
    Counts since(Counts before, long adds) {
        return new Counts(waits - before.waits, events - before.events, adds + ctlCalls - before.ctlCalls,
                dataCalls - before.dataCalls, comparisons - before.comparisons);
    }
}
