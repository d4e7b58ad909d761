package io.github.epoll4j.reactor;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Those who wait until the socket has taken their bytes, in the order of their writes. They are called in a task, so
 * never inside a write or a handler. For the loop's thread.
 */
final class WriteCompletions implements Runnable {
    /** Waits for a place in the stream; or, with a cause, for those before it alone. The number is a last one's. */
    private record Entry(WriteCompletion completion, long place, Throwable cause, int number) {
    }

    private final StreamConnection connection;
    private final Queue<Entry> entries = new ArrayDeque<>(4);
    /** How many bytes the socket has taken from the queue since the first entry. */
    private long taken;
    /** Why it takes no more. */
    private Throwable failure;
    private boolean isScheduled;

    WriteCompletions(StreamConnection connection) {
        this.connection = connection;
    }

    /** Adds one who waits for all that is queued now; or who is to be told a cause, if there is one. */
    void add(WriteCompletion completion, int queued, Throwable cause) {
        entries.add(new Entry(completion, taken + queued, cause, LastCompletions.number(connection.loop())));
        schedule();
    }

    /** The socket has taken bytes from the queue. */
    void took(int count) {
        taken += count;
        schedule();
    }

    /** The socket takes no more. */
    void fail(Throwable cause) {
        failure = cause;
        schedule();
    }

    private boolean isNextDone() {
        Entry next = entries.peek();
        return next != null && (next.place <= taken || next.cause != null || failure != null);
    }

    private void schedule() {
        if (isScheduled || !isNextDone()) {
            return;
        }
        isScheduled = true;
        connection.siblings.tellLast(this);
    }

    /** Calls those that are done now; who comes meanwhile is for the next task, so that others have their turn. */
    @Override
    public void run() {
        try {
            for (int i = entries.size(); i > 0 && isNextDone(); i--) {
                complete(entries.remove());
            }
        } finally {
            isScheduled = false;
            if (entries.isEmpty()) {
                connection.output().allCompleted();
            }
            schedule();
        }
    }

    private void complete(Entry entry) {
        Throwable cause = entry.cause != null || entry.place <= taken ? entry.cause : failure;
        try {
            LastCompletions.call(entry.number, entry.completion, connection, cause);
        } catch (Throwable e) {
            connection.fail(e);
        }
    }
}
