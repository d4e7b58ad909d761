package io.github.epoll4j.fd;

/**
 * The end of a process, as {@link PidFd#exitStatus()} returns it.
 *
 * @param state whether and how the process has ended
 * @param value the exit code of {@link State#EXITED}, the signal of {@link State#KILLED}, see {@link Signals}; else 0
 */
public record ExitStatus(State state, int value) {
    /** Whether and how a process has ended. */
    public enum State {
        /** The process has not ended. */
        RUNNING,
        /** The process has ended with an exit code. */
        EXITED,
        /**
         * The process was killed by a signal. A child of {@link Process} never has this state once the JVM has fetched
         * its status: a descriptor of {@link PidFd#of(Process)} returns {@link #EXITED}, with 128 plus the signal.
         */
        KILLED,
        /**
         * Only the parent of a process gets its status, and only once. This process is not the parent, or other code
         * has fetched the status.
         */
        UNKNOWN
    }

    /**
     * Returns the status as text.
     *
     * @return such as {@code exited with 3} or {@code killed by SIGKILL}
     */
    @Override
    public String toString() {
        return switch (state) {
            case RUNNING -> "running";
            case EXITED -> "exited with " + value;
            case KILLED -> "killed by " + Signals.name(value);
            case UNKNOWN -> "unknown";
        };
    }
}
