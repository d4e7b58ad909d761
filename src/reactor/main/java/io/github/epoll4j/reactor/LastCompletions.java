package io.github.epoll4j.reactor;

import java.util.concurrent.RejectedExecutionException;

/**
 * Completions whose loop has stopped: one may write again, and that write's completion too, but not on and on, as
 * nobody else would have a turn. For any thread.
 */
final class LastCompletions {
    /** How many may follow each other, each one written by the one before. */
    static final int MOST = 100;

    /** Which of them the thread is in; absent in none. */
    private static final ThreadLocal<Integer> CURRENT = new ThreadLocal<>();

    private LastCompletions() {
    }

    private static int current() {
        Integer number = CURRENT.get();
        return number == null ? 0 : number;
    }

    /** Gives the number of the completion of a write that is made now; 0 while the loop runs. */
    static int number(EventLoop loop) {
        return loop.tasks.isStopped() ? current() + 1 : 0;
    }

    /** Refuses a write that comes from the last completion that may write. */
    static void requireNumber(EventLoop loop) {
        if (number(loop) > MOST) {
            throw new RejectedExecutionException(
                    "the loop has stopped, and " + MOST + " completions have written one after the other since");
        }
    }

    /** Calls the completion of a write that had a number. */
    static void call(int number, WriteCompletion completion, Connection connection, Throwable cause) {
        if (number == 0) {
            completion.completed(connection, cause);
            return;
        }
        int before = current();
        CURRENT.set(number);
        try {
            completion.completed(connection, cause);
        } finally {
            if (before == 0) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        }
    }
}
