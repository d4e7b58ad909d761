package io.github.epoll4j.bench.micro;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is measured: a JMH benchmark, and the loop that does the same in C. That is in {@code bench/c/micro.c} if it
 * waits, and in {@code bench/c/micro_io.c} if it moves bytes, opens or closes.
 */
enum Subject {
    AWAIT_0("await, nothing ready", AwaitBenchmark.class, "await", Map.of("ready", "0"), "await-0"),
    AWAIT_1("await, 1 ready", AwaitBenchmark.class, "await", Map.of("ready", "1"), "await-1"),
    AWAIT_64("await, 64 ready", AwaitBenchmark.class, "await", Map.of("ready", "64"), "await-64"),
    AWAIT_ZERO("await Duration.ZERO, nothing ready", AwaitBenchmark.class, "awaitZero", Map.of("ready", "0"),
            "await-0"),
    AWAIT_LIMIT_1("await 1 s, 1 ready", AwaitBenchmark.class, "awaitLimit", Map.of("ready", "1"), "await-limit-1"),
    AWAIT_FRACTION_1("await 1.5 ms (pwait2), 1 ready", AwaitBenchmark.class, "awaitFraction", Map.of("ready", "1"),
            "pwait2-1"),
    AWAIT_SCAN_64("await and scan, 64 ready", AwaitBenchmark.class, "awaitAndScan", Map.of("ready", "64"),
            "await-scan-64"),
    SCAN_64("scan of 64 events alone", AwaitBenchmark.class, "scan", Map.of("ready", "64"), "scan-64"),
    ITERATE_64("iteration over 64 events alone", AwaitBenchmark.class, "iterate", Map.of("ready", "64"),
            "scan-flags-64"),
    MODIFY("modify", RegistrationBenchmark.class, "modify", Map.of(), "modify"),
    ADD_DELETE("add + delete", RegistrationBenchmark.class, "addAndDelete", Map.of(), "add-delete"),
    WAKEUP("wakeup + await", RegistrationBenchmark.class, "wakeup", Map.of(), "wakeup"),
    WRITE_READ("eventfd write + read", EventFdBenchmark.class, "writeAndRead", Map.of(), "write-read"),
    SELECT_10("select, copy and wait, 1 of 10 ready", PolledBenchmark.class, "select", Map.of("watched", "10"),
            "select-10"),
    SELECT_1000("select, copy and wait, 1 of 1000", PolledBenchmark.class, "select", Map.of("watched", "1000"),
            "select-1000"),
    PSELECT_10("pselect, copy and wait, 1 of 10", PolledBenchmark.class, "pselect", Map.of("watched", "10"),
            "pselect-10"),
    POLL_10("poll, 1 of 10 ready", PolledBenchmark.class, "poll", Map.of("watched", "10"), "poll-10"),
    POLL_1000("poll, 1 of 1000 ready", PolledBenchmark.class, "poll", Map.of("watched", "1000"), "poll-1000"),
    PPOLL_10("ppoll, 1 of 10 ready", PolledBenchmark.class, "ppoll", Map.of("watched", "10"), "ppoll-10"),
    POLL_SCAN_1000("scan of 1000 entries, 1 ready", PolledBenchmark.class, "scan", Map.of("watched", "1000"),
            "poll-scan-1000"),
    POLL_CHANGE("change of an entry", PolledBenchmark.class, "change", Map.of("watched", "10"), "poll-change"),
    SET_CLEAR_64("FdSet set, isSet, clear of 64", FdSetBenchmark.class, "setAndClear", Map.of("members", "1"),
            "set-clear"),
    MEMBERS_1("FdSet members, 1 below 1000", FdSetBenchmark.class, "members", Map.of("members", "1"), "members-1"),
    MEMBERS_1000("FdSet members, 1000", FdSetBenchmark.class, "members", Map.of("members", "1000"), "members-1000"),
    VISIT_1000("FdSet forEach, 1000", FdSetBenchmark.class, "visit", Map.of("members", "1000"), "members-1000"),
    COPY_SET("FdSet copy of 1000", FdSetBenchmark.class, "copy", Map.of("members", "1000"), "copy-set"),
    PIPE_64("pipe write + read, 64 B", PipeBenchmark.class, "writeAndRead", Map.of("size", "64"), "pipe-64"),
    PIPE_16K("pipe write + read, 16 KB", PipeBenchmark.class, "writeAndRead", Map.of("size", "16384"), "pipe-16k"),
    UNIX_64("Unix write + read, 64 B", StreamBenchmark.class, "writeAndRead", stream("unix", "64", "direct"),
            "unix-64"),
    UNIX_16K("Unix write + read, 16 KB", StreamBenchmark.class, "writeAndRead", stream("unix", "16384", "direct"),
            "unix-16k"),
    UNIX_GATHER("Unix write of 4 x 64 B + read", StreamBenchmark.class, "gatherAndRead", stream("unix", "64", "direct"),
            "unix-gather"),
    UNIX_VECTOR("Unix write of a vector of 4 x 64 B + read", StreamBenchmark.class, "vectorAndRead",
            stream("unix", "64", "direct"), "unix-gather"),
    TCP_64("TCP write + read, 64 B", StreamBenchmark.class, "writeAndRead", stream("tcp", "64", "direct"), "tcp-64"),
    TCP_16K("TCP write + read, 16 KB", StreamBenchmark.class, "writeAndRead", stream("tcp", "16384", "direct"),
            "tcp-16k"),
    TCP_HEAP_64("TCP the same, heap buffer, 64 B", StreamBenchmark.class, "writeAndRead", stream("tcp", "64", "heap"),
            "tcp-64"),
    TCP_HEAP_16K("TCP the same, heap buffer, 16 KB", StreamBenchmark.class, "writeAndRead",
            stream("tcp", "16384", "heap"), "tcp-16k"),
    TCP_SEGMENT_64("TCP the same, memory segment, 64 B", StreamBenchmark.class, "segmentWriteAndRead",
            stream("tcp", "64", "direct"), "tcp-64"),
    TCP_SEGMENT_16K("TCP the same, memory segment, 16 KB", StreamBenchmark.class, "segmentWriteAndRead",
            stream("tcp", "16384", "direct"), "tcp-16k"),
    UDP_64("UDP send + receive, 64 B", DatagramBenchmark.class, "sendAndReceive", Map.of(), "udp-64"),
    UDP_CONNECTED_64("UDP write + read, connected, 64 B", DatagramBenchmark.class, "writeAndRead", Map.of(),
            "udp-connected-64"),
    UDP_BURST("UDP send + receive of 32 x 64 B", DatagramBenchmark.class, "burst", Map.of(), "udp-burst"),
    SENDFILE("sendfile of 1 MB + read", SendFileBenchmark.class, "sendFile", Map.of(), "sendfile"),
    TIMER("timerfd settime + read", TimerBenchmark.class, "armAndRead", Map.of(), "timer"),
    SIGNAL("raise + signalfd read", SignalBenchmark.class, "raiseAndRead", Map.of(), "signal"),
    INOTIFY("file write + inotify read", InotifyBenchmark.class, "read", Map.of(), "inotify"),
    WATCH("inotify add + remove + read", InotifyBenchmark.class, "addAndRemove", Map.of(), "watch"),
    PIDFD("pidfd open + close", OpenBenchmark.class, "pidFd", Map.of(), "pidfd"),
    EVENTFD("eventfd open + close", OpenBenchmark.class, "eventFd", Map.of(), "eventfd"),
    CONNECT("connect + accept + close both", ConnectBenchmark.class, "connectAndAccept", Map.of(), "connect"),
    SET_OPTION("set TCP_NODELAY", StreamBenchmark.class, "setOption", stream("tcp", "64", "direct"), "set-option"),
    OPTION("get SO_RCVBUF", StreamBenchmark.class, "option", stream("tcp", "64", "direct"), "get-option"),
    SELECTOR_0("NIO selectNow, nothing ready", SelectorBenchmark.class, "selectNow", Map.of("ready", "0"), "pipes-0"),
    SELECTOR_1("NIO selectNow and scan, 1 ready", SelectorBenchmark.class, "selectNow", Map.of("ready", "1"),
            "pipes-scan-1"),
    SELECTOR_64("NIO selectNow and scan, 64 ready", SelectorBenchmark.class, "selectNow", Map.of("ready", "64"),
            "pipes-scan-64"),
    NETTY_0("Netty epollWait, nothing ready", NettyBenchmark.class, "await", Map.of("ready", "0"), "await-0"),
    NETTY_1("Netty epollWait, 1 ready", NettyBenchmark.class, "await", Map.of("ready", "1"), "await-1"),
    NETTY_64("Netty epollWait, 64 ready", NettyBenchmark.class, "await", Map.of("ready", "64"), "await-64"),
    NETTY_SCAN_64("Netty epollWait and scan, 64 ready", NettyBenchmark.class, "awaitAndScan", Map.of("ready", "64"),
            "await-scan-64");

