package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * Handles the requests of one connection, one after the other: head, body, answer. While the peer does not read its
 * answers, further requests stay in the connection's buffer, and then in the kernel.
 *
 * <p>An error of the head or the framing of the body is answered, and ends the connection, as the beginning of the next
 * request is not known. Another error does not.
 */
final class HttpConnection implements ConnectionHandler, Answer {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(US_ASCII);
    private static final byte[] CONTENT_LENGTH = "Content-Length: ".getBytes(US_ASCII);
    private static final byte[] CRLF = "\r\n".getBytes(US_ASCII);
    private static final byte[] CLOSE = "Connection: close\r\n".getBytes(US_ASCII);
    private static final byte[] KEEP_ALIVE = "Connection: keep-alive\r\n".getBytes(US_ASCII);
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final HttpServer server;
    private final LoopResources resources;
    private final Connection connection;
    private final RequestParser parser;
    /** The peer's address for the log; null before it is needed. */
    private byte[] host;
    /** The request that is being read or answered; null between two. */
    private Request request;
    /** Null if the request has no body. */
    private BodyReader body;
    /** True if the next answer is the last one. */
    private boolean isLast;
    /** True when the last answer is written. */
    private boolean isClosing;
    /** True if a request has begun, and not all of it has come. */
    private boolean isInside;
    private boolean isDraining;

    HttpConnection(HttpServer server, LoopResources resources, Connection connection) {
        this.server = server;
        this.resources = resources;
        this.connection = connection;
        this.parser = new RequestParser(resources.scratch);
    }

    @Override
    public void onData(Connection same, ByteBuffer data) {
        try {
            while (!isClosing && connection.isWritable() && read(data)) {
                connection.inMessage(false);
                // bytes that have come are answered also while the server is being drained
                isLast = !request.isPersistent() || isDraining && !data.hasRemaining();
                handle();
                request = null;
                body = null;
            }
        } catch (HttpException e) {
            refuse(e);
        }
        isInside = !isClosing && connection.isWritable() && (request != null || data.hasRemaining());
        connection.inMessage(isInside);
    }

    /** Reads on; returns whether the current request is complete. */
    private boolean read(ByteBuffer data) throws HttpException {
        if (request == null) {
            request = parser.next(data);
            if (request == null) {
                return false;
            }
            if (request.hasBody()) {
                beginBody();
            }
        }
        return body == null || body.read(data);
    }

    private void beginBody() throws HttpException {
        body = new BodyReader(request, server.maxBodyBytes());
        if (request.isContinueExpected()) {
            resources.site.check(request);
            connection.write(ByteBuffer.wrap(CONTINUE));
        }
    }

    private void handle() {
        try {
            resources.site.check(request);
            resources.site.answer(request, body == null ? EMPTY.duplicate() : body.content(), this);
        } catch (HttpException e) {
            sendError(e);
        } catch (IOException e) {
            System.err.println("cannot answer " + request.target() + ": " + e.getMessage());
            sendError(new HttpException(Status.INTERNAL_ERROR, "please try later"));
        }
    }

    /** Answers with an error that leaves the rest of the stream unknown, and closes. */
    private void refuse(HttpException e) {
        isLast = true;
        sendError(e);
    }

    private void sendError(HttpException e) {
        String content = e.status().text + ": " + e.getMessage() + "\n";
        byte[] fields = ("Content-Type: text/plain\r\n" + e.fields()).getBytes(US_ASCII);
        send(e.status(), fields, ByteBuffer.wrap(content.getBytes(US_ASCII)));
    }

    @Override
    public void send(Status status, byte[] fields, ByteBuffer content) {
        ByteBuffer out = beginHead(status, fields, content.remaining());
        boolean hasContent = content.hasRemaining() && !isHead();
        if (hasContent && content.remaining() <= out.remaining()) {
            out.put(content); // one write, and for several answers one system call
        }
        connection.write(out.flip());
        if (hasContent && content.hasRemaining()) {
            connection.write(content);
        }
        end();
    }

    @Override
    public void sendFile(Status status, byte[] fields, FileFd file, long offset, long count) {
        connection.write(beginHead(status, fields, count).flip());
        if (!isHead()) {
            connection.sendFile(file, offset, count);
        }
        end();
    }

    private boolean isHead() {
        return request != null && request.isHead();
    }

    private ByteBuffer beginHead(Status status, byte[] fields, long length) {
        ByteBuffer out = resources.out.clear().put(status.line).put(resources.dateField()).put(fields);
        if (status != Status.NOT_MODIFIED) {
            Decimal.put(out.put(CONTENT_LENGTH), length);
            out.put(CRLF);
        }
        if (isLast) {
            out.put(CLOSE);
        } else if (request.isHttp10()) {
            out.put(KEEP_ALIVE);
        }
        resources.log.add(host(), resources.logTime(), request, status, isHead() ? 0 : length);
        return out.put(CRLF);
    }

    private void end() {
        if (isLast) {
            isClosing = true;
            connection.close();
        }
    }

    private byte[] host() {
        if (host == null) {
            host = (connection.remoteAddress() instanceof InetSocketAddress peer ? peer.getAddress().getHostAddress()
                    : "-").getBytes(US_ASCII);
        }
        return host;
    }

    /**
     * Has the next answer be the last one. An idle connection is closed when it has been silent for some time, not now:
     * its next request may be on the way, and would be lost.
     */
    @Override
    public void onDrain(Connection same) {
        isDraining = true;
        connection.config(connection.config().withReadIdleTimeout(server.drainSilence()));
    }

    @Override
    public boolean onTimeout(Connection same, IdleTimeoutException timeout) {
        if (timeout.kind() == IdleTimeoutException.Kind.READ) {
            return isInside || connection.pendingBytes() > 0;
        }
        if (isInside) {
            refuse(new HttpException(Status.REQUEST_TIMEOUT, timeout.getMessage()));
        }
        return false;
    }
}
