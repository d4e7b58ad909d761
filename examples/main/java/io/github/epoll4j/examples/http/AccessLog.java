package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import java.nio.ByteBuffer;

/**
 * The access log of one loop, in the common log format. Lines are collected, and written when the buffer is full, each
 * second, and at the end. A write to a pipe that is full holds up the loop.
 */
final class AccessLog {
    private static final int BUFFER_SIZE = 64 << 10;
    /** The most bytes of a line: the target may be escaped. */
    private static final int LONGEST_LINE = 4 * RequestParser.MAX_BYTES + 256;

    private static final byte[] OPENING = " - - [".getBytes(US_ASCII);
    private static final byte[] MIDDLE = "] \"".getBytes(US_ASCII);
    private static final byte[] HTTP_10 = " HTTP/1.0".getBytes(US_ASCII);
    private static final byte[] HTTP_11 = " HTTP/1.1".getBytes(US_ASCII);
    private static final byte[] QUOTE = "\\x22".getBytes(US_ASCII);
    private static final byte[] BACKSLASH = "\\x5C".getBytes(US_ASCII);

    /** Null for no log. */
    private final FileFd file;
    private final ByteBuffer lines = ByteBuffer.allocateDirect(BUFFER_SIZE + LONGEST_LINE);
    private boolean hasFailed;

    /**
     * Creates a log for one loop.
     *
     * @param file the file, which the logs of several loops may share, and which stays the caller's; null for no log
     */
    AccessLog(FileFd file) {
        this.file = file;
    }

    /**
     * Adds a line.
     *
     * @param host    the address of the client
     * @param time    the time in the log's form
     * @param request null if it could not be read
     * @param status  the status of the answer
     * @param bytes   the length of its content
     */
    void add(byte[] host, byte[] time, Request request, Status status, long bytes) {
        if (file == null) {
            return;
        }
        lines.put(host).put(OPENING).put(time).put(MIDDLE);
        if (request == null) {
            lines.put((byte) '-');
        } else {
            put(request.method());
            lines.put((byte) ' ');
            put(request.target());
            lines.put(request.isHttp10() ? HTTP_10 : HTTP_11);
        }
        lines.put((byte) '"').put((byte) ' ');
        Decimal.put(lines, status.code);
        lines.put((byte) ' ');
        Decimal.put(lines, bytes);
        lines.put((byte) '\n');
        if (lines.position() > BUFFER_SIZE) {
            flush();
        }
    }

    /** Puts visible characters, and escapes those that would end the quotation. */
    private void put(String text) {
        for (int i = 0; i < text.length(); i++) {
            switch (text.charAt(i)) {
                case '"' -> lines.put(QUOTE);
                case '\\' -> lines.put(BACKSLASH);
                default -> lines.put((byte) text.charAt(i));
            }
        }
    }

    /** Writes the collected lines. If that fails, they are dropped, and the first failure is printed. */
    void flush() {
        lines.flip();
        if (lines.hasRemaining()) {
            synchronized (file) { // the lines of several loops do not mix
                write();
            }
        }
        lines.clear();
    }

    private void write() {
        try {
            while (lines.hasRemaining() && file.write(lines) > 0) {
                continue; // a pipe takes a part
            }
        } catch (ErrnoException e) {
            if (!hasFailed) {
                hasFailed = true;
                System.err.println("cannot write the access log: " + e.getMessage());
            }
        }
    }
}
