package io.github.epoll4j.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What {@code /proc/PID/stat} shows of a process. */
public final class Processes {
    private static final int MILLIS_PER_TICK = 10;

    private Processes() {
    }

    /** Returns the user and system time of all threads of a process, with the resolution of 10 ms. */
    public static long cpuMillis(long pid) throws IOException {
        String[] fields = stat(pid);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_PER_TICK;
    }

    /** Returns the fields of the file from the third on: the second is a name that may contain anything. */
    private static String[] stat(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }
}
