package io.github.epoll4j.bench.programs;

import io.github.epoll4j.net.StreamSocket;
import java.lang.foreign.MemorySegment;

/** A connection on the server's side. */
final class Session {
    final int slot;
    final int fd;
    final StreamSocket socket;
    /** Its own buffer, once bytes have come; unused where all share one. */
    MemorySegment buffer;
    long received;
    long sent;
    boolean watchesOutput;

    Session(int slot, StreamSocket socket) {
        this.slot = slot;
        this.fd = socket.fd();
        this.socket = socket;
    }
}
