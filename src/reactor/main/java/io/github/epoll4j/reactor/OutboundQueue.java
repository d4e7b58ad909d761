package io.github.epoll4j.reactor;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.net.StreamSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Iterator;

/**
 * Bytes and parts of files that a socket does not take yet, in the order of their writes. It exists only while the
 * socket is full. For the loop's thread.
 */
final class OutboundQueue {
    private static final int SMALLEST_BUFFER = 4 << 10;
    private static final int LARGEST_BUFFER = 64 << 10;
    /** The most bytes and buffers of one gathering write. */
    private static final int MOST_BYTES = 64 << 10;
    private static final int MOST_BUFFERS = 16;

    /** A part of a file, which is closed when it is sent. */
    private static final class FilePart {
        private final FileFd file;
        private long offset;
        private long remaining;

        private FilePart(FileFd file, long offset, long count) {
            this.file = file;
            this.offset = offset;
            this.remaining = count;
        }
    }

    private final LoopContext context;
    /** Buffers, each to be written from its position to its limit, and file parts. */
    private final ArrayDeque<Object> entries = new ArrayDeque<>(4);
    /** The bytes of buffers, and those of files. */
    private long bytes;
    private long fileBytes;

    OutboundQueue(LoopContext context) {
        this.context = context;
    }

    boolean isEmpty() {
        return bytes == 0 && fileBytes == 0;
    }

    /** Returns the number of bytes, those of files included. */
    long size() {
        return bytes + fileBytes;
    }

    /** Returns the number of bytes of files. */
    long fileBytes() {
        return fileBytes;
    }

    /** Adds a copy of all remaining bytes. */
    void add(ByteBuffer data) {
        int length = data.remaining();
        while (data.hasRemaining()) {
            ByteBuffer last = entries.peekLast() instanceof ByteBuffer buffer ? buffer : null;
            if (last == null || last.limit() == last.capacity()) {
                last = ByteBuffer.allocate(Math.clamp(data.remaining(), SMALLEST_BUFFER, LARGEST_BUFFER)).limit(0);
                entries.addLast(last);
            }
            int end = last.limit();
            int part = Math.min(data.remaining(), last.capacity() - end);
            last.limit(end + part).put(end, data, data.position(), part);
            data.position(data.position() + part);
        }
        bytes += length;
    }

    /** Adds a part of a file. The file belongs to the queue, which closes it when the part is sent or dropped. */
    void addFile(FileFd file, long offset, long count) {
        entries.addLast(new FilePart(file, offset, count));
        fileBytes += count;
    }

    /**
     * Writes until the queue is empty, the socket is full, or a number of bytes is written.
     *
     * @return true if the socket is not full
     */
    boolean writeTo(StreamSocket socket, long budget) throws IOException {
        long remaining = budget;
        while (!isEmpty() && remaining > 0) {
            long written;
            boolean isTaking;
            if (entries.peekFirst() instanceof FilePart part) {
                written = sendFile(socket, part, Math.min(part.remaining, remaining));
                isTaking = written > 0; // a short one may be the end of the file
            } else {
                long offered = gather();
                written = writeBuffers(socket);
                isTaking = written == offered;
            }
            if (!isTaking) {
                return false;
            }
            remaining -= written;
        }
        return true;
    }

    private long sendFile(StreamSocket socket, FilePart part, long count) throws IOException {
        long sent = socket.sendFile(part.file, part.offset, count);
        if (sent < 0) {
            throw new IOException("a file ends before byte " + (part.offset + part.remaining) + ": " + part.file);
        }
        part.offset += sent;
        part.remaining -= sent;
        fileBytes -= sent;
        if (part.remaining == 0) {
            entries.removeFirst();
            part.file.close();
        }
        return sent;
    }

    /** Puts the buffers of the next gathering write into the context's array, and returns their bytes. */
    private long gather() {
        long offered = 0;
        int count = 0;
        for (Iterator<Object> all = entries.iterator(); all.hasNext() && count < MOST_BUFFERS;) {
            if (!(all.next() instanceof ByteBuffer buffer) || count > 0 && offered + buffer.remaining() > MOST_BYTES) {
                break;
            }
            context.gathered[count++] = buffer;
            offered += buffer.remaining();
        }
        context.gatheredCount = count;
        return offered;
    }

    private long writeBuffers(StreamSocket socket) throws IOException {
        int count = context.gatheredCount;
        boolean isFileNext = count < entries.size() && fileBytes > 0;
        long written = isFileNext
                ? socket.writeMore(context.gathered, 0, count) : socket.write(context.gathered, 0, count);
        bytes -= written;
        for (int i = 0; i < count; i++) {
            ByteBuffer buffer = context.gathered[i];
            context.gathered[i] = null;
            if (!buffer.hasRemaining()) {
                entries.removeFirst();
            }
        }
        return written;
    }

    /** Drops all entries. */
    void clear() {
        for (Object entry : entries) {
            if (entry instanceof FilePart part) {
                part.file.close();
            }
        }
        entries.clear();
        bytes = 0;
        fileBytes = 0;
    }
}
