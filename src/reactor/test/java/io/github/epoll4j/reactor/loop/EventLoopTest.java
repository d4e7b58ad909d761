package io.github.epoll4j.reactor.loop;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollFlags;
import io.github.epoll4j.fd.EventFd;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
@Timeout(30)
class EventLoopTest {
    private static final Duration NOW = Duration.ZERO;

    @Parameter
    private Mechanism mechanism;

    private final List<Throwable> failures = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private EventLoop loop;
    private EventFd first;
    private EventFd second;

    @BeforeEach
    void open() throws ErrnoException {
        loop = EventLoop.open(mechanism, (failed, source, exception) -> failures.add(exception));
        first = EventFd.open();
        second = EventFd.open();
    }

    @AfterEach
    void close() {
        loop.close();
        first.close();
        second.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    @Test
    @DisplayName("S08-1, S11-2: the handler of what is ready is called, and no other")
    void shouldCallTheHandlerOfWhatIsReady() throws IOException {
        loop.register(first.fd(), EPOLLIN, note("first"));
        loop.register(second.fd(), EPOLLIN, note("second"));
        second.write(1);

        assertThat(loop.runOnce(NOW)).isOne();

        assertThat(calls).containsExactly("second EPOLLIN");
        assertThat(loop.registrations()).isEqualTo(2);
    }

    @Test
    @DisplayName("an action runs at once on the loop's thread, from another in a task, and not after the loop's end")
    void shouldRunInTheLoopWhenAnyThreadAsks() throws Exception {
        loop.runOnce(NOW); // this thread is the loop's from now on
        assertThat(loop.runInLoop(() -> calls.add("here"))).isTrue();
        assertThat(calls).containsExactly("here");

        FutureTask<Boolean> elsewhere = new FutureTask<>(() -> loop.runInLoop(() -> calls.add("in a task")));
        Thread thread = new Thread(elsewhere);
        thread.start();
        thread.join();
        assertThat(elsewhere.get()).isTrue();
        assertThat(calls).containsExactly("here");
        loop.runOnce(NOW);
        assertThat(calls).containsExactly("here", "in a task");

        loop.close();
        FutureTask<Boolean> late = new FutureTask<>(() -> loop.runInLoop(() -> calls.add("late")));
        Thread lateThread = new Thread(late);
        lateThread.start();
        lateThread.join();
        assertThat(late.get()).isFalse();
        assertThat(calls).containsExactly("here", "in a task");
    }

    @Test
    @DisplayName("S08-1, S08-2: interest moves between IN and OUT, and nothing is reported that is not asked for")
    void shouldFollowTheInterestWhenItChanges() throws IOException {
        Registration registration = loop.register(first.fd(), EPOLLIN, note("first"));
        first.write(1);
        registration.interest(EPOLLOUT);
        loop.runOnce(NOW);
        registration.interest(0);
        loop.runOnce(NOW);
        registration.interest(EPOLLIN);
        loop.runOnce(NOW);

        assertThat(calls).containsExactly("first EPOLLOUT", "first EPOLLIN");
        assertThat(registration.interest()).isEqualTo(EPOLLIN);
    }

    @Test
    @DisplayName("C69: one-shot on every mechanism: one event, then silence until the interest is set again")
    void shouldReportOnceWhenOneShot() throws IOException {
        Registration registration = loop.register(first.fd(), EPOLLIN | EPOLLONESHOT, note("first"));
        first.write(1);
        loop.runOnce(NOW);
        loop.runOnce(NOW);
        assertThat(calls).hasSize(1);

        registration.interest(EPOLLIN | EPOLLONESHOT);
        loop.runOnce(NOW);
        assertThat(calls).hasSize(2);
    }

    @Test
    void shouldReportEdgesOnlyWhereTheMechanismKnowsThem() throws IOException {
        first.write(1);
        if (mechanism == Mechanism.EPOLL) {
            loop.register(first.fd(), EPOLLIN | EPOLLET, note("first"));
            loop.runOnce(NOW);
            loop.runOnce(NOW);
            assertThat(calls).hasSize(1);
        } else {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(() -> loop.register(first.fd(), EPOLLIN | EPOLLET, note("first")));
            loop.register(first.fd(), EPOLLIN, note("first"));
        }
    }

    @Test
    @DisplayName("S08-4: a handler may cancel itself and others that are later in the same batch")
    void shouldCallNobodyWhenCancelledEarlierInTheBatch() throws IOException {
        first.write(1);
        second.write(1);
        List<Registration> registrations = new ArrayList<>();
        ReadyHandler cancelAll = (registration, events) -> {
            calls.add("called");
            registrations.forEach(Registration::cancel);
            registrations.forEach(Registration::cancel);
        };
        registrations.add(loop.register(first.fd(), EPOLLIN, cancelAll));
        registrations.add(loop.register(second.fd(), EPOLLIN, cancelAll));

        assertThat(loop.runOnce(NOW)).isEqualTo(2);
        loop.runOnce(NOW);

        assertThat(calls).containsExactly("called");
        assertThat(loop.metrics().staleEvents()).isOne();
        assertThat(loop.registrations()).isZero();
        assertThat(registrations).noneMatch(Registration::isValid);
        assertThatIllegalStateException().isThrownBy(() -> registrations.getFirst().interest(EPOLLIN));
    }

    @Test
    @DisplayName("J7: the number of a closed descriptor is reused in the batch: the old event reaches nobody")
    void shouldDropTheStaleEventWhenTheNumberIsReused() throws IOException {
        first.write(1);
        second.write(1);
        List<EventFd> opened = new ArrayList<>();
        List<Registration> registrations = new ArrayList<>();
        EventFd[] descriptors = {first, second};
        ReadyHandler replaceTheOther = (registration, events) -> {
            calls.add("old");
            int other = registration.fd() == first.fd() ? 1 : 0;
            int number = descriptors[other].fd();
            registrations.get(other).cancel();
            descriptors[other].close();
            EventFd reused = EventFd.open();
            opened.add(reused);
            assertThat(reused.fd()).isEqualTo(number);
            loop.register(number, EPOLLIN, note("new"));
        };
        for (EventFd descriptor : descriptors) {
            registrations.add(loop.register(descriptor.fd(), EPOLLIN, replaceTheOther));
        }
        try {
            loop.runOnce(NOW);
            assertThat(calls).containsExactly("old");
            assertThat(loop.metrics().staleEvents()).isOne();

            opened.getFirst().write(1);
            registrations.forEach(Registration::cancel);
            loop.runOnce(NOW);
            assertThat(calls).containsExactly("old", "new EPOLLIN");
        } finally {
            opened.forEach(EventFd::close);
        }
    }

    private void shouldRefuseToRunInside() {
        assertThatIllegalStateException().isThrownBy(() -> loop.runOnce(NOW)).withMessageContaining("inside");
        assertThatIllegalStateException().isThrownBy(loop::run).withMessageContaining("inside");
        calls.add("refused");
    }

    @Test
    @DisplayName("turn() and run() from inside the loop are refused, and each event of the batch is handled once")
    void shouldRefuseToRunWhenItRunsAlready() throws IOException {
        try (EventFd third = EventFd.open(1)) {
            first.write(1);
            second.write(1);
            for (EventFd ready : List.of(first, second, third)) {
                loop.register(ready.fd(), EPOLLIN, (registration, events) -> {
                    calls.add("fd " + registration.fd());
                    ready.read();
                    shouldRefuseToRunInside();
                });
            }
            loop.schedule(NOW, this::shouldRefuseToRunInside);
            loop.execute(this::shouldRefuseToRunInside);

            assertThat(loop.runOnce(NOW)).isEqualTo(3);
            assertThat(calls).hasSize(8).contains("fd " + first.fd(), "fd " + second.fd(), "fd " + third.fd());
            assertThat(loop.runOnce(NOW)).as("it goes on").isZero();

            calls.clear();
            loop.execute(this::shouldRefuseToRunInside);
            loop.stop();
            loop.run(); // as one of its last tasks
            assertThat(calls).containsExactly("refused");
        }
    }

    @Test
    void shouldGoOnWhenAHandlerFails() throws IOException {
        first.write(1);
        second.write(1);
        loop.register(first.fd(), EPOLLIN, (registration, events) -> {
            throw new IOException("first is broken");
        });
        Registration fine = loop.register(second.fd(), EPOLLIN, note("second"));
        loop.runOnce(NOW);
        loop.runOnce(NOW);

        assertThat(failures).singleElement().satisfies(e -> assertThat(e).hasMessage("first is broken"));
        assertThat(calls).containsExactly("second EPOLLIN", "second EPOLLIN");
        assertThat(loop.registrations()).isOne();
        assertThat(fine.isValid()).isTrue();
        failures.clear();
    }

    @Test
    void shouldThrowWhenARegistrationIsNotPossible() throws IOException {
        loop.register(first.fd(), EPOLLIN, note("first"));

        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> loop.register(first.fd(), EPOLLIN, note("again")))
                .returns(Errno.EEXIST, ErrnoException::errno);
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> loop.register(-1, EPOLLIN, note("unexpected")))
                .returns(Errno.EBADF, ErrnoException::errno);
        assertThat(loop.registrations()).isOne();
    }

    @Test
    @DisplayName("EBADF for a number that is not open, however large, and nothing has changed")
    void shouldThrowEbadfWhenTheNumberIsNotOpen() throws IOException {
        for (int fd : new int[] {-1, 100_000, 1_000_000_000, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            assertThatExceptionOfType(ErrnoException.class)
                    .isThrownBy(() -> loop.register(fd, EPOLLIN, note("unexpected")))
                    .returns(Errno.EBADF, ErrnoException::errno);
        }
        assertThat(loop.registrations()).isZero();
        first.write(1);
        loop.register(first.fd(), EPOLLIN, note("first"));
        assertThat(loop.runOnce(NOW)).isOne();
        assertThat(calls).containsExactly("first EPOLLIN");
    }

    @Test
    @DisplayName("a number whose descriptor was closed first is registered once, and the old one touches nothing")
    void shouldKeepRegistrationsApartWhenADescriptorIsClosedFirst() throws IOException {
        int number = first.fd();
        Registration old = loop.register(number, EPOLLIN, note("old"));
        first.close();
        try (EventFd reused = EventFd.open()) {
            assertThat(reused.fd()).isEqualTo(number);
            assertThatExceptionOfType(ErrnoException.class)
                    .isThrownBy(() -> loop.register(number, EPOLLIN, note("new")))
                    .returns(Errno.EEXIST, ErrnoException::errno);

            old.cancel();
            loop.register(number, EPOLLIN, note("new"));
            old.cancel();
            assertThatIllegalStateException().isThrownBy(() -> old.interest(EPOLLOUT));
            reused.write(1);
            assertThat(loop.runOnce(NOW)).isOne();
        }
        assertThat(calls).containsExactly("new EPOLLIN");
        assertThat(loop.registrations()).isOne();
    }

    @Test
    @DisplayName("S08-3: many descriptors at once")
    void shouldServeManyWhenTheTableGrows() throws IOException {
        List<EventFd> many = new ArrayList<>();
        try {
            for (int i = 0; i < 300; i++) {
                EventFd descriptor = EventFd.open(1);
                many.add(descriptor);
                loop.register(descriptor.fd(), EPOLLIN, (registration, events) -> {
                    calls.add("called");
                    registration.cancel();
                });
            }
            while (loop.registrations() > 0) {
                assertThat(loop.runOnce(NOW)).isPositive();
            }
            assertThat(calls).hasSize(300);
        } finally {
            many.forEach(EventFd::close);
        }
    }

    private ReadyHandler note(String name) {
        return (registration, events) -> calls.add(name + " " + EpollFlags.toString(events));
    }
}
