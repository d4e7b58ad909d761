package io.github.epoll4j.bench.servers;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two servers of one load, of which a round of one is compared with the same round of the other.
 *
 * @param server the server
 * @param than   the one that it is compared with
 */
record Pair(Standing server, Standing than) {
    private static final List<List<Contestant>> COMPARED = List.of(
            List.of(Contestant.REACTOR_LEVEL, Contestant.NIO),
            List.of(Contestant.REACTOR_LEVEL, Contestant.NETTY_EPOLL),
            List.of(Contestant.REACTOR_ANSWERS, Contestant.REACTOR_LEVEL));

    /** Returns the pairs of which both servers were measured under one load. */
    static List<Pair> of(List<Standing> standings) {
        List<Pair> pairs = new ArrayList<>();
        for (List<Contestant> each : COMPARED) {
            Optional<Standing> server = find(standings, each.getFirst());
            Optional<Standing> than = find(standings, each.getLast());
            if (server.isPresent() && than.isPresent() && !new Pair(server.get(), than.get()).cpu().isEmpty()) {
                pairs.add(new Pair(server.get(), than.get()));
            }
        }
        return pairs;
    }

    private static Optional<Standing> find(List<Standing> standings, Contestant contestant) {
        return standings.stream().filter(standing -> standing.contestant() == contestant).findFirst();
    }

    private List<Double> cpu() {
        return server.ratios(than, LoadRun::cpuPerMessage);
    }

    private List<Double> speed() {
        return server.ratios(than, LoadRun::perSecond);
    }

    static String header() {
        return String.format("%-30s%-26s%7s %-13s%7s %-13s", "pairs of rounds", "by", "CPU", "(quartiles)", "msg/s",
                "(quartiles)");
    }

    /** Returns its line of the table. */
    String line() {
        return String.format("%-30s%-26s%s%s", server.contestant().title(), than.contestant().title(),
                Standing.ratio(cpu()), Standing.ratio(speed()));
    }

    static String csvHeader() {
        return "load,server,than,rounds," + Standing.columns("cpu_ratio") + "," + Standing.columns("speed_ratio");
    }

    /** Returns its line of the file. */
    String csvLine() {
        return String.join(",", server.load().id(), server.contestant().id(), than.contestant().id(),
                "" + cpu().size(), Standing.csv(cpu()), Standing.csv(speed()));
    }
}
