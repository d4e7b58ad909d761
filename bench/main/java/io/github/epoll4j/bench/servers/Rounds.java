package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.Disturbance;
import io.github.epoll4j.bench.Stat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The rounds of servers under one load. In each round every server is measured once, in a new process. */
final class Rounds {
    /** Number of runs of the first server whose median is the basis of the timetable's rate. */
    static final int RUNS_FOR_RATE = 3;

    /** One measurement. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /** Makes a step for a server, unless an earlier one failed. */
    @FunctionalInterface
    interface Attempt {
        void make(Contestant contestant, String what, Step step);
    }

    /** Loads a server; with so many messages a second while latencies are measured, or 0. */
    @FunctionalInterface
    interface Measurement {
        LoadRun of(Contestant contestant, double perSecond) throws IOException;
    }

    private final EchoLoad load;
    private final List<Contestant> contestants;
    private final int retries;
    private final Attempt attempt;
    private final Measurement measurement;

    /**
     * Makes rounds without a measurement.
     *
     * @param load        the load of each server
     * @param contestants the servers
     * @param retries     how often a measurement is repeated that other processes have disturbed
     * @param attempt     makes a step
     * @param measurement loads a server
     */
    Rounds(EchoLoad load, List<Contestant> contestants, int retries, Attempt attempt, Measurement measurement) {
        this.load = load;
        this.contestants = contestants;
        this.retries = retries;
        this.attempt = attempt;
        this.measurement = measurement;
    }

    /** Returns half of the messages a second of the first server that can be loaded; 0 if none can be. */
    double rate() {
        for (Contestant contestant : contestants) {
            List<Double> perSecond = new ArrayList<>();
            for (int i = 0; i < RUNS_FOR_RATE; i++) {
                attempt.make(contestant, load.id() + ", for the rate",
                        () -> perSecond.add(measureAlone(contestant, 0).run().perSecond()));
            }
            if (!perSecond.isEmpty()) {
                return Stat.of(perSecond).median() / 2;
            }
        }
        return 0;
    }

    /** Measures each server in each round. Returns those that have a result, in their own order. */
    List<Standing> measure(int rounds, double perSecond) {
        Map<Contestant, Standing> standings = new EnumMap<>(Contestant.class);
        contestants.forEach(contestant -> standings.put(contestant,
                new Standing(load, contestant, perSecond, standings.get(Contestant.C_LEVEL))));
        for (int i = 1; i <= rounds; i++) {
            int round = i;
            for (Contestant contestant : order(round)) {
                attempt.make(contestant, load.id() + ", round " + round, () -> {
                    Kept kept = measureAlone(contestant, perSecond);
                    standings.get(contestant).addRound(round, kept.run(), kept.repeats());
                });
            }
        }
        return contestants.stream().map(standings::get).filter(standing -> !standing.isEmpty()).toList();
    }

    /** Repeats a measurement that other processes have disturbed. Returns the least disturbed run. */
    private Kept measureAlone(Contestant contestant, double perSecond) throws IOException {
        LoadRun best = measurement.of(contestant, perSecond);
        int repeats = 0;
        for (; repeats < retries && Disturbance.isIn(best.othersShare()); repeats++) {
            LoadRun again = measurement.of(contestant, perSecond);
            best = Math.abs(again.othersShare()) < Math.abs(best.othersShare()) ? again : best;
        }
        return new Kept(best, repeats);
    }

    /** A run, and how many more were made of which it was the least disturbed. */
    private record Kept(LoadRun run, int repeats) {
    }

    /** Each round begins with another server, and every second one goes backwards: none always follows the same. */
    private List<Contestant> order(int round) {
        int step = round % 2 == 0 ? -1 : 1;
        return IntStream.range(0, contestants.size())
                .mapToObj(i -> contestants.get(Math.floorMod(round - 1 + step * i, contestants.size()))).toList();
    }
}
