package io.github.epoll4j.examples.game;

import java.io.IOException;

/** The types of packets, and their sizes. */
enum PacketType {
    LOGIN(1, 8),
    LOGGED_IN(2, 46),
    SAY(11, 264),
    SAID(12, 294),
    MOVE(21, 16),
    MOVED(22, 16),
    TICK(31, 12),
    ENTERED(32, 46),
    LEFT(33, 8);

    static final int HEADER_BYTES = 4;
    static final int NAME_BYTES = 30;
    static final int TEXT_BYTES = 256;

    private static final PacketType[] ALL = values();

    final int code;
    /** The bytes of a packet, header included. */
    final int size;

    PacketType(int code, int size) {
        this.code = code;
        this.size = size;
    }

    /**
     * Returns the type of a packet.
     *
     * @param code      the number in the header
     * @param bodyBytes the bytes behind the size
     * @throws IOException if the type is unknown, or a packet of it has another size
     */
    static PacketType of(int code, int bodyBytes) throws IOException {
        for (PacketType type : ALL) {
            if (type.code == code) {
                if (bodyBytes != type.size - Short.BYTES) {
                    throw new IOException("a packet of type " + code + " has " + type.size + " bytes, not "
                            + (bodyBytes + Short.BYTES));
                }
                return type;
            }
        }
        throw new IOException("there is no packet of type " + code);
    }
}
