package io.github.epoll4j.bench.programs;

import io.github.epoll4j.bench.Stat;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What a program took at one number of connections.
 *
 * @param setting     the program and its arguments
 * @param language    in what it is written
 * @param connections how many connections there were
 * @param rounds      the messages at this number, or of each connection if that was asked for; connections made
 * @param runs        how often it was measured
 * @param seconds     how long it took
 * @param counts      what the server did in the run in the middle; calls to epoll_ctl with one ADD for each connection
 */
public record ProgramResult(ProgramSetting setting, Language language, int connections, long rounds, int runs,
        Stat seconds, Counts counts) {
    private static final double NANOS_PER_SECOND = 1e9;

    /** Sums up at least one sample of the same number of connections. */
    static ProgramResult of(ProgramSetting setting, Language language, List<Sample> samples) {
        List<Sample> sorted = samples.stream().sorted(Comparator.comparingLong(Sample::nanos)).toList();
        Sample middle = sorted.get((sorted.size() - 1) / 2);
        long rounds = setting.program().kind() == Program.Kind.CONNECT ? middle.rounds() : setting.rounds();
        return new ProgramResult(setting, language, middle.connections(), rounds, sorted.size(),
                Stat.of(sorted.stream().map(sample -> sample.nanos() / NANOS_PER_SECOND).toList()), middle.counts());
    }

    /**
     * Gives the names of the columns.
     *
     * @return the first line of the file
     */
    public static String csvHeader() {
        return "program,language,mechanism,trigger,lookup,transport,connections,rounds,bytes,runs,seconds_median,"
                + "seconds_min,seconds_max,waits,events,ctl_calls,data_calls";
    }

    /**
     * Gives a line of the file.
     *
     * @return its columns
     */
    public String csvLine() {
        Mechanism mechanism = setting.program().mechanism();
        return String.format(Locale.ROOT, "%s,%s,%s,%s,%s,%s,%d,%d,%d,%d,%.9f,%.9f,%.9f,%d,%d,%d,%d",
                setting.program().id(), language.id(), mechanism.call(), mechanism.trigger(), setting.lookup().id(),
                setting.transport().id(), connections, rounds, setting.bytes(), runs, seconds.median(), seconds.min(),
                seconds.max(), counts.waits(), counts.events(), counts.ctlCalls(), counts.dataCalls());
    }

    static String header() {
        return String.format("%11s%12s %-19s%12s %-19s%8s%9s%9s%9s%9s%12s", "connections", "Java s", "(min-max)", "C s",
                "(min-max)", "Java/C", "waits", "events", "ctl", "r/w", "compared");
    }

    /** Gives a line of the table; the result in C is null if it was not measured. */
    String line(ProgramResult inC) {
        return String.format(Locale.ROOT, "%11d%s%s%8s%9d%9d%9d%9d%12d", connections, cell(this), cell(inC),
                inC == null ? "-" : String.format(Locale.ROOT, "%.2f", seconds.median() / inC.seconds.median()),
                counts.waits(), counts.events(), counts.ctlCalls(), counts.dataCalls(), counts.comparisons());
    }

    private static String cell(ProgramResult result) {
        if (result == null) {
            return String.format("%12s %-19s", "-", "");
        }
        Stat stat = result.seconds;
        return String.format(Locale.ROOT, "%12.6f %-19s", stat.median(),
                String.format(Locale.ROOT, "(%.5f-%.5f)", stat.min(), stat.max()));
    }
}
