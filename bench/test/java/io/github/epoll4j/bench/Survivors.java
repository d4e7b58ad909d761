package io.github.epoll4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Tells of processes that somebody else started whether they are gone. */
public final class Survivors {
    private static final long PATIENCE_SECONDS = 30;
    private static final long PAUSE_NANOS = 10_000_000;

    private Survivors() {
    }

    /** Waits until a process has ended, whether its exit status was asked for or not; kills it if it goes on. */
    public static void requireEnd(ProcessHandle process) throws IOException {
        long start = System.nanoTime();
        while (isRunning(process.pid()) && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS)) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        boolean isRunning = isRunning(process.pid());
        process.destroyForcibly();
        assertThat(isRunning).as("process " + process.pid() + " goes on").isFalse();
    }

    private static boolean isRunning(long pid) throws IOException {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            if (e.getMessage().contains("No such process")) {
                return false;
            }
            throw e;
        }
    }
}
