package io.github.epoll4j.bench.programs;

import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Measures a program several times, in C and in Java by turns. */
public final class ProgramMeasurement {
    /** With what a JVM is warmed up. */
    private static final int WARM_CONNECTIONS = 64;
    private static final double NANOS_PER_SECOND = 1e9;
    /** What says that there is no C. */
    static final String NO_COMPILER = "no C compiler ($CC, or cc on the PATH): C is left out";

    private final ProgramSetting asked;
    private final int runs;
    private final boolean withC;
    private final double warmupSeconds;
    private final Notes notes = new Notes();

    /**
     * Prepares a measurement.
     *
     * @param setting       the program and its arguments
     * @param runs          how often it runs
     * @param withC         whether the program in C runs beside it
     * @param warmupSeconds how long a small run of it is repeated before
     */
    public ProgramMeasurement(ProgramSetting setting, int runs, boolean withC, double warmupSeconds) {
        this.asked = setting;
        this.runs = runs;
        this.withC = withC;
        this.warmupSeconds = warmupSeconds;
    }

    /**
     * Tells how often {@link #measure} tells about its progress.
     *
     * @return the number of steps, each about as long as the others
     */
    public int steps() {
        return runs * (withC ? 2 : 1);
    }

    /**
     * Measures. What does not fit into this process's limits is measured with what fits.
     *
     * @param progress is told which step begins
     * @return a result for each language and number of connections; empty if nothing could be measured
     * @throws IOException if the C compiler refuses the program
     */
    public List<ProgramResult> measure(Consumer<String> progress) throws IOException {
        ProgramSetting setting = fitting();
        if (setting.connections() == 0) {
            return List.of();
        }
        Optional<CProgram> inC = withC ? CProgram.build("programs") : Optional.empty();
        if (withC && inC.isEmpty()) {
            notes.add(NO_COMPILER);
        }
        Map<Integer, List<Sample>> cSamples = new TreeMap<>();
        Map<Integer, List<Sample>> javaSamples = new TreeMap<>();
        attempt(Language.JAVA, () -> warmUp(setting));
        for (int run = 1; run <= runs; run++) {
            String what = setting.program().id() + ", run " + run + " of " + runs;
            if (withC) {
                progress.accept(what + ", C");
                inC.ifPresent(program -> attempt(Language.C, () -> keep(cSamples, runC(program, setting))));
            }
            progress.accept(what + ", Java");
            attempt(Language.JAVA, () -> keep(javaSamples, runJava(setting)));
        }
        List<ProgramResult> results = new ArrayList<>();
        javaSamples.values().forEach(samples -> results.add(ProgramResult.of(setting, Language.JAVA, samples)));
        cSamples.values().forEach(samples -> results.add(ProgramResult.of(setting, Language.C, samples)));
        return results;
    }

    /**
     * Tells what {@link #measure} left out, and why, and the way out.
     *
     * @return a line for each reason; none if everything was measured
     */
    public List<String> notes() {
        return notes.lines();
    }

    private ProgramSetting fitting() {
        Program program = asked.program();
        Limits.Fit fit = Limits.fit(
                program.mechanism(), program.kind() == Program.Kind.CONNECT, asked.connections());
        notes.add(named(fit.reason()));
        boolean ownBuffers = program.kind() == Program.Kind.OWN_BUFFERS;
        int buffers = ownBuffers ? (int) Math.min(fit.connections(), asked.exchanges(fit.connections()))
                : Math.min(1, fit.connections());
        Limits.Fit memory = Limits.fitMemory(buffers, asked.bytes());
        notes.add(named(memory.reason()));
        boolean isEnough = memory.connections() == buffers;
        return asked.withConnections(isEnough ? fit.connections() : memory.connections());
    }

    private String named(String reason) {
        return reason == null ? null : asked.program().id() + ": " + reason;
    }

    private void warmUp(ProgramSetting setting) throws IOException {
        ProgramSetting small = setting.withConnections(Math.min(WARM_CONNECTIONS, setting.connections()));
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < warmupSeconds * NANOS_PER_SECOND) {
            runJava(small);
        }
    }

    private static List<Sample> runJava(ProgramSetting setting) throws IOException {
        return setting.program().kind() == Program.Kind.CONNECT ? ConnectPass.run(setting)
                : ExchangePass.run(setting);
    }

    private static List<Sample> runC(CProgram program, ProgramSetting setting) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(setting.program().id(), "" + setting.connections()));
        if (setting.program().kind() != Program.Kind.CONNECT) {
            arguments.addAll(List.of("" + setting.rounds(), "" + setting.bytes()));
        }
        if (setting.lookup() != Lookup.NONE) {
            arguments.addAll(List.of("--lookup", setting.lookup().id()));
        }
        arguments.addAll(List.of("--transport", setting.transport().id(), "--in-flight", "" + setting.inFlight(),
                "--steps", "" + setting.steps()));
        if (setting.perConnection()) {
            arguments.add("--per-connection");
        }
        return CProgram.run(program.command(arguments.toArray(String[]::new))).stream().map(Sample::parse).toList();
    }

    private static void keep(Map<Integer, List<Sample>> all, List<Sample> samples) {
        for (Sample sample : samples) {
            all.computeIfAbsent(sample.connections(), count -> new ArrayList<>()).add(sample);
        }
    }

    private void attempt(Language language, Step step) {
        try {
            step.run();
        } catch (IOException e) {
            notes.add(named(language.id() + ": " + e.getMessage()));
        }
    }

    /** One run. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
