package io.github.epoll4j.examples.http;

import io.github.epoll4j.fd.FileFd;
import java.nio.ByteBuffer;

/** Sends the answer to one request. For HEAD the content is left out, and its length is sent all the same. */
interface Answer {
    /**
     * Sends content from memory.
     *
     * @param status  the status
     * @param fields  fields of the head, each with CR LF, beside Date, Content-Length and Connection
     * @param content the content
     */
    void send(Status status, byte[] fields, ByteBuffer content);

    /**
     * Sends a part of a file.
     *
     * @param status the status
     * @param fields as for {@link #send}
     * @param file   the file, which may be closed when this returns
     * @param offset the offset of the first byte
     * @param count  the number of bytes
     */
    void sendFile(Status status, byte[] fields, FileFd file, long offset, long count);
}
