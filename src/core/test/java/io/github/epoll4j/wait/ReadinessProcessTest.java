package io.github.epoll4j.wait;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Eventually;
import io.github.epoll4j.testing.Fds;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What holds for a process as a whole: its threads, its carriers, its memory. */
@Timeout(300)
class ReadinessProcessTest {
    private static final String[] ONE_CARRIER = {
        "-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1"};
    /** The number of descriptors that a process has open beside those of a test. */
    private static final int OTHER_DESCRIPTORS = 200;

    @Test
    @DisplayName("a program that never waits has no poller; the first wait starts them, as daemons: the program ends")
    void shouldStartNothingWhenNoThreadWaits() throws Exception {
        assertThat(ChildJvm.of(Lazy.class).run().lines()).containsExactly(
                "before: 1 event descriptors, 0 threads", "ready: true", "after: 1 threads");
    }

    /** Uses a descriptor, and then waits for it. */
    static final class Lazy {
        public static void main(String[] args) throws Exception {
            EventFd counter = EventFd.open(1);
            counter.duplicate().close();
            System.out.println("before: " + Fds.ofLoops() + " event descriptors, " + pollers() + " threads");
            System.out.println("ready: " + (Readiness.await(counter, EPOLLIN) == EPOLLIN));
            System.out.println("after: " + pollers() + " threads");
        }

