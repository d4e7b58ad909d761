package io.github.epoll4j.bench.report;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.KernelFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What was measured where: {@code environment.json}. */
final class Environment {
    static final String FILE = "environment.json";
    private static final String UNKNOWN = "unknown";

    private Environment() {
    }

    /** Looks at the machine, when the measurements begin. */
    static Map<String, Object> ofMachine() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("start", now());
        values.put("load_at_start", load());
        values.put("cpu", KernelFile.processor());
        values.put("cores", Runtime.getRuntime().availableProcessors());
        values.put("governor", read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
        values.put("memory", line("/proc/meminfo", "MemTotal"));
        values.put("kernel", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        values.put("architecture", System.getProperty("os.arch"));
        values.put("libc", firstLine("getconf", "GNU_LIBC_VERSION"));
        values.put("jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        values.put("c_compiler", firstLine(System.getenv().getOrDefault("CC", "cc"), "--version"));
        values.put("nofile", line("/proc/self/limits", "Max open files"));
        return values;
    }

    /** Completes what {@link #ofMachine} began, when they have ended. */
    static void end(Map<String, Object> values, List<Map<String, Object>> steps) {
        values.put("end", now());
        values.put("load_at_end", load());
        values.put("steps", steps);
    }

    /** Writes the file, or writes it anew: at each moment there is a whole one. */
    static void write(Path folder, Map<String, Object> values) throws IOException {
        Path written = Files.writeString(folder.resolve("." + FILE),
                JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT).asString(values) + "\n");
        Files.move(written, folder.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Reads the file; without one nothing is known. */
    static Map<String, Object> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        return Files.exists(file) ? JSON.std.mapFrom(Files.readString(file)) : Map.of();
    }

    /** Makes a short name for this machine: the processor's last word and the number of cores. */
    static String machineName() {
        return machineName(KernelFile.processor(), Runtime.getRuntime().availableProcessors());
    }

    static String machineName(String cpu, int cores) {
        String[] words = cpu.toLowerCase(Locale.ROOT).replaceAll("\\((r|tm)\\)|@.*|\\bcpu\\b|processor|\\d+-core", " ")
                .replaceAll("[^a-z0-9-]+", " ").strip().split(" ");
        return (words[words.length - 1].isEmpty() ? "machine" : words[words.length - 1]) + "-" + cores + "cpu";
    }

    private static String now() {
        return OffsetDateTime.now().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String load() {
        return read("/proc/loadavg");
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String line(String file, String name) {
        return KernelFile.value(file, name).orElse(UNKNOWN);
    }

    private static String firstLine(String... command) {
        try {
            return CProgram.run(List.of(command)).stream().findFirst().orElse(UNKNOWN);
        } catch (IOException e) {
            return "none";
        }
    }
}
