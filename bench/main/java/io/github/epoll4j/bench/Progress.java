package io.github.epoll4j.bench;

import java.io.PrintWriter;
import java.time.Duration;

/** Tells a terminal what is measured and how long it will take; says nothing to a file. */
public final class Progress {
    private final PrintWriter out;
    private final int steps;
    private final long start = System.nanoTime();
    private int done;

    /**
     * Begins.
     *
     * @param out   the terminal
     * @param steps how many steps there are, each about as long as the others
     */
    public Progress(PrintWriter out, int steps) {
        this.out = out;
        this.steps = steps;
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
