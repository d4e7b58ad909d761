package io.github.epoll4j.reactor.worker;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.reactor.Thrown;
import io.github.epoll4j.reactor.loop.Registration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class WorkerPoolTest extends WorkerPoolFixture {
    @Test
    @DisplayName("S18-1: the boss only waits and queues, the work is done by workers")
    void shouldWorkOnWorkersWhenADescriptorIsReady() throws IOException {
        EventFd counter = ready();
        WorkRegistration registration = pool.register(loop, counter.fd(), EPOLLIN, (ready, events) -> {
            counter.read();
            calls.add(Thread.currentThread().getName() + " " + Thread.currentThread().isVirtual() + " " + events);
        });
        runUntil(() -> !calls.isEmpty());

        assertThat(calls).singleElement().asString().matches("worker-\\d " + isVirtual + " " + EPOLLIN);
        assertThat(registration.fd()).isEqualTo(counter.fd());
        assertThat(registration.loop()).isSameAs(loop);
        assertThat(registration.interest()).isEqualTo(EPOLLIN | EPOLLONESHOT);
        assertThat(registration.isValid()).isTrue();
        assertThat(registration).hasToString("WorkRegistration[fd=" + counter.fd() + "]");
    }

    @Test
    @DisplayName("S18-2, S18-3: not reported while a worker has it; what arrived meanwhile is reported at once after")
    void shouldReportWhatArrivedMeanwhileWhenTheWorkIsDone() throws IOException {
        EventFd counter = ready();
        AtomicLong sum = new AtomicLong();
        pool.register(loop, counter.fd(), EPOLLIN, (ready, events) -> {
            sum.addAndGet(counter.read());
            passGate();
        });
        runUntil(() -> sum.get() == 1);
        long events = loop.metrics().events();
        for (int i = 0; i < 3; i++) {
            counter.write(10);
            loop.runOnce(NOW);
        }
        assertThat(loop.metrics().events()).as("a worker has it").isEqualTo(events);

        gate.countDown();
        runUntil(() -> sum.get() == 31);
        assertThat(loop.metrics().events()).isEqualTo(events + 1);
    }

    @Test
    @DisplayName("armed again by another handler of the same batch, a descriptor has one worker all the same")
    void shouldHaveOneWorkerWhenItIsArmedAgainInTheBatch() throws IOException {
        EventFd control = ready();
        EventFd counter = ready();
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<WorkRegistration> registrations = new ArrayList<>();
        loop.register(control.fd(), EPOLLIN, (registration, events) -> {
            control.read();
            registrations.getFirst().interest(EPOLLIN);
        });
        registrations.add(pool.register(loop, counter.fd(), EPOLLIN, (registration, events) -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            passGate();
            calls.add("read " + counter.read());
            atOnce.decrementAndGet();
        }));
        runUntil(() -> loop.metrics().events() >= 3); // control, counter, and counter armed again
        runUntil(() -> pool.waiting() == 0 && pool.inFlight() > 0);
        assertThat(pool.inFlight()).isOne();
        gate.countDown();
        runUntil(() -> calls.size() == 1);
        counter.write(2);
        runUntil(() -> calls.size() == 2);
        assertThat(calls).containsExactly("read 1", "read 2");
        assertThat(most).hasValue(1);
    }

    @Test
    @DisplayName("cancelled while a worker has it, and armed by others: it ends when the worker is done, and once")
    void shouldEndAfterTheWorkerWhenItIsCancelledMeanwhile() throws IOException {
        EventFd counter = ready();
        CountDownLatch working = new CountDownLatch(1);
        WorkRegistration work = pool.register(loop, counter.fd(), EPOLLIN, new Noting() {
            @Override
            public void work(WorkRegistration registration, int events) {
                working.countDown();
                passGate();
                calls.add("worked");
            }
        });
        runUntil(() -> working.getCount() == 0);
        work.cancel();
        work.interest(EPOLLIN | EPOLLOUT);
        work.cancel();
        loop.runOnce(NOW);
        assertThat(calls).isEmpty();

        gate.countDown();
        runUntil(() -> calls.size() == 2);
        assertThat(calls).containsExactly("worked", "ended ");
        assertThat(loop.registrations()).isZero();
    }

    @Test
    @DisplayName("what onEnded throws meets neither the handler that cancels nor the loop, and is reported once")
    void shouldReportWhenTheLastCallThrows() throws IOException {
        EventFd control = ready();
        for (Thrown kind : Thrown.values()) {
            Throwable thrown = kind.make();
            EventFd counter = EventFd.open();
            counters.add(counter);
            WorkRegistration work = pool.register(loop, counter.fd(), EPOLLIN, new WorkHandler() {
                @Override
                public void work(WorkRegistration registration, int events) {
                    calls.add("worked");
                }

                @Override
                public void onEnded(WorkRegistration registration, Throwable cause) {
                    throw Thrown.<RuntimeException>sneak(thrown);
                }
            });
            Registration cancelling = loop.register(control.fd(), EPOLLIN, (registration, events) -> work.cancel());
            loop.runOnce(NOW);
            assertThat(cancelling.isValid()).isTrue();
            cancelling.cancel();
            assertThat(failures).containsExactly(thrown);
            failures.clear();
        }
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("interest and cancel from many threads before the first iteration: each ends once, none is lost")
    void shouldBeThreadSafeWhenTheLoopHasNotRunYet() throws Exception {
        AtomicInteger ended = new AtomicInteger();
        List<WorkRegistration> registrations = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            registrations.add(pool.register(loop, ready().fd(), EPOLLIN, new WorkHandler() {
                @Override
                public void work(WorkRegistration registration, int events) {
                    registration.interest(EPOLLIN); // from a worker too
                }

                @Override
                public void onEnded(WorkRegistration registration, Throwable cause) {
                    ended.incrementAndGet();
                    calls.add(String.valueOf(cause));
                }
            }));
        }
        List<FutureTask<Void>> racing = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            int first = thread;
            racing.add(new FutureTask<>(() -> {
                for (int i = first; i < 4 * registrations.size(); i += 3) {
                    WorkRegistration registration = registrations.get(i % registrations.size());
                    registration.interest(EPOLLIN | EPOLLOUT);
                    registration.cancel();
                }
                return null;
            }));
        }
        racing.forEach(Thread::startVirtualThread);
        for (FutureTask<Void> each : racing) {
            each.get(20, TimeUnit.SECONDS);
        }
        assertThat(ended).as("nothing acts before the first iteration").hasValue(0);

        runUntil(() -> ended.get() == registrations.size() && loop.metrics().waitingTasks() == 0);
        assertThat(ended).hasValue(registrations.size());
        assertThat(calls).containsOnly("null");
        assertThat(loop.registrations()).isZero();
    }

    @Test
    @DisplayName("S18-2: not reported while it waits in the queue")
    void shouldReportNothingWhenItIsQueued() throws IOException {
        pool.close();
        pool = pool(1, 10);
        for (int i = 0; i < 2; i++) {
            EventFd counter = ready();
            pool.register(loop, counter.fd(), EPOLLIN, (ready, events) -> {
                passGate();
                calls.add("read " + counter.read());
            });
        }
        runUntil(() -> pool.inFlight() == 1 && pool.waiting() == 1);
        long events = loop.metrics().events();
        counters.get(0).write(1);
        counters.get(1).write(1);
        loop.runOnce(NOW);
        assertThat(loop.metrics().events()).isEqualTo(events);

        gate.countDown();
        runUntil(() -> calls.size() == 2 && pool.inFlight() == 0);
        assertThat(calls).containsOnly("read 2");
    }

    @Test
    @DisplayName("S18-4: 20 W slow requests: W at once, the queue rises and falls to 0, all are answered")
    void shouldNeverRunMoreThanTheWorkersWhenManyAreReady() throws IOException {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        for (int i = 0; i < 20 * WORKERS; i++) {
            EventFd counter = ready();
            pool.register(loop, counter.fd(), EPOLLIN, (ready, events) -> {
                most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                passGate();
                calls.add("read " + counter.read());
                atOnce.decrementAndGet();
            });
        }
        runUntil(() -> atOnce.get() == WORKERS && pool.waiting() == 19 * WORKERS);
        assertThat(pool.inFlight()).isEqualTo(WORKERS);
        gate.countDown();
        runUntil(() -> calls.size() == 20 * WORKERS && pool.inFlight() == 0);

        assertThat(most).hasValue(WORKERS);
        assertThat(pool.waiting()).isZero();
        assertThat(calls).containsOnly("read 1");
        assertThat(pool.workers()).isEqualTo(WORKERS);
        assertThat(pool.queueCapacity()).isEqualTo(1000);
    }

    @Test
    @DisplayName("S10-4: a full queue loses nothing: what has no room stays disarmed until there is")
    void shouldLoseNothingWhenTheQueueIsFull() throws IOException {
        pool.close();
        pool = pool(1, 2);
        for (int i = 0; i < 40; i++) {
            EventFd counter = ready();
            pool.register(loop, counter.fd(), EPOLLIN, (ready, events) -> {
                passGate();
                calls.add("read " + counter.read());
            });
        }
        runUntil(() -> pool.inFlight() == 1 && pool.waiting() == 39);
        assertThat(pool.submit(loop, () -> "", (value, cause) -> { })).as("the queue is full").isFalse();
        assertThat(loop.runOnce(NOW)).as("those that wait are disarmed").isZero();

        gate.countDown();
        runUntil(() -> calls.size() == 40 && pool.inFlight() == 0);
        assertThat(pool.waiting()).isZero();
        for (EventFd counter : counters) {
            counter.write(2);
        }
        runUntil(() -> calls.size() == 80);
        assertThat(calls.subList(40, 80)).containsOnly("read 2");
    }

    @Test
    @DisplayName("S10-3: one owner at a time, under load from several threads; nothing is lost")
    void shouldHaveOneOwnerAtATimeUnderLoad() throws Exception {
        int descriptors = 8;
        int writes = 3000;
        AtomicLong sum = new AtomicLong();
        AtomicInteger violations = new AtomicInteger();
        for (int i = 0; i < descriptors; i++) {
            EventFd counter = ready();
            AtomicBoolean isOwned = new AtomicBoolean();
            pool.register(loop, counter.fd(), EPOLLIN, (ready, events) -> {
                if (!isOwned.compareAndSet(false, true)) {
                    violations.incrementAndGet();
                }
                sum.addAndGet(counter.read());
                Thread.yield();
                isOwned.set(false);
            });
        }
        List<FutureTask<Void>> writers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            writers.add(new FutureTask<>(() -> {
                for (int n = 0; n < writes; n++) {
                    counters.get(n % descriptors).write(1);
                }
                return null;
            }));
            Thread.ofPlatform().daemon().start(writers.getLast());
        }
        runUntil(() -> sum.get() == descriptors + 2L * writes);
        for (FutureTask<Void> writer : writers) {
            writer.get(20, TimeUnit.SECONDS);
        }
        assertThat(violations).hasValue(0);
    }

    /** Notes its end. */
    private abstract class Noting implements WorkHandler {
        @Override
        public void onEnded(WorkRegistration registration, Throwable cause) {
            assertThat(loop.inLoop()).isTrue();
            calls.add("ended " + (cause == null ? "" : cause.getMessage()));
        }
    }

    @Test
    @DisplayName("work that fails ends its registration with the cause, is reported once, and nobody else suffers")
    void shouldEndTheRegistrationWhenItsWorkFails() throws IOException {
        EventFd fine = ready();
        List<Throwable> thrown = Stream.of(Thrown.values()).map(Thrown::make).toList();
        for (Throwable failure : thrown) {
            pool.register(loop, ready().fd(), EPOLLIN, new Noting() {
                @Override
                public void work(WorkRegistration registration, int events) {
                    throw Thrown.<RuntimeException>sneak(failure);
                }
            });
        }
        AtomicInteger served = new AtomicInteger();
        pool.register(loop, fine.fd(), EPOLLIN, (registration, events) -> served.incrementAndGet());
        runUntil(() -> calls.size() == thrown.size() && served.get() > 10);

        assertThat(calls).containsExactlyInAnyOrderElementsOf(
                thrown.stream().map(failure -> "ended " + failure.getMessage()).toList());
        assertThat(failures).containsExactlyInAnyOrderElementsOf(thrown);
        assertThat(loop.registrations()).isOne();
        failures.clear();
    }

    @Test
    @DisplayName("cancelled while a worker has it: it ends when the work is done, on the loop's thread, once")
    void shouldEndAfterTheWorkWhenItIsCancelled() throws IOException {
        EventFd counter = ready();
        AtomicBoolean isWorking = new AtomicBoolean();
        WorkRegistration registration = pool.register(loop, counter.fd(), EPOLLIN, new Noting() {
            @Override
            public void work(WorkRegistration same, int events) {
                isWorking.set(true);
                passGate();
                calls.add("worked");
            }
        });
        runUntil(isWorking::get);
        registration.cancel();
        registration.cancel();
        loop.runOnce(NOW);
        assertThat(calls).isEmpty();
        assertThat(registration.isValid()).isFalse();

        gate.countDown();
        runUntil(() -> calls.size() == 2);
        loop.runOnce(NOW);
        assertThat(calls).containsExactly("worked", "ended ");
        assertThat(loop.registrations()).isZero();
        assertThat(registration).hasToString("WorkRegistration[fd=" + counter.fd() + ", ended]");
    }

    @Test
    @DisplayName("S08-2: a worker moves the interest between IN and OUT, and cancels in the end")
    void shouldFollowTheInterestWhenAWorkerChangesIt() throws IOException {
        EventFd counter = ready();
        pool.register(loop, counter.fd(), EPOLLIN, new Noting() {
            @Override
            public void work(WorkRegistration registration, int events) throws IOException {
                calls.add("events " + events);
                if (events == EPOLLIN) {
                    registration.interest(EPOLLOUT);
                } else {
                    registration.cancel();
                }
            }
        });
        runUntil(() -> calls.contains("ended "));

        assertThat(calls).containsExactly("events " + EPOLLIN, "events " + EPOLLOUT, "ended ");
    }

    @Test
    @DisplayName("an interest that the loop cannot watch for ends the registration, and is reported once")
    void shouldEndTheRegistrationWhenTheInterestIsImpossible() throws IOException {
        EventFd counter = EventFd.open();
        counters.add(counter);
        WorkRegistration registration = pool.register(loop, counter.fd(), EPOLLIN, new Noting() {
            @Override
            public void work(WorkRegistration same, int events) {
                calls.add("worked");
            }
        });
        registration.interest(EPOLLIN | EPOLLEXCLUSIVE); // with EPOLLONESHOT not on epoll, alone not on the others
        runUntil(() -> !calls.isEmpty());

        assertThat(calls).singleElement().asString().startsWith("ended ");
        assertThat(failures).hasSize(1);
        failures.clear();
        assertThat(loop.registrations()).isZero();
    }

    @Test
    void shouldRefuseWhenNumbersAreImpossible() {
        assertThatIllegalArgumentException().isThrownBy(() -> WorkerPool.open(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> WorkerPool.open(1, 0));
    }
}
