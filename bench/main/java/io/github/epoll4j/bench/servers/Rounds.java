package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.Disturbance;
import io.github.epoll4j.bench.Stat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/**
 * The rounds of servers under one load. In each round every server is a new process. All of them are warmed up, and
 * then measured in alternation, a slice at a time: the speed of a virtual machine often changes by a third from one
 * minute to the next, and does so for all of them.
 */
final class Rounds {
    /** Number of parts of a measurement, between which the other servers are measured. */
    static final int SLICES = 4;

    /** One measurement. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /** Runs a step for a server, unless an earlier one failed. */
    @FunctionalInterface
    interface Attempt {
        void run(Contestant contestant, String what, Step step);
    }

    /** A server that is warmed up. */
    interface Session extends AutoCloseable {
        /** Returns the messages of each second of the warm-up. */
        List<Long> seconds();

        /** Loads it for a moment. */
        LoadRun slice() throws IOException;

        /** Loads it by a timetable. Returns the latencies. */
        LoadRun timetable() throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Starts and warms up a server; with so many messages a second of a timetable, or 0. */
    @FunctionalInterface
    interface Opening {
        Session of(Contestant contestant, double perSecond) throws IOException;
    }

    private final EchoLoad load;
    private final List<Contestant> contestants;
    private final int retries;
    private final Attempt attempt;
    private final Opening opening;

    /**
     * Creates rounds in which nothing was measured yet.
     *
     * @param load        the load of each server
     * @param contestants the servers
     * @param retries     how often a slice is repeated that other processes have disturbed
     * @param attempt     runs a step
     * @param opening     starts a server
     */
    Rounds(EchoLoad load, List<Contestant> contestants, int retries, Attempt attempt, Opening opening) {
        this.load = load;
        this.contestants = contestants;
        this.retries = retries;
        this.attempt = attempt;
        this.opening = opening;
    }

    /** Returns half of the messages a second of the first server that can be loaded; 0 if none can be. */
    double rate() {
        for (Contestant contestant : contestants) {
            List<Double> perSecond = new ArrayList<>();
            attempt.run(contestant, load.id() + ", for the rate", () -> {
                try (Session session = opening.of(contestant, 0)) {
                    for (int i = 0; i < SLICES; i++) {
                        perSecond.add(session.slice().perSecond());
                    }
                }
            });
            if (!perSecond.isEmpty()) {
                return Stat.of(perSecond).median() / 2;
            }
        }
        return 0;
    }

    /** Measures each server in each round. Returns those that have a result, in their own order. */
    List<Standing> measure(int rounds, double perSecond) throws IOException {
        Map<Contestant, Standing> standings = new EnumMap<>(Contestant.class);
        contestants.forEach(contestant -> standings.put(contestant,
                new Standing(load, contestant, perSecond, standings.get(Contestant.C_LEVEL))));
        for (int round = 1; round <= rounds; round++) {
            measureRound(round, perSecond, standings);
        }
        return contestants.stream().map(standings::get).filter(standing -> !standing.isEmpty()).toList();
    }

    /** Starts all servers, and loads one after the other, a slice each, again and again. */
    private void measureRound(int round, double perSecond, Map<Contestant, Standing> standings) throws IOException {
        Map<Contestant, Process> processes = new EnumMap<>(Contestant.class);
        List<Contestant> order = order(round);
        String what = load.id() + ", round " + round;
        try {
            order.forEach(each -> attempt.run(each, what,
                    () -> processes.put(each, new Process(opening.of(each, perSecond)))));
            for (int slice = 0; slice < SLICES; slice++) {
                List<Contestant> alternating = slice % 2 == 0 ? order : order.reversed();
                alternating.stream().filter(processes::containsKey).forEach(each ->
                        attempt.run(each, what, () -> processes.get(each).measure(retries)));
            }
            if (perSecond > 0) {
                order.stream().filter(processes::containsKey).forEach(each ->
                        attempt.run(each, what, () -> processes.get(each).measureLatencies()));
            }
            processes.forEach((contestant, process) -> {
                if (process.slices.size() == SLICES) {
                    standings.get(contestant).addRound(round, process.sum(), process.repeats);
                }
            });
        } finally {
            for (Process process : processes.values()) {
                process.session.close();
            }
        }
    }

    /** The process of a server in a round. */
    private static final class Process {
        private final Session session;
        private final List<LoadRun> slices = new ArrayList<>();
        private Histogram latencies = new Histogram(1);
        private int repeats;

        Process(Session session) {
            this.session = session;
        }

        /** Repeats a slice that others have disturbed. Keeps the least disturbed one. */
        void measure(int retries) throws IOException {
            LoadRun best = session.slice();
            for (int i = 0; i < retries && Disturbance.isIn(best.othersShare()); i++) {
                LoadRun again = session.slice();
                best = Math.abs(again.othersShare()) < Math.abs(best.othersShare()) ? again : best;
                repeats++;
            }
            slices.add(best);
        }

        void measureLatencies() throws IOException {
            latencies = session.timetable().latencies();
        }

        LoadRun sum() {
            return LoadRun.sum(slices, latencies, session.seconds());
        }
    }

    /** Each round begins with another server, and every second one goes backwards: none always follows the same. */
    private List<Contestant> order(int round) {
        int step = round % 2 == 0 ? -1 : 1;
        return IntStream.range(0, contestants.size())
                .mapToObj(i -> contestants.get(Math.floorMod(round - 1 + step * i, contestants.size()))).toList();
    }
}
