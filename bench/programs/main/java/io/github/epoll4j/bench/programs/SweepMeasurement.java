package io.github.epoll4j.bench.programs;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.programs.SweepPoint.Sweep;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Measures sweeps, in C and in Java by turns. */
public final class SweepMeasurement {
    private static final int[] CONNECTIONS = {100, 500, 1000, 2000, 5000, 10_000};
    private static final int[] CONNECTIONS_QUICKLY = {100, 1000, 10_000};
    /** As many as select is asked to watch. */
    private static final int SELECTABLE = 1000;
    private static final double[] ACTIVE_PARTS = {0, 0.01, 0.1, 1};
    /** The part that is active in the sweep of the triggers. */
    private static final int TENTH = 10;
    private static final List<Mechanism> SCANS = List.of(Mechanism.SELECT, Mechanism.POLL, Mechanism.EPOLL_LEVEL);

    private final Set<Sweep> sweeps;
    private final Scale scale;
    private final Notes notes = new Notes();
    private final List<SweepPoint> points;

    /**
     * How thoroughly it is measured.
     *
     * @param runs    how often each point is measured in each language
     * @param millis  about how long a measurement takes
     * @param most    the largest number of connections
     * @param isQuick whether some numbers of connections are left out
     */
    public record Scale(int runs, int millis, int most, boolean isQuick) {
        /** For a report. */
        public static final Scale FULL = new Scale(5, 30, 10_000, false);
        /** For a first look. */
        public static final Scale QUICK = new Scale(3, 10, 10_000, true);
    }

    /**
     * Prepares a measurement.
     *
     * @param sweeps which sweeps
     * @param scale  how thoroughly
     */
    public SweepMeasurement(Set<Sweep> sweeps, Scale scale) {
        this.sweeps = sweeps;
        this.scale = scale;
        this.points = points();
    }

    /**
     * Tells how often {@link #measure} tells about its progress.
     *
     * @return the number of steps
     */
    public int steps() {
        return scale.runs() * points.size();
    }

    /**
     * Measures. What does not fit into this process's limits is measured with what fits.
     *
     * @param progress is told which step begins
     * @return a result for each point and language
     * @throws IOException if the C compiler refuses the program
     */
    public List<SweepResult> measure(Consumer<String> progress) throws IOException {
        Optional<CProgram> inC = CProgram.build("programs");
        if (inC.isEmpty()) {
            notes.add(ProgramMeasurement.NO_COMPILER);
        }
        Map<SweepPoint, List<Sample>> cSamples = new LinkedHashMap<>();
        Map<SweepPoint, List<Sample>> javaSamples = new LinkedHashMap<>();
        List<SweepPoint> inTurn = points.stream().sorted(Comparator.comparingInt(SweepPoint::connections)).toList();
        try (SweepCycles cycles = new SweepCycles()) {
            warmUp(cycles);
            for (int run = 1; run <= scale.runs(); run++) {
                for (SweepPoint point : inTurn) {
                    progress.accept(String.format("%s, %s, x = %d, run %d of %d", point.sweep().id(),
                            point.mechanism().title(), point.x(), run, scale.runs()));
                    inC.ifPresent(program -> attempt(point, Language.C, cSamples, () -> runC(program, point)));
                    attempt(point, Language.JAVA, javaSamples, () -> cycles.measure(point));
                }
            }
        }
        List<SweepResult> results = new ArrayList<>();
        for (SweepPoint point : points) {
            Optional.ofNullable(javaSamples.get(point))
                    .ifPresent(samples -> results.add(SweepResult.of(point, Language.JAVA, samples)));
            Optional.ofNullable(cSamples.get(point))
                    .ifPresent(samples -> results.add(SweepResult.of(point, Language.C, samples)));
        }
        return results;
    }

    /**
     * Tells what was left out, and why, and the way out.
     *
     * @return a line for each reason; none if everything was measured
     */
    public List<String> notes() {
        return notes.lines();
    }

    private List<SweepPoint> points() {
        List<SweepPoint> all = new ArrayList<>();
        if (sweeps.contains(Sweep.CONNECTIONS)) {
            SCANS.forEach(mechanism -> counts(mechanism, scale.isQuick() ? CONNECTIONS_QUICKLY : CONNECTIONS)
                    .forEach(count -> all.add(point(Sweep.CONNECTIONS, mechanism, count, 1))));
        }
        if (sweeps.contains(Sweep.ACTIVE)) {
            for (Mechanism mechanism : SCANS) {
                int count = fitting(mechanism, Math.min(scale.most(), most(mechanism)));
                Set<Integer> active = new TreeSet<>();
                for (double part : ACTIVE_PARTS) {
                    active.add(Math.max(1, (int) Math.round(part * count)));
                }
                active.stream().filter(each -> count > 0)
                        .forEach(each -> all.add(point(Sweep.ACTIVE, mechanism, count, each)));
            }
        }
        if (sweeps.contains(Sweep.TRIGGERS)) {
            for (Mechanism mechanism : Mechanism.values()) {
                counts(mechanism, CONNECTIONS_QUICKLY).forEach(count ->
                        all.add(point(Sweep.TRIGGERS, mechanism, count, Math.max(1, count / TENTH))));
            }
        }
        return all;
    }

    private SweepPoint point(Sweep sweep, Mechanism mechanism, int connections, int active) {
        return SweepPoint.of(sweep, mechanism, connections, active, scale.millis());
    }

    /** Gives the numbers of connections that a mechanism can have, each as large as fits. */
    private Set<Integer> counts(Mechanism mechanism, int... wanted) {
        Set<Integer> counts = new TreeSet<>();
        for (int count : wanted) {
            if (count <= most(mechanism) && count <= scale.most()) {
                counts.add(fitting(mechanism, count));
            }
        }
        counts.remove(0);
        return counts;
    }

    private static int most(Mechanism mechanism) {
        return mechanism == Mechanism.SELECT ? SELECTABLE : Integer.MAX_VALUE;
    }

    private int fitting(Mechanism mechanism, int count) {
        Limits.Fit fit = Limits.fit(mechanism, false, count);
        notes.add(fit.reason());
        return fit.connections();
    }

    private static void warmUp(SweepCycles cycles) throws IOException {
        for (Mechanism mechanism : Mechanism.values()) {
            int count = Limits.fit(mechanism, false, 64).connections();
            if (count > 0) {
                cycles.measure(new SweepPoint(Sweep.ACTIVE, mechanism, count, Math.max(1, count / 2), 1000));
            }
        }
    }

    private static Sample runC(CProgram program, SweepPoint point) throws IOException {
        return Sample.parse(CProgram.run(program.command("sweep", point.inC(), "" + point.connections(),
                "" + point.active(), "" + point.cycles())).getFirst());
    }

    private void attempt(SweepPoint point, Language language, Map<SweepPoint, List<Sample>> all, Step step) {
        try {
            Sample sample = step.run();
            all.computeIfAbsent(point, each -> new ArrayList<>()).add(sample);
        } catch (IOException e) {
            notes.add(point.sweep().id() + ", " + point.mechanism().title() + ", " + language.id() + ": "
                    + e.getMessage());
        }
    }

    /** One measurement. */
    @FunctionalInterface
    private interface Step {
        Sample run() throws IOException;
    }
}
