package io.github.epoll4j.examples.echo;

import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A client and the bytes that it is still owed. It reads only when it owes nothing, so a client that does not read what
 * it gets back is not read from either, and costs one buffer at most. All clients are read into the same buffer: what
 * the socket takes at once is never copied.
 */
final class EchoConnection implements AutoCloseable {
    /** The turns that a client gets before others have theirs. */
    private static final int MOST_TURNS = 16;

    private final TcpStream stream;
    /** What all connections are read into; nothing of it is kept. */
    private final ByteBuffer buffer;
    /** What was read and not yet written back, or null. */
    private ByteBuffer owed;

    EchoConnection(TcpStream stream, ByteBuffer buffer) {
        this.stream = stream;
        this.buffer = buffer;
    }

    /** What a turn ended with. */
    enum Next {
        /** There may be more to read and room to write: go on, or wait to be readable. */
        MORE,
        /** Everything was read: wait to be readable. */
        READ,
        /** The client takes no more for now: wait to be writable. */
        WRITE,
        /** The client has sent its last byte, and has been sent it back. */
        END
    }

    /** Reads once, if nothing is owed, and writes once. */
    Next turn() throws IOException {
        if (owed == null) {
            int count = stream.read(buffer.clear());
            if (count <= 0) {
                return count < 0 ? Next.END : Next.READ;
            }
            stream.write(buffer.flip());
            owed = buffer.hasRemaining() ? ByteBuffer.allocate(buffer.remaining()).put(buffer).flip() : null;
        } else {
            stream.write(owed);
            owed = owed.hasRemaining() ? owed : null;
        }
        return owed == null ? Next.MORE : Next.WRITE;
    }

    /**
     * Reads and writes until one of them would block, as edge trigger asks for; or, with a client that is as fast as
     * that, until others must have their turn, and answers {@link Next#MORE}: no edge will tell, go on after them.
     */
    Next drain() throws IOException {
        Next next = turn();
        for (int turns = 1; next == Next.MORE && turns < MOST_TURNS; turns++) {
            next = turn();
        }
        return next;
    }

    int fd() {
        return stream.fd();
    }

    TcpStream stream() {
        return stream;
    }

    @Override
    public void close() {
        stream.close();
    }
}
