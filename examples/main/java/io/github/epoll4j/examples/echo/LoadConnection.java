package io.github.epoll4j.examples.echo;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.loop.LoopTimer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;

/**
 * One client of an {@link EchoLoad}: it knows every byte that must come back, since they are those of one long pattern,
 * in which each client begins elsewhere.
 */
final class LoadConnection implements ConnectionHandler {
    /** A prime number, so that no lost piece of a usual size goes unnoticed. */
    private static final int PERIOD = 65_521;
    private static final ByteBuffer PATTERN = pattern();
    /** Multiples of it, without their integer part, are spread evenly, however many there are. */
    private static final double GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

    private final EchoLoad load;
    private final EchoLoad.Plan plan;
    private final Connection connection;
    private final int seed;
    /** When the messages that are under way were sent; a ring. Empty with a period. */
    private final long[] sentNanos;
    private final long periodNanos;
    /** When the first message is due, with a period. */
    private long firstDueNanos;
    private long sentMessages;
    private long receivedMessages;
    private long sentBytes;
    private long receivedBytes;
    private LoopTimer timer;
    private boolean isEnding;
    private boolean isFinished;
    private boolean isOpened;
    private boolean isLost;

    LoadConnection(EchoLoad load, Connection connection, int seed) {
        this.load = load;
        this.plan = load.plan();
        this.connection = connection;
        this.seed = seed;
        this.sentNanos = new long[plan.isPeriodic() ? 0 : plan.inFlight()];
        this.periodNanos = plan.period().toNanos();
    }

    private static ByteBuffer pattern() {
        byte[] random = new byte[PERIOD];
        new Random(42).nextBytes(random);
        ByteBuffer pattern = ByteBuffer.allocateDirect(3 * PERIOD);
        return pattern.put(random).put(random).put(random).flip().asReadOnlyBuffer();
    }

    @Override
    public void onOpen(Connection opened) {
        isOpened = true;
        load.opened(this);
        if (!plan.isPeriodic()) {
            send(plan.inFlight());
            return;
        }
        Duration phase = Duration.ofNanos((long) (seed * GOLDEN_RATIO % 1 * periodNanos));
        firstDueNanos = System.nanoTime() + phase.toNanos();
        timer = connection.loop().scheduleAtFixedRate(phase, plan.period(), this::sendDue);
    }

    /** Sends the messages that are due. If many are under way the others wait, and are sent when answers come. */
    private void sendDue() {
        long due = Math.floorDiv(System.nanoTime() - firstDueNanos, periodNanos) + 1;
        long messages = Math.min(due - sentMessages, plan.inFlight() - (sentMessages - receivedMessages));
        if (!isEnding && messages > 0) {
            send((int) messages);
        }
    }

    private void send(int messages) {
        long now = System.nanoTime();
        for (int i = 0; i < messages; i++, sentMessages++) {
            if (!plan.isPeriodic()) {
                sentNanos[(int) (sentMessages % sentNanos.length)] = now;
            }
        }
        int left = messages * plan.size();
        while (left > 0) {
            int offset = (int) ((seed + sentBytes) % PERIOD);
            int length = Math.min(left, PATTERN.capacity() - offset);
            connection.write(PATTERN.slice(offset, length));
            sentBytes += length;
            left -= length;
        }
    }

    @Override
    public void onData(Connection same, ByteBuffer data) {
        if (receivedBytes + data.remaining() > sentBytes) {
            lose("more came back than was sent");
            return;
        }
        while (data.hasRemaining()) {
            int offset = (int) ((seed + receivedBytes) % PERIOD);
            int length = Math.min(data.remaining(), PATTERN.capacity() - offset);
            int right = PATTERN.slice(offset, length).mismatch(data.slice(data.position(), length));
            if (right >= 0) {
                lose("a byte is wrong, after " + (receivedBytes + right) + " that were right");
                return;
            }
            data.position(data.position() + length);
            receivedBytes += length;
        }
        int arrived = (int) (receivedBytes / plan.size() - receivedMessages);
        if (arrived > 0) {
            long now = System.nanoTime();
            for (int i = 0; i < arrived; i++, receivedMessages++) {
                load.arrived(now - beginNanos(receivedMessages));
            }
            if (plan.isPeriodic()) {
                sendDue();
            } else if (!isEnding) {
                send(arrived);
            }
        }
        endIfAllArrived();
    }

    /**
     * Returns when the delay of a message begins: when it was due, so that the delays of all that wait for a server
     * count, and not only that of the message that it was slow with.
     */
    private long beginNanos(long message) {
        return plan.isPeriodic() ? firstDueNanos + message * periodNanos
                : sentNanos[(int) (message % sentNanos.length)];
    }

    /** Sends no more, and ends when all has come back; from any thread. */
    void finish() {
        connection.loop().execute(() -> {
            isEnding = true;
            endIfAllArrived();
        });
    }

    private void endIfAllArrived() {
        if (isEnding && receivedBytes == sentBytes) {
            connection.shutdownOutput();
        }
    }

    @Override
    public void onInputClosed(Connection same, ByteBuffer rest) {
        isFinished = isEnding && receivedBytes == sentBytes;
        connection.close();
    }

    private void lose(String why) {
        load.lost(why);
        isLost = true;
        connection.closeNow();
    }

    @Override
    public void onClosed(Connection same, Throwable cause) {
        if (timer != null) {
            timer.cancel();
        }
        if (isFinished && cause == null) {
            load.finished();
        } else if (isOpened && !isLost) {
            load.lost(cause != null ? cause.getMessage() : "the server has closed it");
        }
    }
}
