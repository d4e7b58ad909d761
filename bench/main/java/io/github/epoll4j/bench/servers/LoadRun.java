package io.github.epoll4j.bench.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/**
 * Results of one run of the load.
 *
 * @param messages   the messages that came back in the measured time, as fast as the server answered
 * @param nanos      that time
 * @param serverCpu  the processor time of the server's process in it, in nanoseconds
 * @param loadCpu    that of the load
 * @param othersCpu  that of everything else on the machine, which should be none: the rest of the kernel's ticks, and
 *     below 0 where ticks were lost
 * @param allocated  the bytes that a Java server allocated in it
 * @param compiling  the part of {@code serverCpu} that a JVM's compilers used
 * @param latencies  of the messages that were sent by a timetable, in nanoseconds from their times in it; without those
 *     of its beginning
 * @param seconds    the messages of each second of the warm-up
 */
record LoadRun(long messages, long nanos, long serverCpu, long loadCpu, long othersCpu, long allocated,
        long compiling, Histogram latencies, List<Long> seconds) {
    private static final long LONGEST_NANOS = 60_000_000_000L;
    private static final int DIGITS = 3;
    private static final String COMPILED = " compiled";

    /** Loads a server to the end of the load, which is not asked for its allocations. */
    static LoadRun of(List<String> command, ServerProcess server) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader lines = process.inputReader()) {
            LoadRun run = read(lines, null, server, List.of());
            return run.requireMeasured();
        } finally {
            process.destroy();
        }
    }

    /**
     * Reads the results of a load.
     *
     * @param lines     its output
     * @param last      the line after them; null if the load ends after them
     * @param server    the server
     * @param compilers its compilers' threads if it is in Java, which is asked for its allocations then; or none
     * @return the results; what was not measured is 0
     * @throws IOException if the load ends early; the message is its last line
     */
    static LoadRun read(BufferedReader lines, String last, ServerProcess server, List<Path> compilers)
            throws IOException {
        Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
        Map<String, Long> values = new HashMap<>();
        List<Long> seconds = new ArrayList<>();
        String previous = "the load ended without a word";
        String line = lines.readLine();
        for (; line != null && !line.equals(last); line = lines.readLine()) {
            previous = line;
            String[] words = line.split(" ");
            if (words.length == 1 && !compilers.isEmpty()) {
                values.put(line, server.ask("allocated"));
                values.put(line + COMPILED, ServerProcess.computed(compilers));
            } else if (words[0].equals("latency")) {
                latencies.recordValueWithCount(
                        Math.min(Long.parseLong(words[1]), LONGEST_NANOS), Long.parseLong(words[2]));
            } else if (words[0].equals("second")) {
                seconds.add(Long.valueOf(words[1]));
            } else if (words.length == 2) {
                values.put(words[0], Long.valueOf(words[1]));
            }
        }
        if (line == null && last != null || previous.startsWith("load: ")) {
            throw new IOException(previous);
        }
        return new LoadRun(values.getOrDefault("messages", 0L), values.getOrDefault("nanos", 0L),
                values.getOrDefault("cpu", 0L), values.getOrDefault("load_cpu", 0L),
                values.getOrDefault("others_cpu", 0L),
                values.getOrDefault("end", 0L) - values.getOrDefault("begin", 0L),
                values.getOrDefault("end" + COMPILED, 0L) - values.getOrDefault("begin" + COMPILED, 0L), latencies,
                seconds);
    }

    /** Returns this run if messages were measured. */
    LoadRun requireMeasured() throws IOException {
        if (messages == 0 || nanos == 0) {
            throw new IOException("the load ended without measuring a message");
        }
        return this;
    }

    /** Returns the sum of the slices of one process, with latencies and seconds. */
    static LoadRun sum(List<LoadRun> slices, Histogram latencies, List<Long> seconds) {
        return new LoadRun(sum(slices, LoadRun::messages), sum(slices, LoadRun::nanos), sum(slices, LoadRun::serverCpu),
                sum(slices, LoadRun::loadCpu), sum(slices, LoadRun::othersCpu), sum(slices, LoadRun::allocated),
                sum(slices, LoadRun::compiling), latencies, seconds);
    }

    private static long sum(List<LoadRun> slices, ToLongFunction<LoadRun> value) {
        return slices.stream().mapToLong(value).sum();
    }

    double perSecond() {
        return messages * 1e9 / nanos;
    }

    double cpuPerMessage() {
        return (double) serverCpu / messages;
    }

    double bytesPerMessage() {
        return (double) allocated / messages;
    }

    double serverShare() {
        return (double) serverCpu / nanos;
    }

    double compilerShare() {
        return (double) compiling / nanos;
    }

    double loadShare() {
        return (double) loadCpu / nanos;
    }

    double othersShare() {
        return (double) othersCpu / nanos;
    }
}
