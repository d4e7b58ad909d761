package io.github.epoll4j.examples.lab;

import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.StreamSocket;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A stream of bytes that knows how many it holds: those that write(2) took, less those that read(2) gave. */
final class Flow {
    private final Transfer write;
    private final Transfer read;
    private long held;

    private Flow(Transfer write, Transfer read) {
        this.write = write;
        this.read = read;
    }

    static Flow through(Pipe pipe) {
        return new Flow(pipe::write, pipe::read);
    }

    static Flow between(StreamSocket from, StreamSocket to) {
        return new Flow(from::write, to::read);
    }

    /** One write; how many bytes were taken, 0 if the buffer is full. */
    int write(int count) throws IOException {
        int written = write.of(ByteBuffer.allocate(count));
        held += written;
        return written;
    }

    /** One read; how many bytes came, 0 if there are none (EAGAIN), -1 at the end of the stream. */
    int read(int count) throws IOException {
        int got = read.of(ByteBuffer.allocate(count));
        held -= Math.max(got, 0);
        return got;
    }

    /** Reads until EAGAIN or the end; how many bytes came. */
    int drain() throws IOException {
        int total = 0;
        for (int got = read(4096); got > 0; got = read(4096)) {
            total += got;
        }
        return total;
    }

    /** Writes until EAGAIN. */
    void fill(int bytesPerWrite) throws IOException {
        int written;
        do {
            written = write(bytesPerWrite);
        } while (written > 0);
    }

    long held() {
        return held;
    }

    /** A read or a write. */
    @FunctionalInterface
    private interface Transfer {
        int of(ByteBuffer buffer) throws IOException;
    }
}