    /** Iterations to warm up. What takes microseconds is compiled later, for the compiler counts calls. */
    private static final int LEAST_WARM_UP = 10;
    private static final int LEAST_WARM_UP_OF_MOVING = 30;
    /** More than a JVM with JMH has open. */
    private static final int JVM_DESCRIPTORS = 100;
    private static final Set<Class<?>> MOVING = Set.of(PipeBenchmark.class, StreamBenchmark.class,
            DatagramBenchmark.class, TimerBenchmark.class, SignalBenchmark.class, InotifyBenchmark.class,
            OpenBenchmark.class, ConnectBenchmark.class, SendFileBenchmark.class);

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

    private static Map<String, String> stream(String kind, String size, String memory) {
        return Map.of("kind", kind, "size", size, "memory", memory);
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

    /** Gives the name of the program in C that has its loop. */
    String program() {
        return MOVING.contains(benchmarks) ? "micro_io" : "micro";
    }

    /** Gives how many iterations come before the first that is measured, at least. */
    int leastWarmUp() {
        return MOVING.contains(benchmarks) ? LEAST_WARM_UP_OF_MOVING : LEAST_WARM_UP;
    }

    /** Gives the name of the loop in C. */
    String inC() {
        return inC;
    }

    /** Gives how many descriptors its process has, those of the JVM included. */
    int descriptors() {
        int pairs = benchmarks == SelectorBenchmark.class ? 2 : 1;
        return JVM_DESCRIPTORS + pairs * Integer.parseInt(parameters.getOrDefault("watched", "64"));
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
