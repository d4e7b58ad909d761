package io.github.epoll4j.wait;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLEXCLUSIVE;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLHUP;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLPRI;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLRDHUP;
import static io.github.epoll4j.net.LinuxSocketOptions.SO_SNDBUF;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.Inotify;
import io.github.epoll4j.fd.InotifyFlags;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.fd.PidFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.fd.TimerFd;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ReadinessTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(30);

    /** The threads that wait. */
    private enum Kind {
        PLATFORM, VIRTUAL;

        Waiting start(Callable<Integer> body) {
            FutureTask<Integer> task = new FutureTask<>(body);
            Thread thread = this == VIRTUAL ? Thread.ofVirtual().start(task) : Thread.ofPlatform().daemon().start(task);
            return new Waiting(thread, task);
        }

        /** Starts a thread, and returns when it waits. */
        Waiting park(Callable<Integer> body) {
            Waiting waiting = start(body);
            waiting.awaitParked();
            return waiting;
        }
    }

    /** A thread in a wait. */
    private record Waiting(Thread thread, FutureTask<Integer> task) {
        void awaitParked() {
            Eventually.await("it waits", () -> {
                assertThat(task.isDone()).as("done").isFalse();
                return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
            });
        }

        int result() throws Exception {
            return task.get(20, TimeUnit.SECONDS);
        }

        Throwable failure() {
            return catchThrowable(() -> task.get(20, TimeUnit.SECONDS)).getCause();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a wait without limit ends when the descriptor becomes ready, with the events")
    void shouldReturnTheEventsWhenTheDescriptorBecomesReady(Kind kind) throws Exception {
        try (EventFd counter = EventFd.open()) {
            Waiting waiting = kind.park(() -> Readiness.await(counter, EPOLLIN));

            counter.write(1);

            assertThat(waiting.result()).isEqualTo(EPOLLIN);
            assertThat(Readiness.await(counter, EPOLLIN | EPOLLOUT, LONG)).isEqualTo(EPOLLIN | EPOLLOUT);
            assertThat(Readiness.await(counter.fd(), EPOLLIN)).isEqualTo(EPOLLIN);
            assertThat(Readiness.await(counter.fd(), EPOLLOUT, LONG)).isEqualTo(EPOLLOUT);
            assertThat(Readiness.await(counter.fd(), EPOLLOUT, Duration.ofNanos(1))).as("also with the least limit")
                    .isEqualTo(EPOLLOUT);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a wait with a limit returns 0 after it, never before; zero returns at once, with what is ready")
    void shouldReturnZeroWhenTheTimeIsOver(Kind kind) throws Exception {
        try (EventFd counter = EventFd.open()) {
            long took = kind.start(() -> {
                long start = System.nanoTime();
                assertThat(Readiness.await(counter, EPOLLIN, SHORT)).isZero();
                return Math.toIntExact(System.nanoTime() - start);
            }).result();
            assertThat(took).isGreaterThanOrEqualTo(SHORT.toNanos());

            assertThat(kind.start(() -> Readiness.await(counter, EPOLLIN, Duration.ZERO)).result()).isZero();
            assertThat(kind.start(() -> Readiness.await(counter.fd(), EPOLLIN | EPOLLOUT, Duration.ZERO)).result())
                    .isEqualTo(EPOLLOUT);
            assertThat(kind.start(() -> Readiness.await(counter, EPOLLIN, Duration.ofNanos(1))).result()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a descriptor that is ready when the least time is over counts as ready, whether the poller has "
            + "seen it "
            + "or not")
    void shouldReturnTheEventsWhenTheyComeWithTheDeadline(Kind kind) throws Exception {
        for (int round = 0; round < 50; round++) {
            try (EventFd counter = EventFd.open()) {
                assertThat(Readiness.await(counter, EPOLLIN, Duration.ZERO)).isZero(); // the next does not poll first
                assertThat(Readiness.await(counter, EPOLLIN, Duration.ofNanos(1))).isZero();
                counter.write(1);
                assertThat(kind.start(() -> Readiness.await(counter, EPOLLIN, Duration.ofNanos(1))).result())
                        .isEqualTo(EPOLLIN);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a time that is longer than any clock counts is no limit")
    void shouldWaitWhenTheTimeIsTheLongest(Kind kind) throws Exception {
        try (EventFd counter = EventFd.open()) {
            Waiting waiting = kind.park(() -> Readiness.await(counter, EPOLLIN, Duration.ofSeconds(Long.MAX_VALUE)));
            counter.write(1);
            assertThat(waiting.result()).isEqualTo(EPOLLIN);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("an interrupt ends a wait, clears the status, leaves the descriptor open, and takes the registration "
            + "back (J17)")
    void shouldThrowWhenTheThreadIsInterrupted(Kind kind) throws Exception {
        try (EventFd counter = EventFd.open()) {
            for (boolean isLimited : new boolean[] {false, true}) {
                Waiting waiting = kind.park(() -> {
                    assertThatExceptionOfType(InterruptedException.class)
                            .isThrownBy(() -> {
                                if (isLimited) {
                                    Readiness.await(counter, EPOLLIN, LONG);
                                } else {
                                    Readiness.await(counter, EPOLLIN);
                                }
                            });
                    return Thread.currentThread().isInterrupted() ? 1 : 0;
                });

                waiting.thread.interrupt();

                assertThat(waiting.result()).as("interrupt status").isZero();
                assertThat(counter.isOpen() && Fds.isOpen(counter.fd())).isTrue();
                assertThat(watched(counter.fd())).isFalse();
            }
            counter.write(1);
            assertThat(counter.read()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a thread that is interrupted already does not wait, also if the descriptor is ready")
    void shouldThrowWhenTheThreadIsInterruptedBefore(Kind kind) throws Exception {
        try (EventFd counter = EventFd.open(1)) {
            for (Duration limit : List.of(Duration.ZERO, LONG)) {
                assertThat(kind.start(() -> {
                    Thread.currentThread().interrupt();
                    assertThatExceptionOfType(InterruptedException.class)
                            .isThrownBy(() -> Readiness.await(counter, EPOLLIN, limit));
                    return Thread.currentThread().isInterrupted() ? 1 : 0;
                }).result()).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("close in another thread returns at once, ends the waits, and the last of them closes the number "
            + "(J19)")
    void shouldThrowWhenTheOwnerIsClosed(Kind kind) throws Exception {
        EventFd counter = EventFd.open();
        int fd = counter.fd();
        List<Waiting> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            all.add(kind.park(() -> Readiness.await(counter, EPOLLIN)));
            all.add(kind.park(() -> Readiness.await(counter, EPOLLPRI, LONG)));
        }
        counter.acquire(); // as one more call that runs

        counter.close();

        for (Waiting waiting : all) {
            assertThat(waiting.failure()).isInstanceOf(IllegalStateException.class).hasMessage("EventFd is closed");
        }
        assertThat(Fds.isOpen(fd)).isTrue();
        assertThat(watched(fd)).isFalse();
        counter.release();
        assertThat(Fds.isOpen(fd)).isFalse();
        assertThatIllegalStateException().isThrownBy(() -> Readiness.await(counter, EPOLLIN, Duration.ZERO))
                .withMessage("EventFd is closed");
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a borrower that is closed ends the waits through it, and those of the owner of the number go on")
    void shouldWaitOnWhenAnotherOwnerOfTheNumberIsClosed(Kind kind) throws Exception {
        try (EventFd counter = EventFd.open()) {
            FileFd borrower = FileFd.borrow(counter.fd());
            Waiting through = kind.park(() -> Readiness.await(borrower, EPOLLIN));
            Waiting owner = kind.park(() -> Readiness.await(counter, EPOLLIN));

            borrower.close();

            assertThat(through.failure()).isInstanceOf(IllegalStateException.class);
            owner.awaitParked();
            counter.write(1);
            assertThat(owner.result()).isEqualTo(EPOLLIN);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("an epoll instance: its events end a wait for it, and so does its close, which returns")
    void shouldWaitForAnEpollInstanceWhenItIsWatchedAndClosed(Kind kind) throws Exception {
        EpollInstance epoll = EpollInstance.open();
        try (EventFd counter = EventFd.open()) {
            epoll.add(counter, EPOLLIN);
            Waiting first = kind.park(() -> Readiness.await(epoll, EPOLLIN));
            counter.write(1);
            assertThat(first.result()).isEqualTo(EPOLLIN);
            counter.read();
            Waiting second = kind.park(() -> Readiness.await(epoll, EPOLLIN, LONG));

            epoll.close();

            assertThat(second.failure()).isInstanceOf(IllegalStateException.class)
                    .hasMessage("EpollInstance is closed");
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a borrowed number that is announced as closing: its waits end")
    void shouldThrowWhenABorrowedNumberIsClosing(Kind kind) throws Exception {
        EventFd counter = EventFd.open();
        int fd = counter.fd();
        Waiting waiting = kind.park(() -> Readiness.await(fd, EPOLLIN));
        Waiting limited = kind.park(() -> Readiness.await(fd, EPOLLIN, LONG));

        Readiness.closing(fd);

        assertThat(waiting.failure()).isInstanceOf(IllegalStateException.class)
                .hasMessage("descriptor " + fd + " is closed");
        assertThat(limited.failure()).isInstanceOf(IllegalStateException.class);
        counter.close();
        Readiness.closing(1 << 20); // never waited for
        assertThatIllegalArgumentException().isThrownBy(() -> Readiness.closing(-1));
    }

    @Test
    @DisplayName("a number that was ready and is announced as closing: its registration ends, also while a duplicate "
            + "keeps the file open; another wait for it registers again")
    void shouldTakeTheRegistrationBackWhenANumberIsClosing() throws Exception {
        try (EventFd counter = EventFd.open(1); FileFd duplicate = counter.duplicate()) {
            assertThat(Readiness.await(counter.fd(), EPOLLIN)).isEqualTo(EPOLLIN);
            assertThat(watched(counter.fd())).isTrue();

            Readiness.closing(counter.fd());

            assertThat(watched(counter.fd())).isFalse();
            assertThat(Readiness.await(counter.fd(), EPOLLIN)).isEqualTo(EPOLLIN);
            assertThat(duplicate.isOpen()).isTrue();
        }
    }

    @Test
    @DisplayName("a regular file, a directory and /dev/null: EPERM at once, with any limit, and the kind is named")
    void shouldRefuseWhenTheFileCannotBePolled(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        for (Duration limit : List.of(Duration.ZERO, LONG)) {
            try (FileFd regular = FileFd.open(file, OpenFlags.O_RDONLY)) {
                assertThatExceptionOfType(ErrnoException.class)
                        .isThrownBy(() -> Readiness.await(regular, EPOLLIN, limit))
                        .withMessage("epoll_ctl(ADD, fd=%d (a regular file), EPOLLIN): EPERM (Operation not permitted)",
                                regular.fd());
            }
            try (FileFd directory = FileFd.open(folder, OpenFlags.O_RDONLY);
                    FileFd device = FileFd.open(Path.of("/dev/null"), OpenFlags.O_RDONLY)) {
                for (FileFd each : List.of(directory, device)) {
                    assertThat(errno(() -> Readiness.await(each, EPOLLIN, limit))).isEqualTo(Errno.EPERM);
                }
            }
        }
        try (EventFd counter = EventFd.open(1)) { // the number of a file before
            assertThat(Readiness.await(counter, EPOLLIN, Duration.ZERO)).isEqualTo(EPOLLIN);
        }
    }

    @Test
    @DisplayName("a number that is ready, closed, and then a regular file's: EPERM, also if it was asked about before")
    void shouldRefuseWhenTheNumberIsARegularFilesNow(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        int fd;
        try (EventFd counter = EventFd.open(1)) {
            fd = counter.fd();
            assertThat(Readiness.await(counter, EPOLLIN)).isEqualTo(EPOLLIN);
        }
        List<FileFd> files = new ArrayList<>();
        do {
            files.add(FileFd.open(file, OpenFlags.O_RDONLY));
        } while (files.getLast().fd() < fd);
        for (FileFd each : files) {
            assertThat(errno(() -> Readiness.await(each, EPOLLIN, Duration.ZERO))).isEqualTo(Errno.EPERM);
            each.close();
        }
    }

    @Test
    @DisplayName("a number that is not open: EBADF, with any limit, however large the number is")
    void shouldRefuseWhenTheNumberIsNotOpen() throws Exception {
        EventFd counter = EventFd.open();
        int fd = counter.fd();
        assertThat(Readiness.await(fd, EPOLLOUT)).isEqualTo(EPOLLOUT);
        counter.close();
        for (int number : new int[] {1_000_000_000, Integer.MAX_VALUE}) {
            for (Duration limit : List.of(Duration.ZERO, LONG)) {
                assertThat(errno(() -> Readiness.await(number, EPOLLIN, limit))).isEqualTo(Errno.EBADF);
            }
        }
        try (FileFd path = FileFd.open(Path.of("/"), OpenFlags.O_PATH)) {
            assertThat(errno(() -> Readiness.await(path, EPOLLIN))).isEqualTo(Errno.EBADF);
        }
    }

    @Test
    @DisplayName("an epoll instance that watches others: two deep it can be waited for, three deep is ELOOP")
    void shouldRefuseWhenInstancesAreNestedTooDeep() throws Exception {
        List<EpollInstance> chain = new ArrayList<>(List.of(EpollInstance.open()));
        for (int deep = 1; deep <= 3; deep++) {
            EpollInstance outer = EpollInstance.open();
            outer.add(chain.getLast(), EPOLLIN);
            chain.add(outer);
            boolean isTooDeep = errno(() -> Readiness.await(outer, EPOLLIN, Duration.ofNanos(1))) == Errno.ELOOP;
            assertThat(isTooDeep).as("%d deep", deep).isEqualTo(deep == 3);
        }
        chain.forEach(EpollInstance::close);
    }

    @Test
    void shouldRefuseWhenTheArgumentsAreWrong() throws Exception {
        try (EventFd counter = EventFd.open()) {
            for (int events : new int[] {0, EPOLLIN | EPOLLET, EPOLLIN | EPOLLONESHOT, EPOLLEXCLUSIVE, 1 << 20}) {
                assertThatIllegalArgumentException().isThrownBy(() -> Readiness.await(counter, events));
                assertThatIllegalArgumentException().isThrownBy(() -> Readiness.await(counter.fd(), events, LONG));
            }
            assertThatIllegalArgumentException().isThrownBy(() -> Readiness.await(-1, EPOLLIN));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Readiness.await(counter, EPOLLIN, Duration.ofNanos(-1)));
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a reader and a writer of one descriptor are woken by their own events")
    void shouldWakeEachDirectionWhenADescriptorIsReadAndWritten(Kind kind) throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            fill(pair.first());
            Waiting writer = kind.park(() -> Readiness.await(pair.first(), EPOLLOUT));
            Waiting reader = kind.park(() -> Readiness.await(pair.first(), EPOLLIN));

            pair.second().write(ByteBuffer.allocate(1));
            assertThat(reader.result()).isEqualTo(EPOLLIN);
            writer.awaitParked();

            drain(pair.second());
            assertThat(writer.result()).isEqualTo(EPOLLOUT);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("a peer that closes wakes all waiters of the descriptor, with EPOLLHUP in the mask")
    void shouldWakeAllWhenThePeerCloses(Kind kind) throws Exception {
        try (SocketPair<UnixStream> pair = SocketPair.open()) {
            fill(pair.first());
            List<Waiting> all = new ArrayList<>();
            for (int events : new int[] {EPOLLIN, EPOLLOUT, EPOLLIN, EPOLLRDHUP, EPOLLHUP}) {
                all.add(kind.park(() -> Readiness.await(pair.first(), events)));
            }

            pair.second().close();

            for (Waiting waiting : all) {
                assertThat(waiting.result() & EPOLLHUP).isEqualTo(EPOLLHUP);
            }
            assertThat(all.get(3).result() & EPOLLIN).as("not asked for").isZero();
        }
        try (Pipe pipe = Pipe.open()) {
            fill(pipe);
            Waiting writer = kind.park(() -> Readiness.await(pipe.writer(), EPOLLOUT));
            pipe.reader().close();
            assertThat(writer.result() & EPOLLERR).isEqualTo(EPOLLERR);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("several readers: each unit of data ends the wait of one that reads it, and the others wait on (J18)")
    void shouldWakeOneForEachUnitWhenSeveralWait(Kind kind) throws Exception {
        try (EventFd semaphore = EventFd.openSemaphore(0)) {
            List<Integer> done = Collections.synchronizedList(new ArrayList<>());
            List<Waiting> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                readers.add(kind.park(() -> {
                    while (semaphore.read() == 0) {
                        Readiness.await(semaphore, EPOLLIN);
                    }
                    done.add(number);
                    return 0;
                }));
            }
            for (int units = 1; units <= 4; units++) {
                int expected = units;
                semaphore.write(1);
                Eventually.await("one more has read", () -> done.size() == expected);
            }
            for (Waiting reader : readers) {
                reader.result();
            }
            assertThat(done).containsExactlyInAnyOrder(0, 1, 2, 3);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("descriptors of every kind: a timer, a child, file events, a FIFO, a terminal")
    void shouldWakeWhenADescriptorOfAnyKindIsReady(Kind kind, @TempDir Path folder) throws Exception {
        try (TimerFd timer = TimerFd.open()) {
            timer.after(SHORT);
            assertThat(kind.start(() -> Readiness.await(timer, EPOLLIN)).result()).isEqualTo(EPOLLIN);
        }
        Process process = new ProcessBuilder("cat").start();
        try (PidFd child = PidFd.of(process)) {
            Waiting waiting = kind.park(() -> Readiness.await(child, EPOLLIN));
            process.getOutputStream().close();
            assertThat(waiting.result() & EPOLLIN).isEqualTo(EPOLLIN);
        }
        try (Inotify inotify = Inotify.open()) {
            inotify.add(folder, InotifyFlags.IN_CREATE);
            Waiting waiting = kind.park(() -> Readiness.await(inotify, EPOLLIN));
            Files.createFile(folder.resolve("new"));
            assertThat(waiting.result()).isEqualTo(EPOLLIN);
        }
        Path fifo = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        try (FileFd reader = FileFd.open(fifo, OpenFlags.O_RDWR)) { // blocking: the wait is what does not
            Waiting waiting = kind.park(() -> Readiness.await(reader, EPOLLIN));
            Files.writeString(fifo, "x");
            assertThat(waiting.result()).isEqualTo(EPOLLIN);
        }
        try (FileFd terminal = FileFd.open(Path.of("/dev/ptmx"), OpenFlags.O_RDWR | OpenFlags.O_NOCTTY)) {
            assertThat(kind.start(() -> Readiness.await(terminal, EPOLLOUT)).result() & EPOLLOUT).isEqualTo(EPOLLOUT);
        }
    }

    @Test
    @DisplayName("a FIFO reads -1 before its first writer has opened it, and is not ready: a wait comes first")
    void shouldWaitForTheFirstWriterWhenAFifoIsOpened(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
        try (FileFd fifo = FileFd.open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK)) {
            assertThat(fifo.read(ByteBuffer.allocate(8))).isEqualTo(-1);
            assertThat(Readiness.await(fifo, EPOLLIN, Duration.ZERO)).isZero();
            Waiting waiting = Kind.VIRTUAL.park(() -> Readiness.await(fifo, EPOLLIN));
            Files.writeString(path, "x");
            assertThat(waiting.result() & EPOLLIN).isEqualTo(EPOLLIN);
            assertThat(fifo.read(ByteBuffer.allocate(8))).isOne();
        }
    }

    @Test
    @DisplayName("hundreds of duplicates of one file can be awaited; EINVAL refuses more, also after one is closed")
    void shouldRefuseWhenOneFileHasTooManyAwaitedDuplicates() throws Exception {
        List<FileFd> duplicates = new ArrayList<>();
        try (EventFd ready = EventFd.open(1)) {
            int refused = 0;
            while (refused == 0 && duplicates.size() < 1100) {
                FileFd duplicate = ready.duplicate();
                duplicates.add(duplicate);
                refused = errno(() -> Readiness.await(duplicate, EPOLLIN));
            }
            assertThat(refused).isEqualTo(Errno.EINVAL);
            assertThat(duplicates).hasSizeBetween(400, 1001);
            assertThat(Readiness.await(duplicates.getFirst(), EPOLLIN)).isEqualTo(EPOLLIN);
            duplicates.removeFirst().close();
            assertThat(errno(() -> Readiness.await(duplicates.getLast(), EPOLLIN))).isEqualTo(Errno.EINVAL);
        } finally {
            duplicates.forEach(FileFd::close);
        }
    }

    private static int errno(Callable<?> call) throws Exception {
        try {
            call.call();
        } catch (ErrnoException e) {
            return e.errno();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        }
        return 0;
    }

    private static void fill(UnixStream stream) throws IOException {
        stream.set(SO_SNDBUF, 4096);
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        while (stream.write(bytes.clear()) > 0) {
            bytes.clear();
        }
    }

    private static void fill(Pipe pipe) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        while (pipe.writer().write(bytes.clear()) > 0) {
            bytes.clear();
        }
    }

    private static void drain(UnixStream stream) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        while (stream.read(bytes.clear()) > 0) {
            bytes.clear();
        }
    }

    /** Returns whether an epoll instance of this process has a registration of a number that is armed. */
    private static boolean watched(int fd) throws IOException {
        try (var infos = Files.list(Path.of("/proc/self/fdinfo"))) {
            for (Path info : (Iterable<Path>) infos::iterator) {
                for (String line : lines(info)) {
                    String[] words = line.strip().split("\\s+");
                    if (line.startsWith("tfd:") && words[1].equals(Integer.toString(fd))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private static List<String> lines(Path info) {
        try {
            return Files.readAllLines(info);
        } catch (IOException e) {
            return List.of(); // closed meanwhile
        }
    }
}
