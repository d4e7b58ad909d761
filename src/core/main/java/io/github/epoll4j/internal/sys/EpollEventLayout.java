package io.github.epoll4j.internal.sys;

import java.nio.ByteBuffer;

/**
 * Where the fields of {@code struct epoll_event} lie: packed on x86-64 (12 bytes, data at 4), natural elsewhere
 * (16 bytes, data at 8). Known here, and held by a test against what jextract found in the headers: to make its layouts
 * costs a JVM's start 10 ms.
 *
 * @param byteSize     the size of one event
 * @param eventsOffset where its mask begins
 * @param dataOffset   where its 64-bit datum begins
 */
public record EpollEventLayout(long byteSize, long eventsOffset, long dataOffset) {
    /** The size of one event on this machine. */
    public static final long SIZE;
    private static final long EVENTS;
    private static final long DATA;

    static {
        EpollEventLayout here = of(Platform.architecture(System.getProperty("os.arch")));
        SIZE = here.byteSize;
        EVENTS = here.eventsOffset;
        DATA = here.dataOffset;
    }

    /** Gives the layout of an architecture, whatever this machine is. */
    static EpollEventLayout of(String architecture) {
        return switch (architecture) {
            case "x86_64" -> new EpollEventLayout(12, 0, 4);
            case "aarch64" -> new EpollEventLayout(16, 0, 8);
            default -> throw new IllegalArgumentException("no layout for " + architecture);
        };
    }

    /** Reads the mask of the event at an index of an array, in native byte order. */
    public static int events(ByteBuffer array, int index) {
        return array.getInt(index * (int) SIZE + (int) EVENTS);
    }

    /** Reads the datum of the event at an index of an array, in native byte order. */
    public static long data(ByteBuffer array, int index) {
        return array.getLong(index * (int) SIZE + (int) DATA);
    }

    /** Writes one event, in native byte order. */
    public static void write(ByteBuffer event, int events, long data) {
        event.putInt((int) EVENTS, events).putLong((int) DATA, data);
    }
}
