package io.github.epoll4j.bench.report;

import static io.github.epoll4j.bench.report.ProgramTimes.format;

import io.github.epoll4j.bench.Stat;
import io.github.epoll4j.bench.report.Verdict.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;

/** What the sources claim of poll and epoll, C93 to C107, beside what was measured. */
final class Claims {
    /** A program is better if the other takes so many times as long. */
    static final double BETTER = 1.10;
    /** A curve rises if its last point is so many times its first. */
    static final double RISES = 2.0;
    /** A curve is flat if its last point is less than so many times its first. */
    static final double FLAT = 1.5;
    /** What is very slow takes so many times as long. */
    static final double VERY_SLOW = 10;
    /** Edge is a little better if it takes at most this part of level's time; it is worse from the inverse on. */
    static final double A_LITTLE = 0.97;

    private static final String POLL = "poll_performance";
    private static final String LEVEL = "epoll_level_performance";
    private static final String EDGE = "epoll_edge_performance";
    private static final String PROGRAMS = "programs";
    private static final String SWEEPS = "sweeps";
    private static final String SECOND = "_2";
    private static final String LINEAR = "linear";
    private static final String INDEX = "index";
    private static final int KILO = 1024;
    private static final int[][] EXCHANGES = {{100, KILO}, {100, 10 * KILO}, {1000, KILO}};

    private final Results results;
    private final ProgramTimes times;

    private Claims(Results results) {
        this.results = results;
        this.times = new ProgramTimes(results);
    }

    /** Judges all. */
    static List<Claim> of(Results results) {
        return new Claims(results).all();
    }

    private List<Claim> all() {
        String exchangeRule = "both epoll programs: poll takes at least " + BETTER + " times as long, at the most "
                + "connections";
        String secondRule = "the level-triggered program, which searches from the front, takes at least " + BETTER
                + " times as long as poll, at the most connections";
        List<Claim> claims = new ArrayList<>();
        claims.add(new Claim("C93", "Connecting 10000: poll rises gently, epoll stays flat near 0.", "the time of one "
                + "connection rises by " + RISES + " with poll, by less than " + FLAT + " with epoll, and is at least "
                + RISES + " times epoll's in the end", resting(connecting(), PROGRAMS)));
        claims.add(new Claim("C94", "poll is very slow, epoll is good.", "a wait with one ready costs " + VERY_SLOW
                + " times as much with poll, at the most connections; in part, if with all ready it does not even cost "
                + BETTER + " times as much", resting(pollIsSlow(), SWEEPS)));
        for (int i = 0; i < EXCHANGES.length; i++) {
            claims.add(new Claim("C" + (95 + i), "Exchange of " + EXCHANGES[i][0] + " messages of " + EXCHANGES[i][1]
                    + " bytes: epoll beats poll.", exchangeRule,
                    resting(exchange(EXCHANGES[i][0], EXCHANGES[i][1]), PROGRAMS)));
        }
        claims.add(new Claim("C98", "As in connecting, epoll is better than poll.", "C95, C96 and C97 hold; in part, "
                + "if some do, or if the sweep of active connections finds a share at which poll costs less than "
                + BETTER + " times as much", resting(epollIsBetter(), PROGRAMS, SWEEPS)));
        claims.add(new Claim("C99", "Edge is a little better than level.", "the median of edge/level in the exchanges "
                + "and the sweep of triggers is at most " + A_LITTLE, resting(edgeIsBetter(), PROGRAMS, SWEEPS)));
        claims.add(new Claim("C100", "Large data, 100 messages of 102400 bytes: epoll falls behind poll.", secondRule,
                resting(second(100, 100 * KILO), PROGRAMS)));
        claims.add(new Claim("C101", "Second server, 100 messages of 1024 bytes: epoll falls behind poll.", secondRule,
                resting(second(100, KILO), PROGRAMS)));
        claims.add(new Claim("C102", "Second server, 500 messages of 1024 bytes: epoll falls behind poll.", secondRule,
                resting(second(500, KILO), PROGRAMS)));
        claims.add(new Claim("C103", "Second server, 1000 messages of 1024 bytes: epoll falls behind poll.", secondRule,
                resting(second(1000, KILO), PROGRAMS)));
        claims.add(new Claim("C104", "epoll is slow there because the state is searched for from the front.", "the "
                + "same program with an index takes at most 1/" + BETTER + " of the time",
                resting(searchIsSlow(), PROGRAMS)));
        claims.add(new Claim("C105", "poll needs no search: its array's index is the state's.", "poll's program with "
                + "the search takes at least " + BETTER + " times as long as the one with its own index",
                resting(pollNeedsNoSearch(), PROGRAMS)));
        claims.add(new Claim("C106", "if(pfds[i].revents&(POLLIN|POLLOUT)==0) continue; skips what is not ready.",
                "none", new Verdict(Kind.NO_NUMBER, "wrong as printed: == binds tighter than &, so nothing is skipped; "
                + "a test shows it (docs/behaviours.md)")));
        claims.add(new Claim("C107", "How state is kept can make epoll slower than poll.", "epoll takes at least "
                + BETTER + " times as long as poll with the search, and less with an index; in part, if it falls "
                + "behind with both", resting(stateDecides(), PROGRAMS)));
        return claims;
    }

