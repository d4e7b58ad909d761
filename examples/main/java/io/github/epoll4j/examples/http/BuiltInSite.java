package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;

/** The pages of a server without files: {@code GET /}, and {@code POST /echo}, which returns the body. */
final class BuiltInSite implements Site {
    private static final byte[] TEXT = "Content-Type: text/plain\r\n".getBytes(US_ASCII);
    private static final byte[] BYTES = "Content-Type: application/octet-stream\r\n".getBytes(US_ASCII);
    private static final byte[] HELLO = "hello\n".getBytes(US_ASCII);

    @Override
    public void check(Request request) throws HttpException {
        if (!request.path().equals("/echo")) {
            request.requireGet();
        } else if (!request.method().equals("POST")) {
            throw request.notAllowed("POST");
        }
    }

    @Override
    public void answer(Request request, ByteBuffer body, Answer answer) throws HttpException {
        switch (request.path()) {
            case "/" -> answer.send(Status.OK, TEXT, ByteBuffer.wrap(HELLO));
            case "/echo" -> answer.send(Status.OK, BYTES, body);
            default -> throw HttpException.notFound();
        }
    }
}
