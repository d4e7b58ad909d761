package io.github.epoll4j.bench.report;

import io.github.epoll4j.bench.Stat;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Something that costs more with epoll4j than with C or with a peer.
 *
 * @param what    what was measured
 * @param ours    epoll4j's number
 * @param against whose is better
 * @param theirs  their number
 * @param unit    the unit of both
 * @param ratio   by how many times epoll4j's number is worse
 */
record Loss(String what, double ours, String against, double theirs, String unit, double ratio) {
    /** A loss by less may be noise. */
    static final double CLEAR = 1.05;
    /** A percentile that is larger by less may be noise: those of two servers in C differ by as much. */
    static final double CLEAR_LATENCY = 2;
    /** A server that has to answer more than this part of what it can does not keep up when anything disturbs it. */
    private static final double MOST_LOADED = 0.8;
    private static final String MICROSECONDS = "µs";
    /** In the order in which those of one ratio are listed. */
    private static final List<String> LATENCIES = List.of("p50_us", "p99_us", "p999_us");

    private Loss(String what, double ours, String against, double theirs, String unit) {
        this(what, ours, against, theirs, unit, ours / theirs);
    }

    /** Finds all, the largest ratio first; a number that is not positive was not measured, or is lost in noise. */
    static List<Loss> of(Results results) {
        List<Loss> losses = new ArrayList<>();
        micro(results, losses);
        beside(results, losses, "programs", "seconds_median", "s",
                List.of("program", "lookup", "transport", "connections", "rounds", "bytes"));
        beside(results, losses, "sweeps", "ns_median", "ns", List.of("sweep", "mechanism", "trigger", "x"));
        servers(results, losses);
        footprints(results, losses);
        startup(results, losses);
        return losses.stream().filter(loss -> loss.ours() > 0 && loss.theirs() > 0 && loss.ratio() > 1)
                .sorted(Comparator.comparingDouble(Loss::ratio).reversed()).toList();
    }

    /** Tells whether it is worse by more than noise may make it. */
    boolean isClear() {
        return ratio >= (unit.equals(MICROSECONDS) ? CLEAR_LATENCY : CLEAR);
    }

    private static void micro(Results results, List<Loss> losses) {
        for (Row row : results.table("micro")) {
            String subject = row.text("subject");
            if (Peers.isOurs(subject)) {
                losses.add(new Loss(call(subject), row.value("java_min_ns"), "C", row.value("c_min_ns"), "ns"));
            } else {
                results.find("micro", "subject", Peers.counterpart(subject)).forEach(own -> losses.add(new Loss(
                        call(own.text("subject")), own.value("java_min_ns"), subject, row.value("java_min_ns"),
                        "ns")));
            }
        }
    }

    private static String call(String subject) {
        return "call " + subject + ", least time";
    }

    /** Compares lines in Java with those in C that are alike otherwise. */
    private static void beside(Results results, List<Loss> losses, String table, String column, String unit,
            List<String> keys) {
        for (Row row : results.find(table, "language", "java")) {
            results.find(table, "language", "c").stream()
                    .filter(other -> keys.stream().allMatch(key -> other.is(key, row.text(key))))
                    .forEach(other -> losses.add(new Loss(String.join(" ", keys.stream().map(row::text).toList()),
                            row.value(column), "C", other.value(column), unit)));
        }
    }

    private static void servers(Results results, List<Loss> losses) {
        for (Row row : results.table("servers")) {
            if (Peers.OURS.contains(row.text("server"))) {
                results.find("servers", "load", row.text("load")).stream()
                        .filter(other -> Peers.SERVERS.contains(other.text("server")))
                        .forEach(other -> server(results, row, other, losses));
            }
        }
    }

    private static void server(Results results, Row row, Row other, List<Loss> losses) {
        String what = row.text("server") + ", " + row.text("load") + ", ";
        String peer = other.text("server");
        losses.add(new Loss(what + "processor time per message", row.value("cpu_ns_median"), peer,
                other.value("cpu_ns_median"), "ns", ofRounds(results, row, other, "server_cpu_ns")));
        losses.add(new Loss(what + "throughput", row.value("per_s_median"), peer, other.value("per_s_median"), "msg/s",
                ofRounds(results, row, other, "nanos")));
        if (keepsUp(row) && keepsUp(other)) {
            LATENCIES.forEach(column -> losses.add(new Loss(what + words(column), row.value(column), peer,
                    other.value(column), MICROSECONDS)));
        }
    }

    /** Compares what a message costs two servers as the charts do: in each round, of which this is the median. */
    private static double ofRounds(Results results, Row row, Row other, String column) {
        List<Double> ratios = results.find("servers-rounds", "load", row.text("load"), "server", row.text("server"))
                .stream().flatMap(own -> results.find("servers-rounds", "load", row.text("load"), "server",
                        other.text("server"), "round", own.text("round")).stream()
                        .map(theirs -> own.quotient(column, "messages") / theirs.quotient(column, "messages")))
                .toList();
        return ratios.isEmpty() ? Double.NaN : Stat.of(ratios).median();
    }

    private static boolean keepsUp(Row row) {
        return row.value("rate") <= MOST_LOADED * row.value("per_s_median");
    }

    private static String words(String percentile) {
        return percentile.equals("p999_us") ? "p99.9" : percentile.substring(0, percentile.length() - "_us".length());
    }

    private static void footprints(Results results, List<Loss> losses) {
        for (Row row : results.table("servers-footprint")) {
            if (Peers.OURS.contains(row.text("server"))) {
                for (String peer : Peers.SERVERS) {
                    results.find("servers-footprint", "server", peer)
                            .forEach(other -> footprint(row, other, losses));
                }
            }
        }
    }

    private static void footprint(Row row, Row other, List<Loss> losses) {
        String server = row.text("server") + ", ";
        String peer = other.text("server");
        losses.add(new Loss(server + "live heap of an idle connection", row.value("heap_bytes_median"), peer,
                other.value("heap_bytes_median"), "B"));
        losses.add(new Loss(server + "memory of an idle connection, heap and outside", memory(row), peer,
                memory(other), "B"));
        losses.add(new Loss(server + "first echo", row.value("first_echo_ms_median"), peer,
                other.value("first_echo_ms_median"), "ms"));
        // C has no cache of classes, and needs none
        String theirs = other.has("archived_first_echo_ms_median") || !peer.startsWith("c-")
                ? "archived_first_echo_ms_median" : "first_echo_ms_median";
        losses.add(new Loss(server + "first echo with AOT cache and C1",
                row.value("archived_first_echo_ms_median"), peer, other.value(theirs), "ms"));
    }

    /** Adds what is not in the heap to what is; in C there is none. */
    private static double memory(Row row) {
        return row.value("rss_bytes_median") + row.number("heap_bytes_median").orElse(0);
    }

    private static void startup(Results results, List<Loss> losses) {
        for (Row row : results.find("startup", "program", "epoll4j")) {
            for (Row other : results.table("startup")) {
                if (other.is("program", "C")
                        || other.is("program", "NIO Selector") && other.is("flags", row.text("flags"))) {
                    losses.add(new Loss("first event after exec " + row.text("flags"), row.value("event_median_ms"),
                            other.text("program"), other.value("event_median_ms"), "ms"));
                }
            }
        }
    }
}
