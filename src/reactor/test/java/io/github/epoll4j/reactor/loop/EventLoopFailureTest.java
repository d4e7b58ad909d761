package io.github.epoll4j.reactor.loop;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.reactor.Thrown;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
@Timeout(30)
class EventLoopFailureTest {
    private static final Duration NOW = Duration.ZERO;

    @Parameter
    private Mechanism mechanism;

    private final List<Throwable> failures = new ArrayList<>();
    private final List<String> calls = new ArrayList<>();
    private EventLoop loop;
    /** What a wait cannot do without: the epoll descriptor, or the eventfd that wakes poll and select. */
    private int vital;

    @BeforeEach
    void open() throws IOException {
        Set<Integer> before = anonymous();
        loop = EventLoop.open(mechanism, (failed, source, exception) -> failures.add(exception));
        Set<Integer> opened = anonymous();
        opened.removeAll(before);
        vital = mechanism == Mechanism.EPOLL ? loop.fd() : opened.iterator().next();
    }

    @AfterEach
    void close() {
        loop.close();
        assertThat(failures).as("failures that no test asked for").isEmpty();
    }

    /** The numbers of this process's eventfds and the like. */
    private static Set<Integer> anonymous() throws IOException {
        Set<Integer> numbers = new HashSet<>();
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            for (Path fd : (Iterable<Path>) fds::iterator) {
                int number = Integer.parseInt(fd.getFileName().toString());
                if (Fds.target(number).startsWith("anon_inode:")) {
                    numbers.add(number);
                }
            }
        }
        return numbers;
    }

    private void assertRefused() {
        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> loop.execute(() -> { }))
                .withMessage("the loop has stopped");
    }

    @Test
    @DisplayName("the wait fails for good: run() ends with the error, after the tasks that were given")
    void shouldRunTheTasksThatAreLeftWhenTheWaitFails() throws ErrnoException {
        loop.execute(() -> calls.add("first"));
        loop.execute(() -> loop.execute(() -> calls.add("from a task")));
        FileFd.adopt(vital).close();

        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(loop::run)
                .returns(Errno.EBADF, ErrnoException::errno);

        // other threads' tasks are refused already when the second one comes
        assertThat(calls).containsExactly("first", "from a task");
        assertRefused();
        assertThatIllegalStateException().as("the mistake is told").isThrownBy(loop::close);
    }

    @Test
    @DisplayName("a descriptor that is closed under its registration stops neither the loop nor the others")
    void shouldServeTheOthersWhenADescriptorIsClosed() throws IOException {
        try (EventFd fine = EventFd.open(1)) {
            EventFd broken = EventFd.open(1);
            Registration closed = loop.register(broken.fd(), EPOLLIN | EPOLLOUT, (registration, events) ->
                    calls.add("closed " + events));
            loop.register(fine.fd(), EPOLLIN, (registration, events) -> calls.add("fine"));
            broken.close();

            loop.runOnce(NOW);
            loop.runOnce(NOW);
            loop.runOnce(NOW);
            closed.cancel();
            loop.runOnce(NOW);

            // poll and select tell once; epoll has forgotten it
            assertThat(calls.stream().filter(call -> call.startsWith("closed")))
                    .isEqualTo(mechanism == Mechanism.EPOLL ? List.of() : List.of("closed " + EPOLLERR));
            assertThat(calls.stream().filter("fine"::equals)).hasSizeGreaterThanOrEqualTo(3);
            assertThat(loop.registrations()).isOne();
        }
    }

    @Test
    @DisplayName("epoll_ctl(2) EPERM: the number belongs to a plain file when its registration is cancelled")
    void shouldCancelWhenTheNumberIsAPlainFileNow(@TempDir Path folder) throws IOException {
        Path plain = Files.writeString(folder.resolve("plain"), "x");
        EventFd first = EventFd.open(1);
        int number = first.fd();
        Registration registration = loop.register(number, EPOLLIN, (ready, events) -> calls.add("called"));
        first.close();
        try (FileChannel file = FileChannel.open(plain)) {
            assumeTrue(Fds.target(number).equals(plain.toString()), "the number was taken");
            registration.cancel();
            assertThat(file.isOpen()).isTrue();
        }
        assertThat(loop.runOnce(NOW)).isZero();
        assertThat(loop.registrations()).isZero();
    }

    @Test
    @DisplayName("a handler that throws ends its own registration, is reported once, and the loop runs on")
    void shouldRunOnWhenHandlersThrow() throws IOException {
        try (EventFd first = EventFd.open(1); EventFd second = EventFd.open(1)) {
            loop.register(first.fd(), EPOLLIN, (registration, events) -> {
                throw new ErrnoException("read", "fd=" + registration.fd(), Errno.EIO);
            });
            loop.register(second.fd(), EPOLLIN, (registration, events) -> {
                calls.add("second");
                if (calls.size() == 3) {
                    loop.stop();
                }
            });
            loop.run();
        }
        assertThat(calls).hasSize(3);
        assertThat(failures).singleElement().hasToString(
                "io.github.epoll4j.ErrnoException: " + failures.getFirst().getMessage());
        failures.clear();
    }

    @Test
    @DisplayName("an InternalError ends run() with it, is reported once, and the tasks run all the same")
    void shouldRunTheTasksThatAreLeftWhenTheJvmFails() throws IOException {
        for (Error fatal : List.of(new InternalError("broken"), new UnknownError("broken"))) {
            try (EventLoop ending = open(failures::add);
                    EventFd ready = EventFd.open(1)) {
                ending.register(ready.fd(), EPOLLIN, (registration, events) -> {
                    ending.execute(() -> calls.add("task"));
                    throw fatal;
                });
                assertThatExceptionOfType(Error.class).isThrownBy(ending::run).isSameAs(fatal);
                assertThatExceptionOfType(RejectedExecutionException.class)
                        .isThrownBy(() -> ending.execute(() -> { }));
            }
            assertThat(calls).containsExactly("task");
            assertThat(failures).containsExactly(fatal);
            calls.clear();
            failures.clear();
        }
    }

    private EventLoop open(Consumer<Throwable> failureHandler) throws ErrnoException {
        return EventLoop.open(mechanism, (failed, source, failure) -> failureHandler.accept(failure));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("whatever a handler, task or timer throws is reported once, and the loop goes on")
    void shouldGoOnWhenAnythingIsThrown(Thrown kind) throws IOException {
        Throwable thrown = kind.make();
        try (EventFd first = EventFd.open(1); EventFd second = EventFd.open(1)) {
            for (EventFd fd : List.of(first, second)) {
                loop.register(fd.fd(), EPOLLIN, (registration, events) -> {
                    throw Thrown.<RuntimeException>sneak(thrown);
                });
            }
            loop.execute(() -> {
                throw Thrown.<RuntimeException>sneak(thrown);
            });
            loop.execute(() -> calls.add("task"));
            LoopTimer again = loop.scheduleAtFixedRate(NOW, Duration.ofNanos(1), () -> {
                throw Thrown.<RuntimeException>sneak(thrown);
            });
            loop.schedule(NOW, () -> calls.add("timer"));
            loop.runOnce(NOW);

            assertThat(calls).containsExactlyInAnyOrder("task", "timer");
            assertThat(failures).hasSize(4).containsOnly(thrown);
            assertThat(loop.registrations()).isZero();
            loop.runOnce(NOW);
            assertThat(failures).as("a periodic timer goes on").hasSize(5);
            assertThat(again.cancel()).isTrue();
        }
        failures.clear();
    }

    @ParameterizedTest
    @EnumSource(names = {"CHECKED", "MEMORY"})
    @DisplayName("whatever a failure handler throws, also what it was given, leaves the loop alone")
    void shouldGoOnWhenTheFailureHandlerThrows(Thrown kind) throws IOException {
        List<Consumer<Throwable>> handlers = List.of(Thrown::sneak, failure -> Thrown.sneak(kind.make()));
        for (Consumer<Throwable> handler : handlers) {
            try (EventLoop served = open(handler)) {
                served.execute(() -> {
                    throw new IllegalStateException("first");
                });
                served.execute(() -> calls.add("second"));
                served.runOnce(NOW);
            }
        }
        assertThat(calls).containsExactly("second", "second");
    }

    /** A failure that fails again when the log asks for its text. */
    private static final class Unspeakable extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Throwable thrown;
        private int asked;

        Unspeakable(Throwable thrown) {
            this.thrown = thrown;
        }

        @Override
        public String getMessage() {
            asked++;
            throw Thrown.<RuntimeException>sneak(thrown);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("whatever the text of a failure, or of its source, throws into the log leaves the loop alone")
    void shouldGoOnWhenTheLogThrows(Thrown kind) throws IOException {
        Unspeakable failure = new Unspeakable(kind.make());
        try (EventLoop served = EventLoop.open(mechanism)) {
            served.execute(new Runnable() {
                @Override
                public void run() {
                    throw failure;
                }

                @Override
                public String toString() {
                    throw Thrown.<RuntimeException>sneak(kind.make());
                }
            });
            served.execute(() -> calls.add("second"));
            served.runOnce(NOW);
        }
        assertThat(calls).containsExactly("second");
        assertThat(failure.asked).isPositive();
    }

    @Test
    @DisplayName("an Error of one of the last tasks is reported, and those behind it run; by stop and by close")
    void shouldRunTheTasksBehindWhenOneOfTheLastThrowsAnError() throws Exception {
        AssertionError error = new AssertionError("task");
        for (boolean isRun : new boolean[] {true, false}) {
            try (EventLoop stopping =
                    EventLoop.open(mechanism, (failed, source, exception) -> failures.add(exception))) {
                stopping.execute(() -> {
                    throw error;
                });
                stopping.execute(() -> calls.add("behind"));
                if (isRun) {
                    stopping.stop();
                    stopping.run();
                }
            }
            assertThat(calls).containsExactly("behind");
            assertThat(failures).singleElement().isSameAs(error);
            calls.clear();
            failures.clear();
        }
    }

    @Test
    void shouldLeaveTheLoopAloneWhenAnotherThreadTriesToRunIt() throws Exception {
        loop.runOnce(NOW);
        Thread other = Thread.ofPlatform().start(() -> assertThatIllegalStateException()
                .isThrownBy(loop::run).withMessageContaining("not on the loop's thread"));
        other.join();

        loop.execute(() -> calls.add("task"));
        loop.runOnce(NOW);
        assertThat(calls).containsExactly("task");
    }
}
