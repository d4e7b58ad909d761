package io.github.epoll4j.bench.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Result of one run of the load.
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
 * @param seconds    the messages of each second, from the first second of the warm-up to the last whole one
 */
record LoadRun(long messages, long nanos, long serverCpu, long loadCpu, long othersCpu, long allocated,
        long compiling, Histogram latencies, List<Long> seconds) {
    private static final long LONGEST_NANOS = 60_000_000_000L;
    private static final int DIGITS = 3;
    private static final List<String> MEASURED = List.of("messages", "nanos", "cpu", "load_cpu", "others_cpu");
    private static final String COMPILED = " compiled";
    private static final List<String> SPAN = List.of("begin", "end");

    /** Loads a server. One in Java is asked for its allocations when the measured time begins and ends. */
    static LoadRun of(List<String> command, ServerProcess server, boolean isJava) throws IOException {
        Histogram latencies = new Histogram(LONGEST_NANOS, DIGITS);
        Map<String, Long> values = new HashMap<>();
        List<Long> seconds = new ArrayList<>();
        List<Path> compilers = isJava ? server.compilers() : List.of();
        if (isJava) {
            server.ask("allocated"); // the first answer loads classes
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader lines = process.inputReader()) {
            String last = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                last = line;
                String[] words = line.split(" ");
                if (words.length == 1 && isJava) {
                    values.put(line, server.ask("allocated"));
                    values.put(line + COMPILED, ServerProcess.computed(compilers));
                } else if (words.length == 3 && words[0].equals("latency")) {
                    latencies.recordValueWithCount(
                            Math.min(Long.parseLong(words[1]), LONGEST_NANOS), Long.parseLong(words[2]));
                } else if (words[0].equals("second")) {
                    seconds.add(Long.valueOf(words[1]));
                } else if (words.length == 2) {
                    values.put(words[0], Long.valueOf(words[1]));
                }
            }
            if (process.waitFor() != 0) {
                throw new IOException(last);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroy();
        }
        List<String> missing = Stream.concat(MEASURED.stream(), isJava ? SPAN.stream() : Stream.empty())
                .filter(name -> !values.containsKey(name)).toList();
        if (!missing.isEmpty()) {
            throw new IOException("the load ended without saying " + String.join(", ", missing));
        }
        long allocated = isJava ? values.get("end") - values.get("begin") : 0;
        long compiling = isJava ? values.get("end" + COMPILED) - values.get("begin" + COMPILED) : 0;
        return new LoadRun(values.get("messages"), values.get("nanos"), values.get("cpu"), values.get("load_cpu"),
                values.get("others_cpu"), allocated, compiling, latencies, seconds);
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
