package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.Disturbance;
import io.github.epoll4j.bench.Stat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The rounds of servers under one load, in which they take turns. */
final class Rounds {
    /** How often the first server is run for the rate of the timetable, of which the median is taken. */
    static final int RUNS_FOR_RATE = 3;

    /** One measurement. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /** Does a step for a server, and says what it is; or does not, if one failed before. */
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
     * Begins without a measurement.
     *
     * @param load        what servers are loaded with
     * @param contestants the servers
     * @param retries     how often a measurement is repeated that others on the machine have disturbed
     * @param attempt     does a step
     * @param measurement loads a server
     */
    Rounds(EchoLoad load, List<Contestant> contestants, int retries, Attempt attempt, Measurement measurement) {
        this.load = load;
        this.contestants = contestants;
        this.retries = retries;
        this.attempt = attempt;
        this.measurement = measurement;
    }

    /** Loads the first server that can be, keeping nothing else of it; gives half of its messages a second. */
    double rate() {
        for (Contestant contestant : contestants) {
            List<Double> perSecond = new ArrayList<>();
            for (int i = 0; i < RUNS_FOR_RATE; i++) {
                attempt.make(contestant, load.id() + ", for the rate",
                        () -> perSecond.add(measureAlone(contestant, 0).perSecond()));
            }
            if (!perSecond.isEmpty()) {
                return Stat.of(perSecond).median() / 2;
            }
        }
        return 0;
    }

    /** Measures each server in each round; gives those of which there is anything, in their own order. */
    List<Standing> measure(int rounds, double perSecond) {
        List<Standing> standings = contestants.stream().map(contestant -> new Standing(load, contestant, perSecond))
                .toList();
        for (int round = 1; round <= rounds; round++) {
            Map<Contestant, LoadRun> runs = new EnumMap<>(Contestant.class);
            for (Contestant contestant : turns(round)) {
                attempt.make(contestant, load.id() + ", round " + round,
                        () -> runs.put(contestant, measureAlone(contestant, perSecond)));
            }
            standings.stream().filter(standing -> runs.containsKey(standing.contestant())).forEach(standing ->
                    standing.addRound(runs.get(standing.contestant()), runs.get(Contestant.C_LEVEL)));
        }
        return standings.stream().filter(standing -> !standing.isEmpty()).toList();
    }

    /** Measures again what others on the machine have disturbed; keeps what was disturbed least. */
    private LoadRun measureAlone(Contestant contestant, double perSecond) throws IOException {
        LoadRun best = measurement.of(contestant, perSecond);
        for (int i = 0; i < retries && Disturbance.isIn(best.othersShare()); i++) {
            LoadRun again = measurement.of(contestant, perSecond);
            best = Math.abs(again.othersShare()) < Math.abs(best.othersShare()) ? again : best;
        }
        return best;
    }

    /** Each round begins with another server, and every second one goes backwards: none always follows the same. */
    private List<Contestant> turns(int round) {
        int step = round % 2 == 0 ? -1 : 1;
        return IntStream.range(0, contestants.size())
                .mapToObj(i -> contestants.get(Math.floorMod(round - 1 + step * i, contestants.size()))).toList();
    }
}
