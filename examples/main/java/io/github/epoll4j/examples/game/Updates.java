package io.github.epoll4j.examples.game;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;

/** Packets that are collected until they are sent. */
final class Updates {
    private static final int FIRST_CAPACITY = 64;

    private ByteBuffer bytes = ByteBuffer.allocate(FIRST_CAPACITY).order(ByteOrder.LITTLE_ENDIAN);

    boolean isEmpty() {
        return bytes.position() == 0;
    }

    /** Returns the packets in a buffer of the caller's, which is valid until {@link #clear()}. */
    ByteBuffer view() {
        return bytes.duplicate().flip();
    }

    void clear() {
        bytes.clear();
    }

    /** Adds encoded packets. */
    void add(ByteBuffer packets) {
        ensure(packets.remaining());
        bytes.put(packets);
    }

    void login(int player) {
        begin(PacketType.LOGIN).putInt(player);
    }

    void say(int player, String text) {
        begin(PacketType.SAY).putInt(player);
        put(text, PacketType.TEXT_BYTES);
    }

    void move(int player, float x, float y) {
        begin(PacketType.MOVE).putInt(player).putFloat(x).putFloat(y);
    }

    void loggedIn(Player player) {
        player(PacketType.LOGGED_IN, player);
    }

    /** Adds the answer to a login that has failed. */
    void refused(Refusal refusal) {
        begin(PacketType.LOGGED_IN).putInt(refusal.code).putFloat(0).putFloat(0);
        put("", PacketType.NAME_BYTES);
    }

    void entered(Player player) {
        player(PacketType.ENTERED, player);
    }

    private void player(PacketType type, Player player) {
        begin(type).putInt(player.id()).putFloat(player.x()).putFloat(player.y());
        put(player.name(), PacketType.NAME_BYTES);
    }

    void left(Player player) {
        begin(PacketType.LEFT).putInt(player.id());
    }

    void said(Player player, String text) {
        begin(PacketType.SAID).putInt(player.id());
        put(player.name(), PacketType.NAME_BYTES);
        put(text, PacketType.TEXT_BYTES);
    }

    void moved(Player player) {
        begin(PacketType.MOVED).putInt(player.id()).putFloat(player.x()).putFloat(player.y());
    }

    void tick(int number, int players) {
        begin(PacketType.TICK).putInt(number).putInt(players);
    }

    private ByteBuffer begin(PacketType type) {
        ensure(type.size);
        return bytes.putShort((short) type.size).putShort((short) type.code);
    }

    /** Puts as many whole characters as there is space for, and zeros. */
    private void put(String text, int space) {
        int end = bytes.position() + space;
        ByteBuffer field = bytes.slice(bytes.position(), space);
        UTF_8.newEncoder().encode(CharBuffer.wrap(text), field, true);
        while (field.hasRemaining()) {
            field.put((byte) 0);
        }
        bytes.position(end);
    }

    private void ensure(int added) {
        if (bytes.remaining() < added) {
            int capacity = Math.max(2 * bytes.capacity(), bytes.position() + added);
            bytes = ByteBuffer.allocate(capacity).order(ByteOrder.LITTLE_ENDIAN).put(bytes.flip());
        }
    }
}
