package io.github.epoll4j;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.internal.gen.unistd.unistd_h.O_CLOEXEC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.CloseHooks;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class OwnedFdTest {
    @Test
    void shouldBeTheSameFileWhenDuplicated() throws IOException {
        long before = Fds.count();
        try (EventFd counter = EventFd.open(); OwnedFd duplicate = counter.duplicate()) {
            assertThat(duplicate.fd()).isNotEqualTo(counter.fd());
            assertThat(Fds.flags(duplicate.fd()) & O_CLOEXEC).as("close-on-exec").isNotZero();
            counter.write(5);
            try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(2)) {
                epoll.add(duplicate.fd(), EPOLLIN, 2);
                epoll.add(counter.fd(), EPOLLIN, 1);
                assertThat(epoll.awaitMillis(events, 0)).isEqualTo(2);
                assertThat(events)
                        .containsExactlyInAnyOrder(new EpollEvent(EPOLLIN, 1), new EpollEvent(EPOLLIN, 2));
            }
        }
        assertThat(Fds.count()).isEqualTo(before);
    }

    @Test
    @DisplayName("a duplicate keeps the file, and its registration, alive when the number that was added is closed")
    void shouldKeepTheRegistrationWhenTheFirstNumberIsClosed() throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(2)) {
            EventFd counter = EventFd.open(1);
            epoll.add(counter.fd(), EPOLLIN, 1);
            OwnedFd duplicate = counter.duplicate();
            counter.close();
            assertThat(epoll.awaitMillis(events, 0)).isOne();

            duplicate.close();

            assertThat(epoll.awaitMillis(events, 0)).isZero();
        }
    }

    @Test
    void shouldCloseTheNumberOnceWhenAdopted() throws IOException {
        try (EventFd counter = EventFd.open()) {
            OwnedFd duplicate = counter.duplicate();
            assertThat(duplicate).hasToString("FileFd[fd=" + duplicate.fd() + "]");
            int fd = duplicate.fd();

            duplicate.close();
            duplicate.close();

            assertThat(Fds.isOpen(fd)).isFalse();
            assertThatIllegalStateException().isThrownBy(duplicate::duplicate).withMessage("FileFd is closed");
        }
    }

    @Test
    @DisplayName("fcntl(2) EBADF: a number that is not open")
    void shouldFailWhenTheNumberIsNotOpen() {
        OwnedFd stranger = new Held(Integer.MAX_VALUE);

        assertThatExceptionOfType(ErrnoException.class).isThrownBy(stranger::duplicate)
                .returns(Errno.EBADF, ErrnoException::errno)
                .withMessage("fcntl(F_DUPFD_CLOEXEC, fd=2147483647): EBADF (Bad file descriptor)");
        assertThatIllegalStateException().isThrownBy(stranger::close);
        assertThatIllegalArgumentException().isThrownBy(() -> new Held(-1));
    }

    @Test
    @DisplayName("fcntl(2) EMFILE: a duplicate needs a descriptor")
    void shouldFailWhenTheProcessHasTooManyDescriptors() throws Exception {
        assertThat(ChildJvm.of(FullTable.class).withDescriptors(64).run().lines())
                .containsExactly("fcntl(F_DUPFD_CLOEXEC): EMFILE (Too many open files)");
    }

    /** Duplicates until the table of descriptors is full. */
    static final class FullTable {
        public static void main(String[] args) throws Exception {
            List<OwnedFd> opened = new ArrayList<>(List.of(EventFd.open()));
            EventFd.open().close(); // loads the classes of a close, and then of a failure, while files can be opened
            try {
                new Held(Integer.MAX_VALUE).duplicate();
            } catch (ErrnoException e) {
                e.getMessage();
            }
            try {
                while (true) {
                    opened.add(opened.getFirst().duplicate());
                }
            } catch (ErrnoException e) {
                opened.forEach(OwnedFd::close);
                System.out.println(e.getMessage().replaceFirst(", fd=\\d+", ""));
            }
        }
    }

    @Test
    @DisplayName("close(2): a call that holds the number keeps it open after close, and gives it back when it leaves")
    void shouldCloseTheNumberWhenTheLastHolderLeaves() throws Exception {
        Held held = Held.open();
        int fd = held.fd();
        CountDownLatch leave = new CountDownLatch(1);
        CountDownLatch holds = new CountDownLatch(1);
        FutureTask<Boolean> holder = Waiters.start(() -> {
            held.acquire();
            holds.countDown();
            boolean told = leave.await(20, TimeUnit.SECONDS);
            held.release();
            return told;
        });
        assertThat(holds.await(20, TimeUnit.SECONDS)).isTrue();

        held.close();
        held.close();

        assertThat(Fds.isOpen(fd)).as("held after close").isTrue();
        assertThat(held.isOpen()).isFalse();
        assertThat(held.tryAcquire()).as("newcomers").isFalse();
        assertThatIllegalStateException().isThrownBy(held::acquire).withMessage("Held is closed");
        assertThatIllegalStateException().isThrownBy(held::fd);
        leave.countDown();
        assertThat(holder.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(Fds.isOpen(fd)).as("after the release").isFalse();
    }

    @Test
    void shouldKeepTheNumberOpenUntilAllHaveLeftWhenCallsNest() throws ErrnoException {
        Held held = Held.open();
        int fd = held.acquire();
        assertThat(held.acquire()).isEqualTo(fd);
        assertThat(held.tryAcquire()).isTrue();
        held.close();

        for (int left = 2; left >= 0; left--) {
            assertThat(Fds.isOpen(fd)).as("%d more to leave", left + 1).isTrue();
            held.release();
        }

        assertThat(Fds.isOpen(fd)).isFalse();
    }

    @Test
    @DisplayName("release without acquire is refused, and the owner stays usable")
    void shouldStayOpenWhenReleasedWithoutAcquire() throws ErrnoException {
        Held held = Held.open();
        int fd = held.fd();
        held.acquire();
        held.release();

        assertThatIllegalStateException().isThrownBy(held::release)
                .withMessage("release without acquire: Held[fd=" + fd + "]");

        assertThat(held.isOpen()).isTrue();
        assertThat(held.acquire()).isEqualTo(fd);
        held.release();
        assertThat(held.isOpenInTheKernel()).isTrue();
        held.close();
        assertThat(Fds.isOpen(fd)).as("not leaked").isFalse();
    }

    @Test
    @DisplayName("release without acquire after close is refused, and the owner stays closed")
    void shouldStayClosedWhenReleasedWithoutAcquireAfterClose() throws ErrnoException {
        Held held = Held.open();
        held.acquire();
        held.close();
        held.release();

        for (int i = 0; i < 2; i++) {
            assertThatIllegalStateException().isThrownBy(held::release)
                    .withMessage("release without acquire: Held[closed]");
            assertThat(held.isOpen()).isFalse();
            assertThatIllegalStateException().isThrownBy(held::fd);
        }
    }

    @Test
    @DisplayName("detach: the number stays open and belongs to the caller")
    void shouldLeaveTheNumberOpenWhenDetached() throws ErrnoException {
        Held held = Held.open();
        int fd = held.fd();

        assertThat(held.detach()).isEqualTo(fd);

        assertThat(held.isOpen()).isFalse();
        assertThatIllegalStateException().isThrownBy(held::acquire).withMessage("Held is closed");
        assertThatIllegalStateException().isThrownBy(held::detach).withMessage("Held is closed");
        assertThatIllegalStateException().isThrownBy(held::release);
        held.close();
        assertThat(held.isOpenInTheKernel()).isTrue();
        FdCalls.close(fd);
    }

    @Test
    @DisplayName("detach: refused while a call holds the number, which the caller could close")
    void shouldKeepTheNumberWhenDetachedDuringACall() throws ErrnoException {
        try (Held held = Held.open()) {
            int fd = held.acquire();

            assertThatIllegalStateException().isThrownBy(held::detach).withMessage("Held[fd=" + fd + "] is in use");

            assertThat(held.isOpen()).isTrue();
            held.release();
            FdCalls.close(held.detach());
        }
    }

    @Test
    @DisplayName("a borrowed number is never closed, and its owner ends like others")
    void shouldLeaveTheNumberOpenWhenItIsBorrowed() throws ErrnoException {
        try (EventFd counter = EventFd.open()) {
            OwnedFd borrowed = new OwnedFd(counter.fd(), true) { };
            borrowed.acquire();
            borrowed.close();
            borrowed.release();

            assertThat(borrowed.isOpen()).isFalse();
            assertThatIllegalStateException().isThrownBy(borrowed::acquire);
            assertThat(Fds.isOpen(counter.fd())).isTrue();
            assertThat(new OwnedFd(counter.fd(), true) { }.detach()).isEqualTo(counter.fd());
        }
    }

    @Test
    @DisplayName("a hook is called once when a held owner is closed, while the number is open, and once after that")
    void shouldCallTheHookWhenAHeldOwnerIsClosed() throws ErrnoException {
        Held held = Held.open();
        Held unused = Held.open();
        List<String> calls = new ArrayList<>();
        CloseHooks.Hook hook = recording(held, unused, calls);
        CloseHooks.add(hook);
        try {
            held.acquire();
            unused.close();
            assertThat(calls).containsExactly("released unused false");
            calls.clear();

            held.close();
            held.close();
            assertThat(calls).containsExactly("closing held " + held.number + " isOpen false, in the kernel true");

            held.release();
            assertThat(calls).hasSize(2).last().isEqualTo("released held false");
        } finally {
            CloseHooks.remove(hook);
        }
        Held other = Held.open();
        other.acquire();
        other.close();
        other.release();
        assertThat(calls).as("after the hook was removed").hasSize(2);
    }

    private static CloseHooks.Hook recording(Held held, Held unused, List<String> calls) {
        return new CloseHooks.Hook() {
            private String name(OwnedFd owner) {
                return owner == held ? "held" : owner == unused ? "unused" : owner.toString();
            }

            @Override
            public void closing(OwnedFd owner, int fd) {
                calls.add("closing " + name(owner) + " " + fd + " isOpen " + owner.isOpen() + ", in the kernel "
                        + ((Held) owner).isOpenInTheKernel());
            }

            @Override
            public void released(OwnedFd owner, int fd) {
                calls.add("released " + name(owner) + " " + ((Held) owner).isOpenInTheKernel());
            }
        };
    }

    @Test
    @DisplayName("a subclass has nothing to override but close, so that it cannot break the protocol")
    void shouldHaveNoHookWhenExtended() {
        assertThat(Stream.of(OwnedFd.class.getDeclaredMethods())
                .filter(method -> (method.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0)
                .filter(method -> (method.getModifiers() & (Modifier.FINAL | Modifier.STATIC)) == 0)
                .map(Method::getName))
                .containsExactlyInAnyOrder("close", "toString");
    }

    /** The number is so high that nobody else is given it: to close it twice is EBADF, which the owner throws. */
    @RepeatedTest(100)
    @DisplayName("many threads hold and release while two close: open while held, closed once, at the end")
    void shouldCloseTheNumberOnceWhenManyThreadsRace() throws Exception {
        Held held = Held.open();
        int fd = held.fd();
        CyclicBarrier start = new CyclicBarrier(6);
        List<FutureTask<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            tasks.add(Waiters.start(() -> {
                start.await();
                return holdUntilClosed(held);
            }));
        }
        for (int i = 0; i < 2; i++) {
            int pause = ThreadLocalRandom.current().nextInt(20_000);
            tasks.add(Waiters.start(() -> {
                start.await();
                for (int spin = 0; spin < pause; spin++) {
                    Thread.onSpinWait();
                }
                held.close();
                return 0;
            }));
        }

        for (FutureTask<Integer> task : tasks) {
            assertThat(task.get(20, TimeUnit.SECONDS)).as("times that a held number was not open").isZero();
        }
        assertThat(Fds.isOpen(fd)).isFalse();
    }

    private static int holdUntilClosed(Held held) {
        int failures = 0;
        while (held.tryAcquire()) {
            int nested = ThreadLocalRandom.current().nextInt(3);
            for (int i = 0; i < nested && held.tryAcquire(); i++) {
                failures += held.isOpenInTheKernel() ? 0 : 1;
                held.release();
            }
            failures += held.isOpenInTheKernel() ? 0 : 1;
            held.release();
        }
        return failures;
    }

    /** An owner whose calls are the test's own. */
    private static final class Held extends OwnedFd {
        final int number;

        private Held(int number) {
            super(number);
            this.number = number;
        }

        static Held open() throws ErrnoException {
            try (EventFd file = EventFd.open()) {
                int number = FdCalls.fcntl(file.fd(), unistd_h.F_DUPFD_CLOEXEC, 2000);
                return new Held(ErrnoException.check(number, "fcntl", "F_DUPFD_CLOEXEC"));
            }
        }

        boolean isOpenInTheKernel() {
            return FdCalls.fcntl(number, unistd_h.F_GETFD, 0) >= 0;
        }
    }
}
