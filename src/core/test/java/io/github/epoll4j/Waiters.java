package io.github.epoll4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Threads that block in a wait, and the knowledge that they do, without sleeping to synchronise. */
public final class Waiters {
    /** The numbers of epoll_wait, epoll_pwait, epoll_pwait2, poll, ppoll, select and pselect6. */
    private static final Set<String> WAIT_CALLS = System.getProperty("os.arch").equals("aarch64")
            ? Set.of("22", "441", "73", "72")
            : Set.of("232", "281", "441", "7", "271", "23", "270");
    private static final Set<String> READ_CALL = Set.of(System.getProperty("os.arch").equals("aarch64") ? "63" : "0");
    private static final Set<String> ACCEPT_CALLS =
            System.getProperty("os.arch").equals("aarch64") ? Set.of("202", "242") : Set.of("43", "288");
    private static final Map<FutureTask<?>, String> NAMES = new ConcurrentHashMap<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    private Waiters() {
    }

    /** Starts a daemon platform thread. */
    public static <T> FutureTask<T> start(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        String name = "waiter-" + COUNT.incrementAndGet();
        NAMES.put(task, name);
        Thread.ofPlatform().daemon().name(name).start(task);
        return task;
    }

    /** Returns when the kernel says that the thread of a task sleeps in a wait call; fails after 20 seconds. */
    public static void awaitBlockedInNative(FutureTask<?> task) throws IOException {
        awaitBlocked(task, WAIT_CALLS);
    }

    /** Returns when the kernel says that the thread of a task sleeps in read; fails after 20 seconds. */
    public static void awaitBlockedInRead(FutureTask<?> task) throws IOException {
        awaitBlocked(task, READ_CALL);
    }

    /** Returns when the kernel says that the thread of a task sleeps in accept; fails after 20 seconds. */
    public static void awaitBlockedInAccept(FutureTask<?> task) throws IOException {
        awaitBlocked(task, ACCEPT_CALLS);
    }

    private static void awaitBlocked(FutureTask<?> task, Set<String> calls) throws IOException {
        long start = System.nanoTime();
        while (!isIn(calls, NAMES.get(task))) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(20) || task.isDone()) {
                throw new AssertionError(NAMES.get(task) + " does not wait; done: " + task.isDone());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static boolean isIn(Set<String> calls, String threadName) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (Path thread : (Iterable<Path>) threads::iterator) {
                if (read(thread.resolve("comm")).strip().equals(threadName)) {
                    return calls.contains(read(thread.resolve("syscall")).split(" ")[0]);
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
}
