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

    private final EchoLoad load;
    private final EchoLoad.Plan plan;
    private final Connection connection;
    private final int seed;
    /** When the messages that are under way were sent; a ring. */
    private final long[] sentNanos;
    private long sentMessages;
    private long receivedMessages;
    private long sentBytes;
    private long receivedBytes;
    private LoopTimer timer;
    private boolean isEnding;
    private boolean isFinished;
    private boolean isLost;

    LoadConnection(EchoLoad load, Connection connection, int seed) {
        this.load = load;
        this.plan = load.plan();
        this.connection = connection;
        this.seed = seed;
        this.sentNanos = new long[plan.inFlight()];
    }

    private static ByteBuffer pattern() {
        byte[] random = new byte[PERIOD];
        new Random(42).nextBytes(random);
        ByteBuffer pattern = ByteBuffer.allocateDirect(3 * PERIOD);
        return pattern.put(random).put(random).put(random).flip().asReadOnlyBuffer();
    }

    @Override
    public void onOpen(Connection opened) {
        if (plan.period().isZero()) {
            send(plan.inFlight());
        } else {
            Duration phase = plan.period().multipliedBy(seed % 1000).dividedBy(1000);
            timer = connection.loop().scheduleAtFixedRate(phase, plan.period(), this::sendInTime);
        }
    }

    /** If the server is so slow that all may be under way already, one is left out. */
    private void sendInTime() {
        if (!isEnding && sentMessages - receivedMessages < plan.inFlight()) {
            send(1);
        }
    }

    private void send(int messages) {
        long now = System.nanoTime();
        for (int i = 0; i < messages; i++) {
            sentNanos[(int) (sentMessages++ % sentNanos.length)] = now;
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
            for (int i = 0; i < arrived; i++) {
                load.arrived(now - sentNanos[(int) (receivedMessages++ % sentNanos.length)], 1);
            }
            if (!isEnding && timer == null) {
                send(arrived);
            }
        }
        endIfAllArrived();
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
        load.fail(why);
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
        } else if (!isLost) {
            load.fail(cause != null ? cause.getMessage() : "the server has closed it");
        }
    }
}
