package io.github.epoll4j.examples.reverse;

import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;

/** A client, and the answers that it has not taken. It belongs to the I/O thread: the worker passes it on, no more. */
final class Client {
    /** The chunks that are in flight for one client: the next are read when it takes answers. */
    private static final int MAX_IN_FLIGHT = 16;

    private final TcpStream stream;
    private final ExitLine exitLine = new ExitLine();
    private final Queue<ByteBuffer> answers = new ArrayDeque<>();
    private int inFlight;
    /** Since the last edge no read has found nothing. */
    private boolean mayHaveBytes;
    private boolean isInputOver;

    Client(TcpStream stream) {
        this.stream = stream;
    }

    /** Notes that bytes have come, or the end of the stream. */
    void edge() {
        mayHaveBytes = true;
    }

    /** Returns the next chunk; empty if there is none now, null at the end of the stream. */
    byte[] read(ByteBuffer buffer) throws IOException {
        int count = stream.read(buffer.clear());
        if (count < 0) {
            isInputOver = true;
            return null;
        }
        if (count == 0) {
            mayHaveBytes = false; // the next edge is after this
        } else {
            inFlight++;
        }
        byte[] bytes = new byte[count];
        buffer.flip().get(bytes);
        return bytes;
    }

    /** Returns whether there may be another chunk, and room for it: its answer is kept until the client takes it. */
    boolean mayRead() {
        return mayHaveBytes && inFlight < MAX_IN_FLIGHT && !isInputOver;
    }

    void answer(byte[] bytes) throws IOException {
        answers.add(ByteBuffer.wrap(bytes));
        write();
    }

    /** Writes until the client takes no more: EPOLLOUT is reported when it does again. */
    void write() throws IOException {
        for (ByteBuffer answer = answers.peek(); answer != null; answer = answers.peek()) {
            stream.write(answer);
            if (answer.hasRemaining()) {
                return;
            }
            answers.remove();
            inFlight--;
        }
    }

    boolean hasAnswers() {
        return !answers.isEmpty();
    }

    /** Returns whether it has sent its last byte and has all answers. */
    boolean isDone() {
        return isInputOver && inFlight == 0;
    }

    ExitLine exitLine() {
        return exitLine;
    }

    TcpStream stream() {
        return stream;
    }
}
