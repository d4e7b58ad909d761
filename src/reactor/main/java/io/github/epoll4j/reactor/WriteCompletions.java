package io.github.epoll4j.reactor;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The completions of a connection's writes, in the order of the writes. They are called in a task, so never inside a
 * write or a handler. For the loop's thread.
 */
final class WriteCompletions implements Runnable {
    /** Waits for an offset in the stream; or, with a cause, only for the entries before it. */
    private record Entry(WriteCompletion completion, long offset, Throwable cause) {
    }

    private final StreamConnection connection;
    private final Queue<Entry> entries = new ArrayDeque<>(4);
    /** The number of pending bytes that the socket has taken since this object was created. */
    private long taken;
    /** The failure of the output; null while the socket may take bytes. */
    private Throwable failure;
    private boolean isScheduled;

    WriteCompletions(StreamConnection connection) {
        this.connection = connection;
    }

    /** Adds a completion that waits for all bytes that are pending now; or that gets a cause, if there is one. */
    void add(WriteCompletion completion, long pending, Throwable cause) {
        entries.add(new Entry(completion, taken + pending, cause));
        schedule();
    }

    /** Counts pending bytes that the socket has taken. */
    void took(long bytes) {
        taken += bytes;
        schedule();
    }

    /** Fails all completions: the socket takes no more. */
    void fail(Throwable cause) {
        failure = cause;
        schedule();
    }

    private boolean isNextDone() {
        Entry next = entries.peek();
        return next != null && (next.offset <= taken || next.cause != null || failure != null);
    }

    private void schedule() {
        if (!isScheduled && isNextDone()) {
            connection.loop().execute(this);
            isScheduled = true;
        }
    }

    /** Calls the completions that are done now. Those that are added meanwhile are for the next task. */
    @Override
    public void run() {
        try {
            for (int i = entries.size(); i > 0 && isNextDone(); i--) {
                complete(entries.remove());
            }
        } finally {
            isScheduled = false;
            if (entries.isEmpty()) {
                connection.allCompleted();
            }
            schedule();
        }
    }

    private void complete(Entry entry) {
        Throwable cause = entry.cause != null || entry.offset <= taken ? entry.cause : failure;
        try {
            entry.completion.completed(connection, cause);
        } catch (Throwable e) {
            connection.fail(e);
        }
    }
}
