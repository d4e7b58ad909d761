package io.github.epoll4j.examples.chat;

import io.github.epoll4j.examples.websocket.WebSocket;
import io.github.epoll4j.examples.websocket.WebSocketHandler;
import io.github.epoll4j.reactor.loop.EventLoop;

/**
 * The WebSocket of a page. The page's first message is the name and the room that it asks for, with a blank between;
 * each may be empty. The others are lines as people at {@code nc} type them. It gets events as JSON.
 */
final class PageSession implements WebSocketHandler, Client {
    private final WebSocket webSocket;
    private final Visitor visitor;
    private boolean hasEntered;
    /** True if the page may come back, as the server ends and not the visit. */
    private volatile boolean isDraining;

    PageSession(WebSocket webSocket, EventLoop chatLoop, Chat chat) {
        this.webSocket = webSocket;
        this.visitor = new Visitor(webSocket.connection(), this, chatLoop, chat);
    }

    @Override
    public void send(Message message) {
        webSocket.write(message.in(JsonForm.INSTANCE));
    }

    @Override
    public void close() {
        webSocket.close(isDraining ? WebSocket.GOING_AWAY : WebSocket.NORMAL, "");
    }

    /** A page shows what it has sent when it comes back, in its order among the others' lines. */
    @Override
    public boolean wantsOwnLines() {
        return true;
    }

    @Override
    public void onText(WebSocket same, String text) {
        if (hasEntered) {
            text.lines().forEach(this::take);
        } else {
            hasEntered = true;
            int blank = text.indexOf(' ');
            visitor.enter(blank < 0 ? text : text.substring(0, blank), blank < 0 ? "" : text.substring(blank + 1));
        }
    }

    private void take(String line) {
        String fault = LineInput.fault(line);
        if (fault == null) {
            visitor.take(line);
        } else {
            visitor.refuse(fault);
        }
    }

    @Override
    public void onDrain(WebSocket same) {
        isDraining = true;
        visitor.dismiss();
    }

    @Override
    public void onClosed(WebSocket same, Throwable cause) {
        visitor.leave(cause);
    }
}
