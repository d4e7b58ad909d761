package io.github.epoll4j.examples.game;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.codec.FrameDecoder;
import io.github.epoll4j.reactor.codec.FrameFormat;
import io.github.epoll4j.reactor.loop.LoopTimer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;

/** One session of a {@link GameLoad}. */
final class ClientSession implements ConnectionHandler {
    private static final FrameFormat FORMAT = new FrameFormat(Short.BYTES, ByteOrder.LITTLE_ENDIAN, true,
            PacketType.SAID.size - Short.BYTES);
    private static final int PERIOD_MILLIS = 1000;
    private static final float STEP = 40;
    private static final double CHAT_SHARE = 0.2;
    private static final String[] LINES = {"hello", "who is there?", "this way", "wait for me", "nice weather"};

    private final GameLoad load;
    private final Connection connection;
    private final SplittableRandom random;
    private final FrameDecoder packets = FrameDecoder.of(FORMAT);
    private final Updates out = new Updates();
    /** When the moves and the chats were sent that have not come back. */
    private final Queue<Long> moves = new ArrayDeque<>();
    private final Queue<Long> chats = new ArrayDeque<>();
    private LoopTimer timer;
    /** 0 before the login. */
    private int player;
    private boolean isAnswered;
    private float x;
    private float y;
    /** 0 before the first one. */
    private int lastTick;
    private boolean isPlaying;
    private boolean isFinishing;
    private boolean isOver;

    ClientSession(GameLoad load, Connection connection, int seed) {
        this.load = load;
        this.connection = connection;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public void onOpen(Connection same) {
        out.login(0);
        send();
    }

    private void send() {
        connection.write(out.view());
        out.clear();
    }

    /** Fails without an answer to the login. */
    void requireAnswer() {
        if (!isAnswered) {
            fail("a login has no answer");
        }
    }

    /** Acts from now on. */
    void play() {
        if (player > 0 && !isOver) {
            isPlaying = true;
            timer = connection.loop().scheduleAtFixedRate(Duration.ofMillis(random.nextInt(PERIOD_MILLIS)),
                    Duration.ofMillis(PERIOD_MILLIS), this::act);
        }
    }

    private void act() {
        if (random.nextDouble() < CHAT_SHARE) {
            out.say(player, LINES[random.nextInt(LINES.length)]);
            chats.add(System.nanoTime());
            load.sentChat();
        } else {
            x = Math.clamp(x + (float) random.nextDouble(-STEP, STEP), 0, World.WIDTH);
            y = Math.clamp(y + (float) random.nextDouble(-STEP, STEP), 0, World.HEIGHT);
            out.move(player, x, y);
            moves.add(System.nanoTime());
            load.sentMove();
        }
        send();
    }

    /** Acts no more, and ends when the last action has come back. */
    void finish() {
        if (timer != null) {
            timer.cancel();
        }
        isFinishing = true;
        endIfDone();
    }

    private void endIfDone() {
        if (isFinishing && !isOver && moves.isEmpty() && chats.isEmpty()) {
            isOver = true;
            load.finished();
            connection.close();
        }
    }

    /** Counts an action that has not come back. */
    void giveUp() {
        if (!isOver) {
            fail("an action has not come back");
        }
    }

    @Override
    public void onData(Connection same, ByteBuffer data) {
        try {
            ByteBuffer body;
            while (!isOver && (body = packets.next(data)) != null) {
                int bodyBytes = body.remaining();
                handle(PacketType.of(bodyBytes < Short.BYTES ? 0 : body.getShort(), bodyBytes), body);
            }
            data.position(isOver ? data.limit() : data.position());
        } catch (IOException e) {
            fail(e.getMessage());
        }
    }

    private void handle(PacketType type, ByteBuffer body) {
        switch (type) {
            case LOGGED_IN -> loggedIn(body.getInt(), body.getFloat(), body.getFloat());
            case TICK -> tick(body.getInt());
            case SAID -> {
                load.receivedChat();
                if (body.getInt() == player) {
                    load.echoed(System.nanoTime() - chats.remove());
                }
            }
            case MOVED -> {
                if (body.getInt() == player) { // all moves of a tick come back as one
                    long now = System.nanoTime();
                    moves.forEach(sent -> load.echoed(now - sent));
                    moves.clear();
                }
            }
            default -> { } // who comes and goes
        }
        endIfDone();
    }

    private void loggedIn(int id, float storedX, float storedY) {
        if (id <= 0) {
            fail("a login was refused: " + Refusal.reason(id));
            return;
        }
        player = id;
        x = storedX;
        y = storedY;
        isAnswered = true;
        load.loggedIn();
    }

    private void tick(int number) {
        if (lastTick != 0 && number != lastTick + 1) {
            fail("tick " + number + " came after " + lastTick);
        }
        lastTick = number;
        if (isPlaying && !isFinishing) {
            load.sawTick();
        }
    }

    private void fail(String why) {
        if (isOver) {
            return;
        }
        isOver = true;
        load.fail(why);
        if (!isAnswered) {
            load.answered();
        }
        load.finished();
        if (timer != null) {
            timer.cancel();
        }
        connection.closeNow();
    }

    @Override
    public void onClosed(Connection same, Throwable cause) {
        fail(cause != null ? "a connection was lost: " + cause.getMessage() : "the server has closed a connection");
    }
}
