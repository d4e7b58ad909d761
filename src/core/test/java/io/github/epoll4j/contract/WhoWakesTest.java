package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Waiters;
import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which of the threads that sleep in a wait are woken.
 *
 * <p>Nothing here sleeps to synchronise. That a thread sleeps is asked of the kernel. That it was not woken is shown by
 * an end that comes later: a second descriptor, {@code end}, on which every thread that is still asleep wakes. A thread
 * that was woken by the first event reports it, alone or together with the end.
 */
@Repeated
@Timeout(60)
class WhoWakesTest {
    private static final int THREADS = 4;
    private static final long EVENT = 1;
    private static final long END = 2;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private EpollInstance epoll;
    private EventFd counter;
    private EventFd end;

    @BeforeEach
    void open() throws IOException {
        epoll = open(EpollInstance.open());
        counter = open(EventFd.open());
        end = open(EventFd.open());
        epoll.add(end.fd(), EPOLLIN, END);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : opened.reversed()) {
            resource.close();
        }
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.add(resource);
        return resource;
    }

    private static Callable<String> waitOn(EpollInstance instance) {
        return () -> {
            try (EpollEventArray events = EpollEventArray.allocate(8)) {
                instance.await(events);
                List<String> woken = new ArrayList<>();
                events.forEach(event -> woken.add(event.data() == END ? "end" : "event"));
                Collections.sort(woken);
                return String.join(" and ", woken);
            }
        };
    }

    private static List<String> times(int count, String report, int more, String rest) {
        List<String> reports = new ArrayList<>(Collections.nCopies(count, report));
        reports.addAll(Collections.nCopies(more, rest));
        return reports;
    }

    @ParameterizedTest(name = "level {0}, edge {1}, one-shot {2}: {3} of 4")
    @DisplayName("K71, C81: four threads in one instance, one event that nobody takes: level wakes 4, the others 1")
    @CsvSource({"true, false, false, 4", "false, true, false, 1", "false, false, true, 1", "false, true, true, 1"})
    void shouldWakeByTriggerWhenThreadsShareAnInstance(boolean level, boolean edge, boolean oneShot, int expected)
            throws Exception {
        epoll.add(counter.fd(), EPOLLIN | (edge ? EPOLLET : 0) | (oneShot ? EPOLLONESHOT : 0), EVENT);
        Crowd crowd = new Crowd(THREADS, waitOn(epoll));
        crowd.awaitBlocked();

        counter.write(1);
        List<String> reports = crowd.next(expected);
        end.write(1);
        reports.addAll(crowd.next(THREADS - expected));

        assertThat(level).isEqualTo(expected == THREADS);
        assertThat(reports).isEqualTo(times(expected, "event", THREADS - expected, "end"));
    }

    @Test
    @DisplayName("J15: four acceptors with EPOLLEXCLUSIVE: while it sleeps again in time, one gets every connection")
    void shouldGiveAllConnectionsToOneWhenExclusive() throws Exception {
        int connections = 20;
        TcpListener listener = open(TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
        BlockingQueue<Integer> accepted = new LinkedBlockingQueue<>();
        List<FutureTask<Boolean>> acceptors = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            EpollInstance own = open(EpollInstance.open());
            own.add(listener, EPOLLIN | EPOLLEXCLUSIVE, EVENT);
            own.add(end, EPOLLIN, END);
            int number = i;
            acceptors.add(Waiters.start(() -> acceptUntilTheEnd(own, listener, number, accepted)));
        }
        List<Integer> takers = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            for (FutureTask<Boolean> acceptor : acceptors) {
                Waiters.awaitBlockedInNative(acceptor);
            }
            open(TcpStream.connect(listener.localAddress()));
            takers.add(accepted.poll(20, TimeUnit.SECONDS));
        }
        end.write(1);
        for (FutureTask<Boolean> acceptor : acceptors) {
            assertThat(acceptor.get(20, TimeUnit.SECONDS)).isTrue();
        }

        assertThat(takers).containsExactlyElementsOf(Collections.nCopies(connections, takers.getFirst())).isNotEmpty();
    }

    private static boolean acceptUntilTheEnd(EpollInstance own, TcpListener listener, int number,
            BlockingQueue<Integer> accepted) throws IOException {
        try (EpollEventArray events = EpollEventArray.allocate(8)) {
            while (true) {
                own.await(events);
                for (EpollEvent event : events) {
                    if (event.data() == END) {
                        return true;
                    }
                    for (TcpStream stream = listener.accept(); stream != null; stream = listener.accept()) {
                        stream.close();
                        accepted.add(number);
                    }
                }
            }
        }
    }

    @Test
    @DisplayName("C81: level wakes one thread after the other for as long as the data is there, and one gets it")
    void shouldGiveTheDataToOneWhenLevelTriggered() throws Exception {
        epoll.add(counter.fd(), EPOLLIN, EVENT);
        Callable<String> wait = waitOn(epoll);
        Crowd crowd = new Crowd(THREADS, () -> {
            String woken = wait.call();
            return counter.read() == 0 ? woken + ", nothing to read" : woken + ", read";
        });
        crowd.awaitBlocked();

        counter.write(1);
        List<String> reports = crowd.next(1);
        end.write(1);
        reports.addAll(crowd.next(THREADS - 1));

        assertThat(reports.stream().filter(report -> report.endsWith(", read"))).hasSize(1);
        assertThat(reports).allMatch(report -> report.matches("(event|end|end and event), (read|nothing to read)"));
    }

    @Test
    @DisplayName("C81: edge wakes a second thread for a second chunk of the same descriptor")
    void shouldWakeAnotherWhenMoreArrivesUnderEdge() throws Exception {
        epoll.add(counter.fd(), EPOLLIN | EPOLLET, EVENT);
        Crowd crowd = new Crowd(THREADS, waitOn(epoll));
        crowd.awaitBlocked();

        counter.write(1);
        assertThat(crowd.next()).isEqualTo("event");
        counter.write(1);
        assertThat(crowd.next()).isEqualTo("event");
        end.write(1);

        assertThat(crowd.next(2)).containsExactly("end", "end");
    }

    @Test
    @DisplayName("C81, C69: one-shot gives three chunks to one thread, until MOD")
    void shouldWakeOneWhenMoreArrivesUnderOneShot() throws Exception {
        epoll.add(counter.fd(), EPOLLIN | EPOLLONESHOT, EVENT);
        Crowd crowd = new Crowd(THREADS, waitOn(epoll));
        crowd.awaitBlocked();

        counter.write(1);
        assertThat(crowd.next()).isEqualTo("event");
        counter.write(1);
        counter.write(1);
        end.write(1);
        assertThat(crowd.next(THREADS - 1)).as("nobody heard of the other chunks").containsOnly("end");
        end.read();

        epoll.modify(counter.fd(), EPOLLIN | EPOLLONESHOT, EVENT);
        crowd.join(waitOn(epoll));

        assertThat(crowd.next()).isEqualTo("event");
    }

    /** One instance for each thread. */
    private List<EpollInstance> instances(int fd, int mask, int count) throws IOException {
        List<EpollInstance> instances = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            EpollInstance instance = open(EpollInstance.open());
            instance.add(end.fd(), EPOLLIN, END);
            instance.add(fd, mask, EVENT);
            instances.add(instance);
        }
        return instances;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EPOLLET, EPOLLONESHOT})
    @DisplayName("K72, C81: an instance for each of four threads: one event wakes all, level, edge and one-shot")
    void shouldWakeAllWhenEachHasAnInstance(int trigger) throws Exception {
        Crowd crowd = new Crowd(0, null);
        for (EpollInstance instance : instances(counter.fd(), EPOLLIN | trigger, THREADS)) {
            crowd.join(waitOn(instance));
        }
        crowd.awaitBlocked();

        counter.write(1);

        assertThat(crowd.next(THREADS)).containsOnly("event");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, EPOLLET})
    @DisplayName("K72, epoll_wait16: with EPOLLEXCLUSIVE each write wakes one of eight instances, seven times")
    void shouldWakeOneWhenExclusive(int trigger) throws Exception {
        Pipe pipe = open(Pipe.open());
        Crowd crowd = new Crowd(0, null);
        int instances = 8;
        for (EpollInstance instance : instances(pipe.readFd(), EPOLLIN | EPOLLEXCLUSIVE | trigger, instances)) {
            crowd.join(waitOn(instance));
        }
        crowd.awaitBlocked();

        List<String> reports = new ArrayList<>();
        for (int round = 1; round < instances; round++) {
            pipe.write(ByteBuffer.allocate(1)); // which nobody reads: another that is told would report it
            reports.add(crowd.next());
        }
        end.write(1);
        reports.add(crowd.next());

        assertThat(reports).isEqualTo(times(instances - 1, "event", 1, "end"));
    }

    @Test
    @DisplayName("epoll_wait15: eight instances watch a pipe under edge: one write wakes all eight")
    void shouldWakeAllWhenEightWatchAPipe() throws Exception {
        Pipe pipe = open(Pipe.open());
        Crowd crowd = new Crowd(0, null);
        for (EpollInstance instance : instances(pipe.readFd(), EPOLLIN | EPOLLET, 8)) {
            crowd.join(waitOn(instance));
        }
        crowd.awaitBlocked();

        pipe.write(ByteBuffer.allocate(1));

        assertThat(crowd.next(8)).containsOnly("event");
    }

    @Test
    @DisplayName("K72: an instance without EPOLLEXCLUSIVE is always woken, beside one of those with it")
    void shouldWakeTheOthersToo() throws Exception {
        Crowd crowd = new Crowd(0, null);
        for (EpollInstance instance : instances(counter.fd(), EPOLLIN | EPOLLEXCLUSIVE, 2)) {
            crowd.join(waitOn(instance));
        }
        for (EpollInstance instance : instances(counter.fd(), EPOLLIN, 2)) {
            Callable<String> wait = waitOn(instance);
            crowd.join(() -> "always " + wait.call());
        }
        crowd.awaitBlocked();

        counter.write(1);
        List<String> reports = crowd.next(3);
        end.write(1);
        reports.add(crowd.next());

        assertThat(reports.subList(0, 3)).containsExactlyInAnyOrder("always event", "always event", "event");
        assertThat(reports.getLast()).startsWith("end");
    }

    @ParameterizedTest(name = "edge {0}: {1} of 4")
    @DisplayName("J2, K71: four threads wait in an instance that watches an instance: level wakes 4, edge 1")
    @CsvSource({"false, 4", "true, 1"})
    void shouldWakeByTheOuterTriggerWhenNested(boolean edge, int expected) throws Exception {
        EpollInstance inner = open(EpollInstance.open());
        inner.add(counter.fd(), EPOLLIN);
        epoll.add(inner.fd(), EPOLLIN | (edge ? EPOLLET : 0), EVENT);
        Crowd crowd = new Crowd(THREADS, waitOn(epoll));
        crowd.awaitBlocked();

        counter.write(1);
        List<String> reports = crowd.next(expected);
        end.write(1);
        reports.addAll(crowd.next(THREADS - expected));

        assertThat(reports).isEqualTo(times(expected, "event", THREADS - expected, "end"));
    }

    @Test
    @DisplayName("poll and select wake every thread that waits for the descriptor")
    void shouldWakeAllWhenInPollOrSelect() throws Exception {
        Crowd crowd = new Crowd(THREADS, () -> {
            try (PollFdArray fds = PollFdArray.allocate(1)) {
                fds.add(counter.fd(), PollFlags.POLLIN);
                return "poll " + Poll.poll(fds);
            }
        });
        for (int i = 0; i < THREADS; i++) {
            crowd.join(() -> {
                FdSet set = FdSet.allocate();
                set.set(counter.fd());
                return "select " + Select.select(set, null, null);
            });
        }
        crowd.awaitBlocked();

        counter.write(1);

        assertThat(crowd.next(2 * THREADS)).filteredOn("poll 1"::equals).hasSize(THREADS);
    }
}
