package io.github.epoll4j.examples.game;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A client of the game, however it is connected. For the game's loop. */
abstract class Session {
    /** The packets that a client has in each tick before it is not read until the next one. */
    static final int PACKETS_PER_TICK = 4;

    private final World world;
    private final Connection connection;
    private int packetsLeft = PACKETS_PER_TICK;
    private boolean isPaused;
    private boolean isLoading;
    private boolean isOver;
    /** True if the client is sent each tick. */
    private boolean isWatching;
    /** True if the next tick has to begin with all players. */
    private boolean isNew;
    /** Null before the login, and after the end. */
    private Player player;
    /** Packets for this client alone; null for none. */
    private Updates own;

    Session(World world, Connection connection) {
        this.world = world;
        this.connection = connection;
    }

    /** Sends the packets of a tick in one write. */
    abstract void send(Tick tick);

    /** Sends packets in one write. */
    abstract void send(ByteBuffer packets);

    /** Ends the connection because of a fault of the client. */
    abstract void expel(String fault);

    final Connection connection() {
        return connection;
    }

    final boolean isOpen() {
        return !isOver;
    }

    final Player player() {
        return player;
    }

    /** Returns whether the client has packets left in this tick. */
    final boolean isReady() {
        return packetsLeft > 0 && !isOver;
    }

    /** Handles a packet, without its size. */
    final void handle(ByteBuffer body) throws IOException {
        packetsLeft--;
        if (packetsLeft == 0) {
            isPaused = true;
            connection.pauseReading();
        }
        switch (Request.decode(body)) {
            case Request.Login login when player == null && !isLoading -> {
                isLoading = true;
                world.login(this, login.player());
            }
            case Request.Say say when isOwn(say.player()) -> world.say(player, say.text());
            case Request.Move move when isOwn(move.player()) -> world.move(player, move.x(), move.y());
            default -> { } // a second login, or another's player
        }
    }

    private boolean isOwn(int id) {
        return player != null && player.id() == id;
    }

    /** Sends the client each tick from now on. */
    final void watch() {
        isWatching = true;
        isNew = true;
    }

    /** Answers a login with a player. */
    void accept(Player loaded) {
        isLoading = false;
        player = loaded;
        own().loggedIn(loaded);
        watch();
    }

    /** Answers a login with the reason why it fails. */
    final void refuse(Refusal refusal) {
        isLoading = false;
        own().refused(refusal);
    }

    private Updates own() {
        if (own == null) {
            own = new Updates();
        }
        return own;
    }

    /** Returns the player, which is not this client's any more; null if there is none. */
    final Player release() {
        Player released = player;
        player = null;
        return released;
    }

    /** Sends what has happened, and reads on. */
    final void tick(Tick tick) {
        if (isNew) {
            isNew = false;
            own().add(tick.allPlayers());
        }
        if (own != null) {
            if (isWatching) {
                own.add(tick.packets());
            }
            send(own.view());
            own = null;
        } else if (isWatching) {
            send(tick);
        }
        packetsLeft = PACKETS_PER_TICK;
        if (isPaused) {
            isPaused = false;
            connection.resumeReading();
        }
    }

    /** Reports a fault of the client in one line, and ends its connection. */
    final void fail(String fault) {
        if (!isOver) {
            log(fault);
            leave();
            expel(fault);
        }
    }

    /** Leaves the world. */
    void leave() {
        isOver = true;
        world.leave(this);
    }

    /** Handles the end of the connection. */
    final void closed(Throwable cause) {
        if (!isOver && cause instanceof IOException && !(cause instanceof ErrnoException)) {
            log(cause.getMessage()); // such as a queue that is full
        }
        leave();
    }

    private void log(String what) {
        World.LOGGER.log(System.Logger.Level.WARNING, "client " + connection.remoteAddress() + ": " + what);
    }
}