    /** Adds the number of runs whose medians were compared. */
    private Verdict resting(Verdict verdict, String... tables) {
        if (verdict.kind() == Kind.NOT_MEASURED) {
            return verdict;
        }
        int[] runs = Arrays.stream(tables).flatMap(table -> results.find(table, "language", "java").stream())
                .flatMapToInt(row -> row.number("runs").stream().mapToInt(value -> (int) value)).sorted().toArray();
        String range = runs.length == 0 ? "" : runs[0] == runs[runs.length - 1] ? "" + runs[0]
                : runs[0] + " to " + runs[runs.length - 1];
        return new Verdict(verdict.kind(), verdict.evidence() + (range.isEmpty() ? ""
                : range.equals("1") ? " (1 run)" : " (medians of " + range + " runs)"));
    }

    private Verdict connecting() {
        List<Row> poll = times.lines("poll_conn", "", 0, 0);
        List<Row> level = times.lines("epoll_level_conn", "", 0, 0);
        List<Row> edge = times.lines("epoll_edge_conn", "", 0, 0);
        if (poll.size() < 2 || level.size() < 2 || edge.size() < 2) {
            return Verdict.notMeasured("poll_conn, epoll_level_conn and epoll_edge_conn at two numbers of connections");
        }
        double above = ProgramTimes.perConnection(poll.getLast())
                / Math.max(ProgramTimes.perConnection(level.getLast()), ProgramTimes.perConnection(edge.getLast()));
        boolean pollRises = growth(poll) >= RISES;
        boolean epollIsFlat = growth(level) < FLAT && growth(edge) < FLAT;
        Kind kind = pollRises && epollIsFlat && above >= RISES ? Kind.HOLDS
                : pollRises || above >= RISES ? Kind.IN_PART : Kind.FAILS;
        return new Verdict(kind, "from " + poll.getFirst().text("connections") + " to "
                + poll.getLast().text("connections") + " connections: poll × " + format(growth(poll))
                + ", epoll level × " + format(growth(level)) + ", edge × " + format(growth(edge))
                + "; in the end poll takes " + format(above) + " times as long");
    }

    private static double growth(List<Row> lines) {
        return ProgramTimes.perConnection(lines.getLast()) / ProgramTimes.perConnection(lines.getFirst());
    }

    private Verdict pollIsSlow() {
        double fewReady = sweepRatio("connections");
        double allReady = sweepRatio("active");
        if (Double.isNaN(fewReady)) {
            return Verdict.notMeasured("the sweep of connections");
        }
        Kind kind = fewReady < VERY_SLOW ? Kind.FAILS : allReady >= BETTER ? Kind.HOLDS : Kind.IN_PART;
        return new Verdict(kind, "poll/epoll " + format(fewReady) + " with one ready, " + format(allReady)
                + " with as many ready as were measured");
    }

    /** Gives poll's time by epoll's at the largest x of a sweep. */
    private double sweepRatio(String sweep) {
        double[] ratios = sweepRatios(sweep);
        return ratios.length == 0 ? Double.NaN : ratios[ratios.length - 1];
    }

    private double[] sweepRatios(String sweep) {
        return results.find("sweeps", "sweep", sweep, "mechanism", "poll", "language", "java").stream()
                .sorted((one, other) -> Double.compare(one.value("x"), other.value("x")))
                .flatMapToDouble(poll -> results.find("sweeps", "sweep", sweep, "mechanism", "epoll", "trigger",
                        "level", "language", "java", "x", poll.text("x")).stream()
                        .mapToDouble(epoll -> poll.value("ns_median") / epoll.value("ns_median")))
                .toArray();
    }

    private Verdict exchange(int rounds, int bytes) {
        double level = times.ratio(POLL, LEVEL, rounds, bytes);
        double edge = times.ratio(POLL, EDGE, rounds, bytes);
        if (Double.isNaN(level) || Double.isNaN(edge)) {
            return Verdict.notMeasured("the three programs at the same number of connections");
        }
        Kind kind = Math.min(level, edge) >= BETTER ? Kind.HOLDS
                : Math.max(level, edge) >= BETTER ? Kind.IN_PART : Kind.FAILS;
        return new Verdict(kind, "poll/level " + format(level) + ", poll/edge " + format(edge));
    }

