package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIndexOutOfBoundsException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.poll.PollFlags;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a wait gives back, in which portions and in which order. */
@Timeout(60)
class EpollWaitTest {
    private final List<EventFd> counters = new ArrayList<>();
    private EpollInstance epoll;
    private EpollEventArray events;

    @BeforeEach
    void open() throws IOException {
        epoll = EpollInstance.open();
        events = EpollEventArray.allocate(64);
    }

    @AfterEach
    void close() {
        counters.forEach(EventFd::close);
        events.close();
        epoll.close();
    }

    /** Registers counters, the first of them above zero; the datum is the index. */
    private void counters(int count, int ready, int mask) throws IOException {
        assumeTrue(Fds.limit() > count + 200, "too few descriptors");
        for (int i = 0; i < count; i++) {
            counters.add(EventFd.open(i < ready ? 1 : 0));
            epoll.add(counters.get(i).fd(), mask, i);
        }
    }

    private List<Integer> batch(int maxEvents) throws IOException {
        epoll.await(events, maxEvents, Duration.ZERO);
        List<Integer> batch = new ArrayList<>();
        events.forEach(event -> batch.add((int) event.data()));
        return batch;
    }

    @Test
    @DisplayName("C28, C32, C33, C90: create, add once, wait 1000 times, delete, close")
    void shouldStayRegisteredWhenNobodyEndsIt() throws IOException {
        long before = Fds.count();
        try (EpollInstance instance = EpollInstance.open(); EventFd counter = EventFd.open(1)) {
            instance.add(counter.fd(), EPOLLIN, 5);
            for (int i = 0; i < 1000; i++) {
                assertThat(instance.awaitMillis(events, 0)).isOne();
                assertThat(events.get(0)).isEqualTo(new EpollEvent(EPOLLIN, 5));
            }
            instance.delete(counter.fd());
            assertThat(instance.awaitMillis(events, 0)).isZero();
        }
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    @DisplayName("C30, C34, C47: of 100 registered the 3 that are ready come back, and need no search")
    void shouldGiveTheReadyOnesAloneWhenFewAre() throws IOException {
        try (EpollInstance small = EpollInstance.create(1)) {
            for (int i = 0; i < 100; i++) {
                counters.add(EventFd.open(i % 40 == 7 ? 1 : 0));
                small.add(counters.get(i).fd(), EPOLLIN, i);
            }
            assertThat(small.awaitMillis(events, 0)).isEqualTo(3);
            assertThat(events).extracting(EpollEvent::data).containsExactly(7L, 47L, 87L);
        }
    }

    @Test
    @DisplayName("C48, K68, epoll_wait14: 13 ready that nobody drains, 3 in a wait: each comes 4 times in 52")
    void shouldRotateWhenMoreAreReadyThanFit() throws IOException {
        counters(13, 13, EPOLLIN);
        Map<Integer, Integer> seen = new HashMap<>();
        for (int got = 0; got < 52;) {
            List<Integer> batch = batch(Math.min(3, 52 - got));
            batch.forEach(index -> seen.merge(index, 1, Integer::sum));
            got += batch.size();
        }
        assertThat(seen).hasSize(13).containsValue(4);
        assertThat(seen.values()).containsOnly(4);
    }

    @Test
    @DisplayName("epoll_wait13: 13 ready and 5 quiet, drained as they come, 3 in a wait: 3, 3, 3, 3, 1")
    void shouldGiveEachOnceWhenDrained() throws IOException {
        counters(18, 13, EPOLLIN);
        List<Integer> sizes = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        for (List<Integer> batch = batch(3); !batch.isEmpty() && sizes.size() < 18; batch = batch(3)) {
            sizes.add(batch.size());
            for (int index : batch) {
                counters.get(index).read();
                order.add(index);
            }
        }
        assertThat(sizes).containsExactly(3, 3, 3, 3, 1);
        assertThat(order).doesNotHaveDuplicates().hasSize(13).allMatch(index -> index < 13);
    }

    @Test
    @DisplayName("C48: 7 ready under edge, 3 in a wait: 3, 3, 1, 0")
    void shouldGiveTheRestLaterWhenEdgeTriggered() throws IOException {
        counters(7, 7, EPOLLIN | EPOLLET);
        assertThat(List.of(batch(3).size(), batch(3).size(), batch(3).size(), batch(3).size()))
                .containsExactly(3, 3, 1, 0);
    }

    @Test
    @DisplayName("C49: an array of 64 serves 1000 ready descriptors, in 16 waits")
    void shouldServeManyWhenTheArrayIsSmall() throws IOException {
        counters(1000, 1000, EPOLLIN | EPOLLONESHOT);
        List<Integer> seen = new ArrayList<>();
        int waits = 0;
        for (List<Integer> batch = batch(64); !batch.isEmpty() && waits < 1000; batch = batch(64)) {
            seen.addAll(batch);
            waits++;
        }
        assertThat(waits).isEqualTo(16);
        assertThat(seen).doesNotHaveDuplicates().hasSize(1000);
    }

    @Test
    @DisplayName("C56, C58, C51, epoll_wait04: nothing ready is 0, and entries of an earlier wait are out of reach")
    void shouldHideOldEntriesWhenLessIsReady() throws IOException {
        counters(2, 2, EPOLLIN);
        assertThat(epoll.awaitMillis(events, 0)).isEqualTo(2);
        counters.get(0).read();
        assertThat(epoll.awaitMillis(events, 0)).isOne();
        assertThatIndexOutOfBoundsException().isThrownBy(() -> events.data(1));
        counters.get(1).read();
        assertThat(epoll.awaitMillis(events, 0)).isZero();
        assertThat(events).isEmpty();
    }

    @Test
    @DisplayName("C50, C59, C24, C120: milliseconds for poll and epoll; a limit blocks until it is over, 0 does not")
    void shouldBlockForTheTimeWhenNothingHappens() throws IOException {
        long start = System.nanoTime();
        assertThat(epoll.awaitMillis(events, 25)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(Duration.ofMillis(25).toNanos());
        assertThat(epoll.awaitMillis(events, 0)).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> epoll.await(events, Duration.ofMillis(-1)));
    }

    @Test
    @DisplayName("C52: a wait costs no processor time")
    void shouldUseNoProcessorWhenItWaits() throws IOException {
        epoll.awaitMillis(events, 1);
        long before = processorTicks();

        assertThat(epoll.awaitMillis(events, 300)).isZero();

        assertThat(processorTicks() - before).as("hundredths of a second").isLessThan(15);
    }

    /** What this thread has used, in user mode and in the kernel. */
    private static long processorTicks() throws IOException {
        String stat = Files.readString(Path.of("/proc/thread-self/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }

    @Test
    @DisplayName("C54: with timeout 0 work goes on between the looks, and an event is seen all the same")
    void shouldWorkOnWhenItOnlyLooks() throws IOException {
        counters(1, 0, EPOLLIN);
        long work = 0;
        while (work < 2000 && epoll.awaitMillis(events, 0) == 0) {
            if (++work == 1000) {
                counters.get(0).write(1);
            }
        }
        assertThat(work).isEqualTo(1000);
    }

    @Test
    @DisplayName("epoll_wait01: empty, full and half full pipe: OUT of one end, IN of the other, both")
    void shouldReportTheEndsWhenAPipeFills() throws IOException {
        try (Pipe pipe = Pipe.open()) {
            epoll.add(pipe.readFd(), EPOLLIN, 0);
            epoll.add(pipe.writeFd(), EPOLLOUT, 1);
            assertThat(epoll.awaitMillis(events, 0)).isOne();
            assertThat(events.get(0)).isEqualTo(new EpollEvent(EPOLLOUT, 1));
            pipe.write(ByteBuffer.allocate(pipe.capacity()));
            assertThat(epoll.awaitMillis(events, 0)).isOne();
            assertThat(events.get(0)).isEqualTo(new EpollEvent(EPOLLIN, 0));
            pipe.read(ByteBuffer.allocate(pipe.capacity() / 2));
            assertThat(epoll.awaitMillis(events, 0)).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("epoll_wait05: the own reading side shut is RDHUP")
    void shouldReportRdhupWhenOwnReadingIsShut() throws Exception {
        Conditions conditions = new Conditions();
        try {
            TcpStream stream = TcpStream.adopt(conditions.make("tcp", "idle"));
            epoll.add(stream.fd(), EPOLLRDHUP, 3);
            assertThat(epoll.awaitMillis(events, 0)).isZero();
            stream.shutdownInput();
            assertThat(epoll.awaitMillis(events, 20_000)).isOne();
            assertThat(events.get(0)).isEqualTo(new EpollEvent(EPOLLRDHUP, 3));
        } finally {
            conditions.close();
        }
    }

    @Test
    @DisplayName("C104: the datum leads to the state at once; a search by the descriptor costs the whole list")
    void shouldFindTheStateWhenTheDatumIsItsIndex() throws IOException {
        int many = 1000;
        counters(many, 0, EPOLLIN);
        EventFd last = counters.get(many - 1);
        last.write(1);
        assertThat(epoll.awaitMillis(events, 0)).isOne();

        assertThat(counters.get((int) events.data(0))).as("without a search").isSameAs(last);

        int comparisons = 1;
        while (counters.get(comparisons - 1).fd() != last.fd()) {
            comparisons++;
        }
        assertThat(comparisons).isEqualTo(many);
    }

    @Test
    @DisplayName("C105: poll answers at the index at which the descriptor stands, so its state needs no search")
    void shouldAnswerAtItsIndexWhenPolled() throws IOException {
        counters(20, 0, EPOLLIN);
        try (PollFdArray fds = PollFdArray.allocate(20)) {
            for (EventFd counter : counters) {
                fds.add(counter.fd(), PollFlags.POLLIN);
            }
            counters.get(3).write(1);
            counters.get(17).write(1);
            assertThat(Poll.pollMillis(fds, 0)).isEqualTo(2);
            for (int i = 0; i < fds.size(); i++) {
                assertThat(fds.revents(i)).isEqualTo(i == 3 || i == 17 ? PollFlags.POLLIN : 0);
            }
        }
    }
}
