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
    private static final String SERVERS =
            "c-level,reactor-level,reactor-edge,raw-level,nio,netty-epoll,netty-nio,onenio";
    private static final String SOME_SERVERS = "c-level,reactor-level,nio,netty-epoll";
    private static final int LOAD_SECONDS = 15;

    /**
     * Returns all steps, the most important ones first; the quick ones measure less of the same.
     *
     * <p>The seconds are those of two processors at about 2.5 GHz.
     *
     * @param isQuick   whether they are quick
     * @param processes processes of each server under each load, if they are not
     */
    static List<RunStep> all(boolean isQuick, int processes) {
        List<RunStep> steps = new ArrayList<>();
        steps.addAll(servers(isQuick, processes));
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

    /** Returns a step for each load, so that little is lost if one fails. */
    private static List<RunStep> servers(boolean isQuick, int processes) {
        List<RunStep> steps = new ArrayList<>();
        if (isQuick) {
            for (String load : List.of("64x64B", "10000x1K")) {
                steps.add(step("servers", "echo servers, " + load, 50, "servers --servers=" + SOME_SERVERS + " --loads="
                        + load + " --processes=1 --seconds=0.4 --warmup=2 --retries=0"));
            }
            steps.add(footprint(" --starts=2 --idle=2000 --idle-runs=1 --servers=" + SOME_SERVERS, 60));
            return steps;
        }
        for (String load : List.of("64x64B", "64x16K", "1000x1K", "10000x1K", "10000idle+64", "pipelined")) {
            String servers = load.equals("pipelined") ? SOME_SERVERS + ",reactor-answers" : SERVERS;
            int runs = processes * servers.split(",").length + 1;
            steps.add(step("servers", "echo servers, " + load, LOAD_SECONDS * runs, "servers --servers=" + servers
                    + " --loads=" + load + " --processes=" + processes));
        }
        steps.add(footprint(" --starts=10 --idle=10000 --idle-runs=3 --servers=" + SERVERS, 300));
        return steps;
    }

    private static RunStep footprint(String options, int seconds) {
        return step("servers", "memory and first echo of servers", seconds, "servers --loads=none" + options);
    }
}
