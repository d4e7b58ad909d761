package io.github.epoll4j.reactor;

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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
@Timeout(30)
class EventLoopFailureTest {
    private static final Duration NOW = Duration.ZERO;

    @Parameter
    private Mechanism mechanism;

    private final List<Exception> failures = new ArrayList<>();
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

        // the second of them comes when newcomers are refused already
        assertThat(calls).containsExactly("first");
        assertThat(failures).singleElement().isInstanceOf(RejectedExecutionException.class);
        failures.clear();
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

            loop.turn(NOW);
            loop.turn(NOW);
            loop.turn(NOW);
            closed.cancel();
            loop.turn(NOW);

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
        assertThat(loop.turn(NOW)).isZero();
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
    @DisplayName("an Error ends run(), and the tasks that were given run all the same")
    void shouldRunTheTasksThatAreLeftWhenAnErrorEndsTheLoop() throws IOException {
        try (EventFd ready = EventFd.open(1)) {
            loop.register(ready.fd(), EPOLLIN, (registration, events) -> {
                loop.execute(() -> calls.add("task"));
                throw new AssertionError("broken for good");
            });
            assertThatExceptionOfType(AssertionError.class).isThrownBy(loop::run).withMessage("broken for good");
        }
        assertThat(calls).containsExactly("task");
        assertRefused();
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
            assertThat(failures).singleElement().isInstanceOf(ExecutionException.class)
                    .extracting(Throwable::getCause).isSameAs(error);
            calls.clear();
            failures.clear();
        }
    }

    @Test
    void shouldLeaveTheLoopAloneWhenAnotherThreadTriesToRunIt() throws Exception {
        loop.turn(NOW);
        Thread other = Thread.ofPlatform().start(() -> assertThatIllegalStateException()
                .isThrownBy(loop::run).withMessageContaining("not on the loop's thread"));
        other.join();

        loop.execute(() -> calls.add("task"));
        loop.turn(NOW);
        assertThat(calls).containsExactly("task");
    }
}
