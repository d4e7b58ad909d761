package io.github.epoll4j.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One measurement of {@code bench/run all}.
 *
 * @param group   the name by which {@code --only} chooses it
 * @param title   what is measured
 * @param command the command of {@code bench/run} with its options, without {@code --out}
 * @param seconds about how long it takes
 */
record RunStep(String group, String title, List<String> command, int seconds) {
    private static final String SERVERS = "c-level,c-edge,reactor-level,reactor-edge,reactor-oneshot,raw-level,nio,"
            + "netty-epoll,netty-nio,onenio";
    private static final String MORE_RAW = ",raw-edge,raw-oneshot";
    /** With 10000 connections one takes an age, the other has 1023 at most. */
    private static final String BY_ARRAY = ",reactor-poll,reactor-select";
    private static final String SOME_SERVERS = "c-level,c-edge,reactor-level,reactor-edge,raw-level,nio,netty-epoll";

    /**
     * Gives all steps, what matters most first; the quick ones measure less of the same.
     *
     * <p>The seconds are those of two processors at about 2.5 GHz.
     */
    static List<RunStep> all(boolean isQuick) {
        List<RunStep> steps = new ArrayList<>();
        steps.addAll(servers(isQuick));
        steps.add(step("startup", "from exec to the first event", isQuick ? 15 : 65,
                isQuick ? "startup --runs=3 --plain" : "startup --runs=5"));
        steps.add(step("micro", "single calls", isQuick ? 150 : 500,
                isQuick ? "micro --quick" : "micro --rounds=5 --iterations=6 --millis=30"));
        steps.add(step("sweeps", "connections, active connections, triggers", isQuick ? 45 : 150,
                isQuick ? "sweep all --quick" : "sweep all"));
        steps.add(step("workers", "workers", isQuick ? 40 : 130, isQuick ? "workers --quick" : "workers --rounds=3"));
        steps.addAll(programs(isQuick));
        return steps;
    }

    /** Returns whether its command is one of the module {@code bench/programs}. */
    boolean isOfPrograms() {
        return group.equals("programs") || group.equals("sweeps");
    }

    private static RunStep step(String group, String title, int seconds, String command) {
        return new RunStep(group, title, List.of(command.split(" ")), seconds);
    }

    private static List<RunStep> programs(boolean isQuick) {
        List<String> runs = new ArrayList<>(List.of("poll_conn 10000", "epoll_level_conn 10000",
                "epoll_edge_conn 10000", "select_conn 400"));
        for (String arguments : List.of("100 1024", "100 10240", "1000 1024")) {
            runs.addAll(exchanges("performance", arguments));
        }
        runs.add("select_performance 400 1000 1024");
        for (String arguments : List.of("100 102400", "100 1024", "500 1024", "1000 1024")) {
            runs.addAll(exchanges("performance_2", arguments));
        }
        runs.add("select_performance_2 400 1000 1024");
        runs.add("poll_performance_2 10000 1000 1024 --lookup=linear");
        for (String program : List.of("epoll_level_performance_2", "epoll_edge_performance_2")) {
            runs.add(program + " 10000 1000 1024 --lookup=index");
            runs.add(program + " 10000 1000 1024 --lookup=pointer");
        }
        String options = " --with-c --warmup=0.2" + (isQuick ? " --repeat=1 --steps=2" : " --repeat=3 --steps=3");
        return runs.stream().map(run -> step("programs", run, seconds(run, isQuick), run + options)).toList();
    }

    /** Poll scans 10000 descriptors at each of many waits; the others are done in moments. */
    private static int seconds(String run, boolean isQuick) {
        if (run.startsWith("poll_conn ")) {
            return isQuick ? 25 : 75;
        }
        if (run.startsWith("poll_performance 10000 1000 ")) {
            return isQuick ? 18 : 60;
        }
        return isQuick ? 4 : 7;
    }

    private static List<String> exchanges(String program, String arguments) {
        return Stream.of("poll_", "epoll_level_", "epoll_edge_")
                .map(mechanism -> mechanism + program + " 10000 " + arguments).toList();
    }

    /**
     * A step for each load, so that little is lost with one. Each round is a new process: after the warm-up a JVM's
     * compilers must have come to rest.
     */
    private static List<RunStep> servers(boolean isQuick) {
        List<RunStep> steps = new ArrayList<>();
        if (isQuick) {
            steps.add(load("64x64B", SOME_SERVERS, 42, true));
            steps.add(load("10000x1K", SOME_SERVERS, 52, true));
            steps.add(footprint(" --starts=2 --idle=2000 --idle-runs=1 --servers=" + SOME_SERVERS, 60));
            return steps;
        }
        steps.add(load("64x64B", SERVERS + MORE_RAW + BY_ARRAY, 370, false));
        steps.add(load("64x16K", SERVERS + MORE_RAW, 320, false));
        steps.add(load("1000x1K", SERVERS + MORE_RAW + BY_ARRAY, 380, false));
        steps.add(load("10000x1K", SERVERS, 330, false));
        steps.add(load("10000idle+64", SERVERS, 330, false));
        steps.add(footprint(" --starts=5 --idle=10000 --idle-runs=3 --servers=" + SERVERS + MORE_RAW, 280));
        return steps;
    }

    private static RunStep load(String load, String servers, int seconds, boolean isQuick) {
        return step("servers", "echo servers, " + load, seconds, "servers --servers=" + servers + " --loads=" + load
                + " --starts=0 --idle=0 --retries=0"
                + (isQuick ? " --rounds=1 --seconds=0.4 --warmup=2" : " --rounds=5 --seconds=0.6 --warmup=3"));
    }

    private static RunStep footprint(String options, int seconds) {
        return step("servers", "memory and first echo of servers", seconds, "servers --loads=none" + options);
    }
}