    private Verdict epollIsBetter() {
        List<Verdict> verdicts = Arrays.stream(EXCHANGES).map(args -> exchange(args[0], args[1])).toList();
        if (verdicts.stream().anyMatch(verdict -> verdict.kind() == Kind.NOT_MEASURED)) {
            return Verdict.notMeasured("one of C95, C96 and C97");
        }
        long holding = verdicts.stream().filter(verdict -> verdict.kind() == Kind.HOLDS).count();
        double least = DoubleStream.of(sweepRatios("active")).min().orElse(Double.NaN);
        boolean hasLimit = !Double.isNaN(least) && least < BETTER;
        Kind kind = holding == 0 ? Kind.FAILS : holding < verdicts.size() || hasLimit ? Kind.IN_PART : Kind.HOLDS;
        return new Verdict(kind, holding + " of 3 hold; least poll/epoll in the sweep of active connections "
                + format(least));
    }

    private Verdict edgeIsBetter() {
        DoubleStream exchanges = Arrays.stream(EXCHANGES).mapToDouble(args -> times.ratio(
                EDGE, LEVEL, args[0], args[1]));
        DoubleStream sweep = results.find("sweeps", "sweep", "triggers", "trigger", "level", "language", "java")
                .stream().flatMapToDouble(level -> results.find("sweeps", "sweep", "triggers", "trigger", "edge",
                        "language", "java", "x", level.text("x")).stream()
                        .mapToDouble(edge -> edge.value("ns_median") / level.value("ns_median")));
        List<Double> ratios = DoubleStream.concat(exchanges, sweep).filter(ratio -> !Double.isNaN(ratio)).boxed()
                .toList();
        if (ratios.isEmpty()) {
            return Verdict.notMeasured("edge beside level");
        }
        Stat stat = Stat.of(ratios);
        double median = stat.median();
        Kind kind = median <= A_LITTLE ? Kind.HOLDS : Kind.FAILS;
        String words = median <= A_LITTLE ? "better" : median < 1 / A_LITTLE ? "no difference to speak of" : "worse";
        return new Verdict(kind, words + ": edge/level " + format(median) + " in the median of " + ratios.size() + ", "
                + format(stat.min()) + " to " + format(stat.max()));
    }

    private Verdict second(int rounds, int bytes) {
        double ratio = ProgramTimes.ratio(times.last(LEVEL + SECOND, LINEAR, rounds, bytes),
                times.last(POLL + SECOND, INDEX, rounds, bytes));
        double edge = ProgramTimes.ratio(times.last(EDGE + SECOND, LINEAR, rounds, bytes),
                times.last(POLL + SECOND, INDEX, rounds, bytes));
        return Verdict.faster(ratio, BETTER, "level/poll " + format(ratio) + ", edge/poll " + format(edge));
    }

    /** Finds what ways to the state a program was measured with: one line for each, at the same arguments. */
    private Optional<Row> lookup(String program, String lookup) {
        return times.last(program + SECOND, lookup, 1000, KILO);
    }

    private Verdict searchIsSlow() {
        double ratio = ProgramTimes.ratio(lookup(LEVEL, LINEAR), lookup(LEVEL, INDEX));
        return Verdict.faster(ratio, BETTER, "epoll level, 1000 messages of 1024 bytes: linear/index " + format(ratio)
                + ", linear/pointer " + format(ProgramTimes.ratio(lookup(LEVEL, LINEAR), lookup(LEVEL, "pointer"))));
    }

    private Verdict pollNeedsNoSearch() {
        double ratio = ProgramTimes.ratio(lookup(POLL, LINEAR), lookup(POLL, INDEX));
        return Verdict.faster(ratio, BETTER, "poll, 1000 messages of 1024 bytes: linear/index " + format(ratio));
    }

    private Verdict stateDecides() {
        double linear = ProgramTimes.ratio(lookup(LEVEL, LINEAR), lookup(POLL, INDEX));
        double index = ProgramTimes.ratio(lookup(LEVEL, INDEX), lookup(POLL, INDEX));
        if (Double.isNaN(linear) || Double.isNaN(index)) {
            return Verdict.notMeasured("epoll with linear and with index, and poll with index");
        }
        Kind kind = linear < BETTER ? Kind.FAILS : index < BETTER ? Kind.HOLDS : Kind.IN_PART;
        return new Verdict(kind, "epoll/poll " + format(linear) + " with the search, " + format(index)
                + " with an index");
    }
}
