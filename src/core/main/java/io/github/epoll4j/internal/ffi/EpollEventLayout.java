package io.github.epoll4j.internal.ffi;

import io.github.epoll4j.internal.gen.x86_64.epoll_event;
import java.nio.ByteBuffer;

/**
 * The layout of {@code struct epoll_event} on this machine: packed on x86-64 (12 bytes, data at 4), natural elsewhere
 * (16 bytes, data at 8).
 */
public final class EpollEventLayout {
    private static final boolean IS_X86 = Platform.isX86(System.getProperty("os.arch"));

    /** The size of one event in bytes. */
    public static final int SIZE =
            IS_X86 ? epoll_event.SIZEOF : io.github.epoll4j.internal.gen.aarch64.epoll_event.SIZEOF;
    private static final int EVENTS =
            IS_X86 ? epoll_event.events$OFFSET : io.github.epoll4j.internal.gen.aarch64.epoll_event.events$OFFSET;
    private static final int DATA =
            IS_X86 ? epoll_event.data$OFFSET : io.github.epoll4j.internal.gen.aarch64.epoll_event.data$OFFSET;

    private EpollEventLayout() {
    }

    /** Returns the mask of the event at an index of an array in native byte order. */
    public static int events(ByteBuffer array, int index) {
        return array.getInt(index * SIZE + EVENTS);
    }

    /** Returns the data of the event at an index of an array in native byte order. */
    public static long data(ByteBuffer array, int index) {
        return array.getLong(index * SIZE + DATA);
    }

    /** Writes one event in native byte order. */
    public static void write(ByteBuffer event, int events, long data) {
        event.putInt(EVENTS, events).putLong(DATA, data);
    }
}
