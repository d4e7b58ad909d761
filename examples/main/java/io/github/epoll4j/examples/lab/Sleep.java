package io.github.epoll4j.examples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Knows, from the kernel, when a thread sleeps in a wait. */
final class Sleep {
    /** The numbers of epoll_wait, epoll_pwait and epoll_pwait2. */
    private static final Set<String> WAIT_CALLS = System.getProperty("os.arch").equals("aarch64")
            ? Set.of("22", "441") : Set.of("232", "281", "441");
    private static final AtomicInteger COUNT = new AtomicInteger();

    private Sleep() {
    }

    /** A name of at most 15 letters, by which the kernel knows the thread as well. */
    static String nextName() {
        return "sleeper-" + COUNT.incrementAndGet();
    }

    /** Waits until a thread sleeps in a wait; false if it ends, or does not for seconds. */
    static boolean await(Thread thread) throws IOException {
        if (!Files.isReadable(Path.of("/proc/self/syscall"))) {
            throw Lab.skip("needs /proc/self/task/*/syscall to know when a thread sleeps");
        }
        long start = System.nanoTime();
        while (!isAsleep(thread.getName())) {
            if (!thread.isAlive() || System.nanoTime() - start > TimeUnit.SECONDS.toNanos(10)) {
                return false;
            }
            LockSupport.parkNanos(100_000);
        }
        return true;
    }

    private static boolean isAsleep(String name) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : (Iterable<Path>) tasks::iterator) {
                if (read(task.resolve("comm")).strip().equals(name)) {
                    return WAIT_CALLS.contains(read(task.resolve("syscall")).split(" ")[0]);
                }
            }
            return false;
        }
    }

    /** Reads a file of a thread that may end meanwhile. */
    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits for a thread's end, for seconds. */
    static void join(Thread thread) {
        try {
            thread.join(Watch.PATIENCE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
