package io.github.epoll4j.examples.game;

import io.github.epoll4j.examples.websocket.WebSocket;
import java.nio.ByteBuffer;
import java.util.Collection;

/** What a tick sends, encoded once for all clients. Valid during the tick. */
final class Tick {
    private final ByteBuffer packets;
    private final Collection<Player> players;
    /** Null until a client needs it. */
    private ByteBuffer allPlayers;
    private ByteBuffer frame;

    Tick(ByteBuffer packets, Collection<Player> players) {
        this.packets = packets;
        this.players = players;
    }

    /** Returns the packets of the tick, in a buffer of the caller's. */
    ByteBuffer packets() {
        return packets.duplicate();
    }

    /** Returns the packets as a message for pages, in a buffer of the caller's. */
    ByteBuffer frame() {
        if (frame == null) {
            frame = WebSocket.binaryFrame(packets());
        }
        return frame.duplicate();
    }

    /** Returns a packet for each player who is in the world, in a buffer of the caller's. */
    ByteBuffer allPlayers() {
        if (allPlayers == null) {
            Updates all = new Updates();
            players.forEach(all::entered);
            allPlayers = all.view();
        }
        return allPlayers.duplicate();
    }
}
