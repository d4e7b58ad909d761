/**
 * WebSocket, RFC 6455, for servers on the reactor: one port serves a page, and the WebSocket that the page opens.
 *
 * {@snippet :
 * Page page = Page.html(bytes);
 * var origins = OriginPolicy.sameHost();
 * reactor.listen(address, WebSocketServer.handlerFactory(page, "/ws", origins, webSocket -> new Echo()));
 *
 * class Echo implements WebSocketHandler {
 *     public void onText(WebSocket webSocket, String text) {
 *         webSocket.sendText(text);
 *     }
 * }
 * }
 *
 * <p>A message for many is encoded once, by {@link io.github.epoll4j.examples.websocket.WebSocket#textFrame}, and
 * written to each: {@code webSocket.write(frame.duplicate())}.
 *
 * <p>A connection begins as {@code HttpHandler}, which answers requests with the parser of the example http. After a
 * handshake it replaces itself by {@code WebSocketConnection}. Netty's codec cuts and checks the frames ({@code
 * Frames}); none of its types is visible outside of this package. It runs without a channel for each connection, so
 * that an idle connection has the decoder's fields and no more.
 *
 * <p>A client that violates the protocol gets a close frame with the code for it, and one line in the log of the {@link
 * java.lang.System.Logger} named as this package. Extensions such as compression are not supported.
 */
package io.github.epoll4j.examples.websocket;
