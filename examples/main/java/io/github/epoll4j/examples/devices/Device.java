package io.github.epoll4j.examples.devices;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.codec.CodecException;
import io.github.epoll4j.reactor.codec.FrameDecoder;
import io.github.epoll4j.reactor.loop.LoopTimer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;

/** A device that logs in, and sends heartbeats. For its loop's thread. */
final class Device implements ConnectionHandler {
    private final String user;
    private final String password;
    private final Duration period;
    private final DeviceStatistics statistics;
    private final FrameDecoder decoder = Message.decoder();
    private LoopTimer timer;
    private long key;
    /** 0 while no heartbeat is under way. */
    private long sentNanos;
    private boolean isEnding;

    Device(String user, String password, Duration period, DeviceStatistics statistics) {
        this.user = user;
        this.password = password;
        this.period = period;
        this.statistics = statistics;
    }

    @Override
    public void onOpen(Connection connection) {
        connection.write(Message.request(Message.Type.LOGIN, 0, Map.of("user", user, "password", password)).frame());
    }

    @Override
    public void onData(Connection connection, ByteBuffer data) throws IOException {
        try {
            decoder.decode(data, frame -> handle(connection, Message.read(frame)));
        } catch (MessageException | CodecException e) {
            connection.closeNow(e);
        }
    }

    private void handle(Connection connection, Message answer) throws IOException {
        if (answer.status() != Message.Status.OK) {
            throw new MessageException(user + ": " + answer.status()
                    + (answer.status() == Message.Status.DENIED ? ", no such user or a wrong password" : ""));
        }
        if (answer.type() == Message.Type.LOGIN) {
            answer.text("session");
            statistics.loggedIn();
            timer = connection.loop().scheduleAtFixedRate(period, period, () -> beat(connection));
        } else if (answer.type() == Message.Type.HEARTBEAT && answer.id() == key && answer.number("key") == key + 1) {
            statistics.answered(System.nanoTime() - sentNanos);
            sentNanos = 0;
        } else {
            throw new MessageException(user + ": a wrong answer: " + answer);
        }
    }

    private void beat(Connection connection) {
        if (sentNanos == 0) { // one at a time: the next one waits for a late answer
            key++;
            sentNanos = System.nanoTime();
            connection.write(Message.request(Message.Type.HEARTBEAT, key, Map.of("key", key)).frame());
        }
    }

    @Override
    public void onDrain(Connection connection) {
        isEnding = true;
        if (timer != null) {
            timer.cancel();
        }
        connection.close();
    }

    @Override
    public void onClosed(Connection connection, Throwable cause) {
        if (timer != null) {
            timer.cancel();
        }
        if (!isEnding) {
            statistics.failed(cause == null ? user + ": the server has closed the connection" : cause.getMessage());
        }
    }

    /** Ends the device. */
    void end(Connection connection) {
        onDrain(connection);
    }
}
