package io.github.epoll4j.examples.game;

import io.github.epoll4j.examples.websocket.WebSocket;
import io.github.epoll4j.examples.websocket.WebSocketHandler;
import io.github.epoll4j.reactor.codec.FrameDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The WebSocket of a page, which watches also without a login. A message has one packet or more. Those that have been
 * read with the last one of a tick are handled in that tick still.
 */
final class PageSession extends Session implements WebSocketHandler {
    private final WebSocket webSocket;
    private final FrameDecoder packets = FrameDecoder.of(Request.FORMAT);

    PageSession(World world, WebSocket webSocket) {
        super(world, webSocket.connection());
        this.webSocket = webSocket;
        world.enter(this);
        watch();
    }

    @Override
    public void onBinary(WebSocket same, ByteBuffer message) {
        try {
            ByteBuffer body;
            while (isOpen() && (body = packets.next(message)) != null) {
                handle(body);
            }
        } catch (IOException e) {
            fail(e.getMessage());
        }
    }

    @Override
    public void onText(WebSocket same, String text) {
        fail("a message of text");
    }

    @Override
    void send(Tick tick) {
        write(tick.frame());
    }

    @Override
    void send(ByteBuffer all) {
        write(WebSocket.binaryFrame(all));
    }

    private void write(ByteBuffer frame) {
        webSocket.write(frame);
        connection().flush();
    }

    @Override
    void expel(String fault) {
        webSocket.close(WebSocket.POLICY_VIOLATION, fault.length() > 100 ? fault.substring(0, 100) : fault);
    }

    @Override
    public void onClosed(WebSocket same, Throwable cause) {
        closed(cause);
    }
}
