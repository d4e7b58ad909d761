package io.github.epoll4j.reactor.tls;

import io.github.epoll4j.reactor.loop.EventLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * The buffers that the TLS connections of a loop share. No connection keeps bytes in them between two steps. They are
 * on the heap, as the JDK's ciphers copy direct buffers piece by piece.
 */
final class TlsBuffers {
    /** The bytes of one call of a handler, and those that it may leave. */
    static final int MOST_UNREAD = 64 << 10;
    /** The most bytes of a record, header and padding included. */
    static final int RECORD = 16 << 10 | 1 << 10;

    private static final Map<EventLoop, List<TlsBuffers>> ALL = Collections.synchronizedMap(new WeakHashMap<>());

    /** Encrypted bytes of the socket. */
    final ByteBuffer input = ByteBuffer.allocate(MOST_UNREAD + RECORD);
    /** Decrypted bytes: those that a handler has left, and at least one record more. */
    final ByteBuffer plain = ByteBuffer.allocate(MOST_UNREAD + RECORD);
    /** Encrypted bytes on their way to the socket. */
    final ByteBuffer cipher = ByteBuffer.allocate(4 * RECORD);
    /** Null before the first file is sent. */
    private ByteBuffer file;

    private TlsBuffers() {
    }

    /**
     * Returns buffers of a loop.
     *
     * @param depth the number of TLS connections below, which are busy at the same time
     */
    static TlsBuffers of(EventLoop loop, int depth) {
        List<TlsBuffers> buffers = ALL.computeIfAbsent(loop, any -> Collections.synchronizedList(new ArrayList<>()));
        synchronized (buffers) {
            while (buffers.size() <= depth) {
                buffers.add(new TlsBuffers());
            }
            return buffers.get(depth);
        }
    }

    ByteBuffer file() {
        if (file == null) {
            file = ByteBuffer.allocate(64 << 10);
        }
        return file;
    }
}
