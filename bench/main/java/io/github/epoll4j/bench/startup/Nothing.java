package io.github.epoll4j.bench.startup;

/** A JVM that does nothing: what all of them pay. */
public final class Nothing {
    private Nothing() {
    }

    /** Prints the clock twice. */
    public static void main(String[] args) {
        Moments.print(System.nanoTime(), System.nanoTime());
    }
}
