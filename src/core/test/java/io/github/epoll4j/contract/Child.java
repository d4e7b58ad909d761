package io.github.epoll4j.contract;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process of {@code posix_spawn}: unlike those of Java it inherits each descriptor without close-on-exec, and nobody
 * but {@link #reap} fetches its status.
 *
 * @param pid its number
 */
record Child(int pid) {
    private static final int SIGKILL = 9;
    private static final long FILE_ACTIONS_BYTES = 256;

    /** Starts {@code sh -c}, with a descriptor as its standard output. */
    static Child shell(String script, int output) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom("/bin/sh");
            MemorySegment arguments = arena.allocate(ValueLayout.ADDRESS, 4); // the last is NULL
            arguments.setAtIndex(ValueLayout.ADDRESS, 0, path);
            arguments.setAtIndex(ValueLayout.ADDRESS, 1, arena.allocateFrom("-c"));
            arguments.setAtIndex(ValueLayout.ADDRESS, 2, arena.allocateFrom(script));
            MemorySegment environment = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment pid = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment actions = arena.allocate(FILE_ACTIONS_BYTES, Long.BYTES);
            ErrnoException.check(-LibC.call("posix_spawn_file_actions_init", actions), "posix_spawn", script);
            ErrnoException.check(-LibC.call("posix_spawn_file_actions_adddup2", actions, output, 1), "posix_spawn", "");
            int error = LibC.call("posix_spawn", pid, path, actions, MemorySegment.NULL, arguments, environment);
            LibC.call("posix_spawn_file_actions_destroy", actions);
            ErrnoException.check(-error, "posix_spawn", script);
            return new Child(pid.get(ValueLayout.JAVA_INT, 0));
        }
    }

    /** Waits until it runs a program of some name, for 20 seconds. */
    void awaitName(String name) throws IOException {
        long start = System.nanoTime();
        while (!Files.readString(Path.of("/proc/" + pid + "/comm")).strip().equals(name)) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(20)) {
                throw new AssertionError("no " + name + " within 20 s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** Ends it, and fetches its status. */
    void kill() throws ErrnoException {
        LibC.call("kill", pid, SIGKILL);
        reap();
    }

    /** Waits for its end and fetches its exit status. */
    int reap() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(ValueLayout.JAVA_INT);
            ErrnoException.check(LibC.call("waitpid", pid, status, 0), "waitpid", String.valueOf(pid));
            return status.get(ValueLayout.JAVA_INT, 0) >> 8;
        }
    }
}
