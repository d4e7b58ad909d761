package io.github.epoll4j.bench;

import java.io.PrintWriter;
import java.time.Duration;

/** Tells a terminal what is measured and how long it will take; says nothing to a file. */
public final class Progress {
    private static final double NANOS_PER_SECOND = 1e9;

    private final PrintWriter out;
    private final int steps;
    /** How long all steps take, at a guess; 0 if each is about as long as the others. */
    private final double guessSeconds;
    private final long start = System.nanoTime();
    private int done;
    private String what = "";
    /** By the guess: what the steps before this one take, and this one. */
    private double passedSeconds;
    private double stepSeconds;
    private long stepStart = start;

    /**
     * Begins.
     *
     * @param out   the terminal
     * @param steps how many steps there are, each about as long as the others
     */
    public Progress(PrintWriter out, int steps) {
        this(out, steps, 0);
    }

    /**
     * Begins something whose steps differ in length.
     *
     * @param out          the terminal
     * @param steps        how many steps there are
     * @param guessSeconds how long they all take, at a guess
     */
    public Progress(PrintWriter out, int steps, double guessSeconds) {
        this.out = out;
        this.steps = steps;
        this.guessSeconds = guessSeconds;
    }

    /**
     * Tells which step begins, over the line of the last one.
     *
     * @param what what is measured
     */
    public void step(String what) {
        String left = "";
        if (done > 0) {
            Duration time = Duration.ofNanos((System.nanoTime() - start) / done * (steps - done));
            left = String.format(", %d:%02d left", time.toMinutes(), time.toSecondsPart());
        }
        done++;
        say(String.format("%d of %d: %s%s", done, steps, what, left));
    }

    /**
     * Tells which step begins, and how long it takes at a guess.
     *
     * @param title   what is measured
     * @param seconds about how long that takes
     */
    public void step(String title, double seconds) {
        passedSeconds += stepSeconds;
        stepSeconds = seconds;
        stepStart = System.nanoTime();
        what = title;
        done++;
        tick();
    }

    /** Tells again what is left, within a step. */
    public void tick() {
        double inStep = (System.nanoTime() - stepStart) / NANOS_PER_SECOND;
        Duration left = left((stepStart - start) / NANOS_PER_SECOND, inStep);
        say(String.format("%d of %d: %s, %d:%02d left", done, steps, what, left.toMinutes(), left.toSecondsPart()));
    }

    /** Corrects the guess by what the steps before this one have really taken. */
    private Duration left(double before, double inStep) {
        double pace = passedSeconds == 0 ? 1 : Math.clamp(before / passedSeconds, 0.5, 3);
        double after = pace * (guessSeconds - passedSeconds - stepSeconds);
        return Duration.ofSeconds(Math.round(after + Math.max(0, pace * stepSeconds - inStep)));
    }

    /** Leaves an empty line. */
    public void end() {
        say("");
    }

    private void say(String text) {
        if (System.console() != null && System.console().isTerminal()) {
            out.printf("\r%-78s\r%s", "", text);
            out.flush();
        }
    }
}
