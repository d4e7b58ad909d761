package io.github.epoll4j.examples.styles;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The style of a program that computes, and looks up now and then: it does not wait at all. It uses a whole processor,
 * which is what it is for; a server that has nothing else to do must not be written like this.
 */
@Command(name = "style-busy", sortOptions = false, usageHelpAutoWidth = true,
        description = "The style of a program that computes: looks for input, without waiting, between slices of work.")
public final class BusyStyle implements Callable<Integer> {
    private static final int SLICE = 100;

    @Mixin
    private ListenAddress address;

    private volatile boolean stopping;
    private long candidate = 1;
    private long primes;

    @Override
    public Integer call() throws IOException {
        try (TcpListener listener = address.listen(); EpollInstance epoll = EpollInstance.open()) {
            String ready = "style-busy listening on " + address.withPort(listener.localAddress().getPort());
            Serving.untilSignal(ready, () -> serve(listener, epoll), () -> stopping = true);
        }
        return 0;
    }

    private void serve(TcpListener listener, EpollInstance epoll) throws IOException {
        try (Clients clients = new Clients(epoll, listener); EpollEventArray events = EpollEventArray.allocate(64)) {
            while (!stopping) {
                findPrimes();
                epoll.await(events, Duration.ZERO); // only what is there already
                clients.serve(events, (id, line) -> clients.tell(id, primes + " primes up to " + candidate));
            }
        }
    }

    /** A slice of the work: short, since nobody is served meanwhile. */
    private void findPrimes() {
        for (int i = 0; i < SLICE; i++) {
            candidate++;
            if (isPrime(candidate)) {
                primes++;
            }
        }
    }

    private static boolean isPrime(long number) {
        for (long divisor = 2; divisor * divisor <= number; divisor++) {
            if (number % divisor == 0) {
                return false;
            }
        }
        return true;
    }
}
