package io.github.epoll4j.fd;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.fd.Signals.SIGKILL;
import static io.github.epoll4j.fd.Signals.SIGSTOP;
import static io.github.epoll4j.fd.Signals.SIGUSR1;
import static io.github.epoll4j.fd.Signals.SIGUSR2;
import static io.github.epoll4j.fd.Signals.SIGWINCH;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_CLOEXEC;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_NONBLOCK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.Errno;
import io.github.epoll4j.Waiters;
import io.github.epoll4j.contract.Raw;
import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.internal.gen.signalfd.signalfd_h;
import io.github.epoll4j.internal.gen.signalfd.sigset_t;
import io.github.epoll4j.testing.Fds;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signals to one thread. Each test has a thread of its own, with which the mask and what is pending go away. */
@Timeout(30)
class SignalFdTest {
    @Test
    @DisplayName("signalfd01: reads SIGUSR1, and after a change of the set SIGUSR2")
    void shouldFetchASignalWhenItsThreadBlocksIt() throws Exception {
        long before = Fds.count();
        onAThread(() -> {
            SignalFd.block(SIGUSR1, SIGUSR2);
            try (SignalFd signals = SignalFd.open(SIGUSR1)) {
                assertThat(signals.read()).isNull();
                Signalling.sendTo(Signalling.self(), SIGUSR2);
                Signalling.sendTo(Signalling.self(), SIGUSR1);

                assertThat(signals.read()).returns(SIGUSR1, SignalInfo::signal)
                        .returns(Signals.SI_TKILL, SignalInfo::code)
                        .returns((int) ProcessHandle.current().pid(), SignalInfo::pid)
                        .returns(uid(), SignalInfo::uid);
                assertThat(signals.read()).isNull();

                int fd = signals.fd();
                signals.signals(SIGUSR2);

                assertThat(signals.fd()).isEqualTo(fd);
                assertThat(signals.read()).returns(SIGUSR2, SignalInfo::signal);
                assertThat(signals.read()).isNull();
            }
            return null;
        });
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    void shouldBeReadableWhenASignalIsPending() throws Exception {
        onAThread(() -> {
            SignalFd.block(SIGUSR1);
            try (EpollInstance epoll = EpollInstance.open();
                    EpollEventArray events = EpollEventArray.allocate(1);
                    SignalFd signals = SignalFd.open(SIGUSR1)) {
                epoll.add(signals.fd(), EPOLLIN, 7);
                assertThat(epoll.awaitMillis(events, 0)).isZero();

                Signalling.sendTo(Signalling.self(), SIGUSR1);

                assertThat(epoll.awaitMillis(events, 0)).isOne();
                assertThat(events).containsExactly(new EpollEvent(EPOLLIN, 7));
                assertThat(signals.read()).returns(SIGUSR1, SignalInfo::signal);
                assertThat(epoll.awaitMillis(events, 0)).isZero();
            }
            return null;
        });
    }

    @Test
    void shouldEndAWaitWhenTheWaitingThreadIsSignalled() throws Exception {
        AtomicLong thread = new AtomicLong();
        try (EpollInstance epoll = EpollInstance.open(); SignalFd signals = SignalFd.open(SIGUSR1)) {
            epoll.add(signals.fd(), EPOLLIN);
            FutureTask<SignalInfo> waiter = Waiters.start(() -> {
                SignalFd.block(SIGUSR1);
                thread.set(Signalling.self());
                try (EpollEventArray events = EpollEventArray.allocate(1)) {
                    return epoll.await(events) == 1 ? signals.read() : null;
                }
            });
            Waiters.awaitBlockedInNative(waiter);

            Signalling.sendTo(thread.get(), SIGUSR1);

            assertThat(waiter.get(20, TimeUnit.SECONDS)).returns(SIGUSR1, SignalInfo::signal);
        }
    }

    @Test
    @DisplayName("signalfd(2): another thread sees nothing of a thread's signal, and its wait takes the event away")
    void shouldShowNothingWhenAnotherThreadAsks() throws Exception {
        onAThread(() -> {
            SignalFd.block(SIGUSR1);
            try (EpollInstance epoll = EpollInstance.open();
                    EpollEventArray events = EpollEventArray.allocate(1);
                    SignalFd signals = SignalFd.open(SIGUSR1)) {
                epoll.add(signals.fd(), EPOLLIN);
                Signalling.sendTo(Signalling.self(), SIGUSR1);

                onAThread(() -> {
                    assertThat(signals.read()).isNull();
                    try (EpollEventArray others = EpollEventArray.allocate(1)) {
                        assertThat(epoll.awaitMillis(others, 0)).isZero();
                    }
                    return null;
                });

                assertThat(epoll.awaitMillis(events, 0)).as("taken away").isZero();
                assertThat(signals.read()).as("but pending").returns(SIGUSR1, SignalInfo::signal);
            }
            return null;
        });
    }

    @Test
    void shouldBeInheritedWhenABlockingThreadStartsAnother() throws Exception {
        onAThread(() -> {
            SignalFd.block(SIGUSR1);
            assertThat(isBlocked(SIGUSR1)).isTrue();
            onAThread(() -> {
                assertThat(isBlocked(SIGUSR1)).isTrue();
                SignalFd.unblock(SIGUSR1);
                assertThat(isBlocked(SIGUSR1)).isFalse();
                return null;
            });
            assertThat(isBlocked(SIGUSR1)).isTrue();
            return null;
        });
        assertThat(isBlocked(SIGUSR1)).isFalse();
    }

    @Test
    @DisplayName("a signal below 32 is pending once, however often it is sent; a real-time signal as often")
    void shouldQueueOnlyRealTimeSignalsWhenSentTwice() throws Exception {
        onAThread(() -> {
            int realTime = 40;
            SignalFd.block(SIGWINCH, realTime);
            try (SignalFd signals = SignalFd.open(SIGWINCH, realTime)) {
                for (int signal : new int[] {SIGWINCH, SIGWINCH, realTime, realTime}) {
                    Signalling.sendTo(Signalling.self(), signal);
                }
                assertThat(signals.read()).returns(SIGWINCH, SignalInfo::signal);
                assertThat(signals.read()).returns(realTime, SignalInfo::signal);
                assertThat(signals.read()).returns(realTime, SignalInfo::signal);
                assertThat(signals.read()).isNull();
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65, Integer.MAX_VALUE, Integer.MIN_VALUE, 32})
    void shouldRefuseWhenANumberIsNotASignals(int number) {
        assertThatIllegalArgumentException().isThrownBy(() -> SignalFd.open(SIGUSR1, number))
                .withMessage("not a signal: " + number);
        assertThatIllegalArgumentException().isThrownBy(() -> SignalFd.block(number));
        assertThatIllegalArgumentException().isThrownBy(() -> SignalFd.unblock(number));
    }

    @ParameterizedTest
    @ValueSource(ints = {Signals.SIGSEGV, Signals.SIGBUS, Signals.SIGFPE, Signals.SIGILL})
    void shouldRefuseToBlockWhatTheJvmNeeds(int signal) throws Exception {
        assertThatIllegalArgumentException().isThrownBy(() -> SignalFd.block(SIGUSR1, signal))
                .withMessageContaining(Signals.name(signal));
        assertThat(isBlocked(SIGUSR1)).isFalse();
    }

    @Test
    void shouldRefuseToBlockWhenTheThreadIsVirtual() throws Exception {
        FutureTask<Object> task = new FutureTask<>(() -> {
            assertThatExceptionOfType(WrongThreadException.class).isThrownBy(() -> SignalFd.block(SIGUSR1));
            assertThatExceptionOfType(WrongThreadException.class).isThrownBy(() -> SignalFd.unblock(SIGUSR1));
            return null;
        });
        Thread.ofVirtual().start(task);
        assertThat(task.get(20, TimeUnit.SECONDS)).isNull();
    }

    @Test
    @DisplayName("signalfd(2): SIGKILL and SIGSTOP in a set are ignored")
    void shouldTakeWhatCannotBeFetchedWhenOpened() throws Exception {
        try (SignalFd signals = SignalFd.open(SIGKILL, SIGSTOP); SignalFd none = SignalFd.open()) {
            assertThat(signals.read()).isNull();
            assertThat(none.read()).isNull();
        }
    }

    @Test
    @DisplayName("signalfd4_01, signalfd4_02: close-on-exec and non-blocking")
    void shouldBeCloseOnExecAndNonBlockingWhenOpened() throws Exception {
        try (SignalFd signals = SignalFd.open(SIGUSR1)) {
            assertThat(Fds.flags(signals.fd())).matches(flags -> (flags & O_CLOEXEC) != 0, "close-on-exec")
                    .matches(flags -> (flags & O_NONBLOCK) != 0, "non-blocking");
        }
    }

    @Test
    @DisplayName("signalfd02: EBADF for no descriptor, EINVAL for a stranger's and for flags that do not exist")
    void shouldRefuseWhenTheArgumentsAreWrong() throws Exception {
        MemorySegment set = Arena.ofAuto().allocate(sigset_t.SIZEOF, Long.BYTES);
        try (EventFd counter = EventFd.open()) {
            assertThat(Raw.call(errno -> signalfd_h.signalfd(errno, -2, set, 0))).isEqualTo(-Errno.EBADF);
            assertThat(Raw.call(errno -> signalfd_h.signalfd(errno, counter.fd(), set, 0))).isEqualTo(-Errno.EINVAL);
            assertThat(Raw.call(errno -> signalfd_h.signalfd(errno, -1, set, -1))).isEqualTo(-Errno.EINVAL);
            assertThat(Raw.call(errno -> signalfd_h.pthread_sigmask(errno, 99, set, MemorySegment.NULL)))
                    .isEqualTo(Errno.EINVAL);
            assertThat(signalfd_h.SFD_CLOEXEC).isEqualTo(O_CLOEXEC);
        }
    }

    @Test
    void shouldRefuseWhenClosed() throws Exception {
        SignalFd signals = SignalFd.open(SIGUSR1);
        signals.close();

        assertThatIllegalStateException().isThrownBy(signals::read).withMessage("SignalFd is closed");
        assertThatIllegalStateException().isThrownBy(() -> signals.signals(SIGUSR2));
    }

    private static void onAThread(Callable<Object> body) throws Exception {
        assertThat(Waiters.start(body).get(20, TimeUnit.SECONDS)).isNull();
    }

    private static int uid() throws Exception {
        return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static boolean isBlocked(int signal) throws Exception {
        String mask = Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("SigBlk:"))
                .findFirst()
                .orElseThrow()
                .substring("SigBlk:".length())
                .strip();
        return (Long.parseUnsignedLong(mask, 16) >>> (signal - 1) & 1) != 0;
    }

    @Test
    @DisplayName("the signals that are blocked are those that were checked, whatever is done to the array meanwhile")
    void shouldBlockWhatWasCheckedWhenTheArrayChanges() throws Exception {
        int[] shared = {Signals.SIGURG};
        AtomicBoolean isOver = new AtomicBoolean();
        FutureTask<Integer> changer = Waiters.start(() -> {
            int changes = 0;
            while (!isOver.get()) {
                shared[0] = changes++ % 2 == 0 ? Signals.SIGFPE : Signals.SIGURG;
                Thread.onSpinWait();
            }
            return changes;
        });
        FutureTask<String> blocker = Waiters.start(() -> {
            for (int i = 0; i < 200_000; i++) {
                try {
                    SignalFd.block(shared);
                } catch (IllegalArgumentException e) {
                    assertThat(e).hasMessage("the JVM dies of a blocked SIGFPE");
                }
            }
            try (Stream<String> lines = Files.lines(Path.of("/proc/thread-self/status"))) {
                return lines.filter(line -> line.startsWith("SigBlk:")).findFirst().orElseThrow();
            }
        });

        String line = blocker.get(30, TimeUnit.SECONDS);
        long blocked = Long.parseUnsignedLong(line.substring("SigBlk:".length()).strip(), 16);
        isOver.set(true);

        assertThat(changer.get(30, TimeUnit.SECONDS)).isGreaterThan(1);
        assertThat(blocked & 1L << Signals.SIGFPE - 1).as("SIGFPE").isZero();
    }
}