        private static long pollers() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("epoll4j")).count();
        }
    }

    @Test
    @DisplayName("10,000 waits, and one carrier that is never held: another virtual thread goes on, and no wait is "
            + "pinned (J16)")
    void shouldLeaveTheCarrierFreeWhenManyWait(@TempDir Path folder) throws Exception {
        int waiters = 10_000;
        assumeTrue(Fds.limit() >= waiters + OTHER_DESCRIPTORS, "the limit of descriptors");
        Path recording = folder.resolve("recording.jfr");

        ChildJvm.Result result = ChildJvm.of(Crowded.class).options(ONE_CARRIER)
                .options("-XX:StartFlightRecording:filename=" + recording
                        + ",jdk.VirtualThreadPinned#enabled=true,jdk.VirtualThreadPinned#threshold=0ms",
                        "-Xlog:jfr*=off")
                .run(Integer.toString(waiters));

        assertThat(result.lines()).contains(waiters + " wait", "the heart beats", waiters + " woken");
        Commands.Result events = Commands.run(folder, Map.of(), Path.of(System.getProperty("java.home"), "bin", "jfr")
                .toString(), "print", "--events", "jdk.VirtualThreadPinned", recording.toString());
        assertThat(events.status()).isZero();
        assertThat(events.output()).doesNotContain("jdk.VirtualThreadPinned");
    }

    /** Has many virtual threads wait for a counter each; half of the waits have a limit. */
    static final class Crowded {
        public static void main(String[] args) throws Exception {
            int count = Integer.parseInt(args[0]);
            List<EventFd> counters = new ArrayList<>();
            List<Thread> waiters = new ArrayList<>();
            AtomicInteger woken = new AtomicInteger();
            for (int i = 0; i < count; i++) {
                EventFd counter = EventFd.open();
                counters.add(counter);
                Duration limit = Duration.ofHours(i % 2 + 1);
                waiters.add(Thread.ofVirtual().start(() -> {
                    if (await(counter, limit)) {
                        woken.incrementAndGet();
                    }
                }));
            }
            awaitParked(waiters);
            System.out.println(count + " wait");
            AtomicInteger beats = new AtomicInteger();
            Thread.ofVirtual().start(() -> beat(beats));
            Eventually.await("the heart beats", () -> beats.get() > 20);
            System.out.println("the heart beats");
            Thread writer = Thread.ofVirtual().start(() -> counters.forEach(ReadinessProcessTest::write));
            writer.join();
            for (Thread waiter : waiters) {
                waiter.join();
            }
            System.out.println(woken + " woken");
        }
    }

    @Test
    @DisplayName("reads of FIFOs: a blocking stream holds every carrier, and nothing else runs; Readiness holds "
            + "none (J16)")
    void shouldLeaveCarriersFreeWhereABlockingStreamHoldsThem(@TempDir Path folder) throws Exception {
        List<String> fifos = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            fifos.add(folder.resolve("fifo" + i).toString());
            assertThat(Commands.run(folder, Map.of(), "mkfifo", fifos.get(i)).status()).isZero();
        }
        for (boolean isBlocking : List.of(true, false)) {
            ChildJvm.Result result = ChildJvm.of(Starved.class)
                    .options("-Djdk.virtualThreadScheduler.parallelism=2", "-Djdk.virtualThreadScheduler.maxPoolSize=2")
                    .run(Boolean.toString(isBlocking), fifos.get(0), fifos.get(1));

            assertThat(result.lines()).containsExactly(isBlocking ? "nothing runs" : "the heart beats", "2 read",
                    "the heart beats at the end");
        }
    }

    /** Reads some FIFOs in virtual threads, as many as there are carriers, and has another virtual thread run. */
    static final class Starved {
        private static final long OBSERVED_NANOS = 300_000_000;

        public static void main(String[] args) throws Exception {
            boolean isBlocking = Boolean.parseBoolean(args[0]);
            AtomicInteger reading = new AtomicInteger();
            AtomicInteger read = new AtomicInteger();
            List<Thread> readers = new ArrayList<>();
            List<FileFd> fifos = new ArrayList<>();
            for (int i = 1; i < args.length; i++) {
                Path path = Path.of(args[i]);
                fifos.add(FileFd.open(path, OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK));
                readers.add(Thread.ofVirtual().start(() -> {
                    reading.incrementAndGet();
                    if (isBlocking ? readStream(path) : readFifo(path)) {
                        read.incrementAndGet();
                    }
                }));
            }
            Eventually.await("all read", () -> reading.get() == readers.size());
            AtomicInteger beats = new AtomicInteger();
            Thread.ofVirtual().start(() -> beat(beats));
            if (isBlocking) {
                long start = System.nanoTime();
                while (System.nanoTime() - start < OBSERVED_NANOS) {
                    LockSupport.parkNanos(OBSERVED_NANOS / 10);
                }
                System.out.println(beats.get() == 0 ? "nothing runs" : "the heart beats");
            } else {
                Eventually.await("the heart beats", () -> beats.get() > 20);
                System.out.println("the heart beats");
            }
            for (FileFd fifo : fifos) {
                fifo.write(ByteBuffer.allocate(1));
            }
            for (Thread reader : readers) {
                reader.join();
            }
            System.out.println(read + " read");
            int before = beats.get();
            Eventually.await("the heart beats", () -> beats.get() > before);
            System.out.println("the heart beats at the end");
        }

        private static boolean readStream(Path path) {
            try (InputStream in = new FileInputStream(path.toFile())) {
                return in.read() == 0;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        private static boolean readFifo(Path path) {
            try (FileFd fifo = FileFd.open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK)) {
                ByteBuffer bytes = ByteBuffer.allocate(1);
                while (fifo.read(bytes) == 0) {
                    Readiness.await(fifo, EPOLLIN);
                }
                return bytes.get(0) == 0;
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /**
     * Starts 2000 threads, or as many as {@code -Depoll4j.waiters=100000} says. The frames of a parked thread are most
     * of its memory. They are larger while the code is interpreted, so the bound is far above that of compiled code.
     */
    @Test
    @DisplayName("many waiting threads, one or ten for each descriptor: no memory is left behind when they have ended, "
            + "on the heap or outside of it")
    void shouldLeaveNoMemoryBehindWhenManyHaveWaited() throws Exception {
        int waiters = Integer.getInteger("epoll4j.waiters", 2000);
        for (int each : new int[] {1, 10}) {
            int descriptors = Math.min(waiters / each, each == 1 ? 15_000 : 10_000);
            assumeTrue(Fds.limit() >= descriptors + OTHER_DESCRIPTORS, "the limit of descriptors");

            List<String> lines = ChildJvm.of(Memory.class).options("-Xmx2g", "-XX:TieredStopAtLevel=4")
                    .run("" + descriptors * each, "" + descriptors).lines();

            assertThat(number(lines, "heap of a waiter above a parked thread")).isLessThan(2000);
            assertThat(number(lines, "heap left behind by each")).as("the table's entries").isLessThan(60);
            assertThat(number(lines, "resident KB of the second round above the first")).isLessThan(20_000);
        }
    }

    private static long number(List<String> lines, String name) {
        return lines.stream().filter(line -> line.startsWith(name + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 2))).findFirst().orElseThrow();
    }

    /** Compares the live heap with many parked threads, and with as many that wait. */
    static final class Memory {
        public static void main(String[] args) throws Exception {
            int threads = Integer.parseInt(args[0]);
            int descriptors = Integer.parseInt(args[1]);
            for (int i = 0; i < 20; i++) { // the compiler, and the tables
                parked(500);
                waiting(500, Math.min(descriptors, 500));
            }
            long parked = parked(threads);
            long empty = heap();
            long waiting = waiting(threads, descriptors);
            long left = heap() - empty;
            long resident = residentKb();
            waiting(threads, descriptors);
            System.out.println("heap of a parked thread: " + parked / threads);
            System.out.println("heap of a waiter above a parked thread: " + (waiting - parked) / threads);
            System.out.println("heap left behind by each: " + left / threads);
            System.out.println("resident KB of the second round above the first: " + (residentKb() - resident));
        }

        private static long parked(int count) throws Exception {
            CountDownLatch end = new CountDownLatch(1);
            long before = heap();
            List<Thread> threads = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                threads.add(Thread.ofVirtual().start(() -> {
                    while (end.getCount() > 0) {
                        LockSupport.park();
                    }
                }));
            }
            awaitParked(threads);
            long heap = heap() - before;
            end.countDown();
            for (Thread thread : threads) {
                LockSupport.unpark(thread);
                thread.join();
            }
            return heap;
        }

        private static long waiting(int count, int descriptors) throws Exception {
            List<EventFd> counters = new ArrayList<>();
            for (int i = 0; i < descriptors; i++) {
                counters.add(EventFd.open());
            }
            long before = heap();
            List<Thread> threads = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                EventFd counter = counters.get(i % descriptors);
                threads.add(Thread.ofVirtual().start(() -> {
                    try {
                        Readiness.await(counter, EPOLLIN);
                    } catch (IOException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }));
            }
            awaitParked(threads);
            long heap = heap() - before;
            counters.forEach(ReadinessProcessTest::write);
            for (Thread thread : threads) {
                thread.join();
            }
            counters.forEach(EventFd::close);
            return heap;
        }

        private static long heap() {
            System.gc();
            System.gc();
            return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        }

        private static long residentKb() throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
                return lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
            }
        }
    }

    private static void awaitParked(List<Thread> threads) {
        for (Thread thread : threads) {
            Eventually.await("all wait", () -> thread.getState() == Thread.State.WAITING
                    || thread.getState() == Thread.State.TIMED_WAITING);
        }
    }

    private static boolean await(EventFd counter, Duration limit) {
        try {
            int events = limit.toHours() > 1 ? Readiness.await(counter, EPOLLIN, limit)
                    : Readiness.await(counter, EPOLLIN);
            return events == EPOLLIN;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(EventFd counter) {
        try {
            counter.write(1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Counts milliseconds until the program ends. A loop of yields would starve threads that others start. An interrupt
     * could pin this one for a moment, in the JDK's own code.
     */
    private static void beat(AtomicInteger beats) {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(1);
                beats.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
