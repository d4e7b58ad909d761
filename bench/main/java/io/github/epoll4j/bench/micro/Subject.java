package io.github.epoll4j.bench.micro;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What is measured: a JMH benchmark, and the loop of {@code bench/c/micro.c} that does the same in C.
 */
enum Subject {
    AWAIT_0("await, nothing ready", AwaitBenchmark.class, "await", Map.of("ready", "0"), "await-0"),
    AWAIT_1("await, 1 ready", AwaitBenchmark.class, "await", Map.of("ready", "1"), "await-1"),
    AWAIT_64("await, 64 ready", AwaitBenchmark.class, "await", Map.of("ready", "64"), "await-64"),
    AWAIT_SCAN_64("await and scan, 64 ready", AwaitBenchmark.class, "awaitAndScan", Map.of("ready", "64"),
            "await-scan-64"),
    SCAN_64("scan of 64 events alone", AwaitBenchmark.class, "scan", Map.of("ready", "64"), "scan-64"),
    MODIFY("modify", RegistrationBenchmark.class, "modify", Map.of(), "modify"),
    WRITE_READ("eventfd write + read", EventFdBenchmark.class, "writeAndRead", Map.of(), "write-read"),
    SELECT_10("select, copy and wait, 1 of 10 ready", PolledBenchmark.class, "select", Map.of("watched", "10"),
            "select-10"),
    SELECT_1000("select, copy and wait, 1 of 1000 ready", PolledBenchmark.class, "select", Map.of("watched", "1000"),
            "select-1000"),
    POLL_10("poll, 1 of 10 ready", PolledBenchmark.class, "poll", Map.of("watched", "10"), "poll-10"),
    POLL_1000("poll, 1 of 1000 ready", PolledBenchmark.class, "poll", Map.of("watched", "1000"), "poll-1000"),
    SELECTOR_0("NIO selectNow, nothing ready", SelectorBenchmark.class, "selectNow", Map.of("ready", "0"), "pipes-0"),
    SELECTOR_64("NIO selectNow and scan, 64 ready", SelectorBenchmark.class, "selectNow", Map.of("ready", "64"),
            "pipes-scan-64");

    private final String title;
    private final Class<?> benchmarks;
    private final String method;
    private final Map<String, String> parameters;
    private final String inC;

    Subject(String title, Class<?> benchmarks, String method, Map<String, String> parameters, String inC) {
        this.title = title;
        this.benchmarks = benchmarks;
        this.method = method;
        this.parameters = parameters;
        this.inC = inC;
    }

    /** Gives what a table calls it. */
    String title() {
        return title;
    }

    /** Gives the regular expression by which JMH finds the benchmark. */
    String include() {
        return "^" + benchmarks.getName().replace(".", "\\.") + "\\." + method + "$";
    }

    /** Gives the benchmark's parameters. */
    Map<String, String> parameters() {
        return parameters;
    }

    /** Gives the name of the loop in C. */
    String inC() {
        return inC;
    }

    /** Gives the name that it has on the command line and in a file. */
    String id() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }

    /** Finds the subjects whose ids begin with one of some prefixes; no prefix means all. */
    static List<Subject> matching(List<String> prefixes) {
        return Arrays.stream(values())
                .filter(subject -> prefixes.isEmpty() || prefixes.stream().anyMatch(subject.id()::startsWith))
                .toList();
    }
}
