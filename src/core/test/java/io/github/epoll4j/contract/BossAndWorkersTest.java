package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Waiters;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One thread waits and hands out what is ready, others work and give it back by MOD. */
@Repeated
@Timeout(60)
class BossAndWorkersTest {
    private static final int SESSIONS = 20;
    private static final int ROUNDS = 50;
    private static final int END = -1;

    private final List<SocketPair<UnixStream>> sessions = new ArrayList<>();
    private final AtomicIntegerArray owners = new AtomicIntegerArray(SESSIONS);
    private final AtomicInteger shared = new AtomicInteger();

    @ParameterizedTest(name = "room for {0}")
    @ValueSource(ints = {1, 1000})
    @DisplayName("C108, C109, C111, C55: boss and workers: no session has two workers, and a full queue loses nothing")
    void shouldServeEachByOneWorkerWhenManyAreReady(int queueCapacity) throws Exception {
        BlockingQueue<Integer> queue = new ArrayBlockingQueue<>(queueCapacity);
        EpollInstance epoll = EpollInstance.open();
        try {
            for (int i = 0; i < SESSIONS; i++) {
                sessions.add(SocketPair.open());
                epoll.add(sessions.get(i).first().fd(), EPOLLIN | EPOLLONESHOT, i);
            }
            FutureTask<Integer> boss = Waiters.start(() -> boss(epoll, queue));
            List<FutureTask<Integer>> workers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                workers.add(Waiters.start(() -> work(epoll, queue)));
            }
            talk();

            for (FutureTask<Integer> worker : workers) {
                queue.put(END);
            }
            int served = 0;
            for (FutureTask<Integer> worker : workers) {
                served += worker.get(20, TimeUnit.SECONDS);
            }
            epoll.close();
            assertThat(boss.get(20, TimeUnit.SECONDS)).as("handed out and taken").isEqualTo(served);
            assertThat(served).as("fewer when a worker meets the next message").isBetween(SESSIONS, SESSIONS * ROUNDS);
            assertThat(shared).as("sessions that two workers had at once").hasValue(0);
        } finally {
            epoll.close();
            sessions.forEach(SocketPair::close);
        }
    }

    /** Moves what is ready to the queue, and waits where it is full. */
    private static int boss(EpollInstance epoll, BlockingQueue<Integer> queue) throws Exception {
        int handed = 0;
        try (EpollEventArray events = EpollEventArray.allocate(8)) {
            while (true) {
                int ready = epoll.await(events);
                for (int i = 0; i < ready; i++) {
                    queue.put((int) events.data(i));
                    handed++;
                }
            }
        } catch (IllegalStateException e) {
            return handed; // closed
        }
    }

    private int work(EpollInstance epoll, BlockingQueue<Integer> queue) throws Exception {
        int served = 0;
        for (int session = queue.take(); session != END; session = queue.take()) {
            if (owners.getAndSet(session, 1) != 0) {
                shared.incrementAndGet();
            }
            UnixStream stream = sessions.get(session).first();
            ByteBuffer buffer = ByteBuffer.allocate(16);
            while (stream.read(buffer) > 0) {
                stream.write(buffer.flip());
                buffer.clear();
            }
            served++;
            owners.set(session, 0);
            epoll.modify(stream.fd(), EPOLLIN | EPOLLONESHOT, session);
        }
        return served;
    }

    /** Every session asks, and waits for its answer, in rounds. */
    private void talk() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            for (SocketPair<UnixStream> session : sessions) {
                session.second().write(ByteBuffer.allocate(1));
            }
            for (SocketPair<UnixStream> session : sessions) {
                Conditions.await(session.second(), EPOLLIN);
                assertThat(session.second().read(ByteBuffer.allocate(16))).isOne();
            }
        }
    }
}
