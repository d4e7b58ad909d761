package io.github.epoll4j.examples.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.epoll4j.examples.http.HttpDate;
import io.github.epoll4j.examples.http.HttpException;
import io.github.epoll4j.examples.http.Request;
import io.github.epoll4j.examples.http.RequestParser;
import io.github.epoll4j.examples.http.Status;
import io.github.epoll4j.examples.http.Upgrade;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** A connection before the handshake: answers requests for the page, and those for the WebSocket. */
final class HttpHandler implements ConnectionHandler {
    private static final ThreadLocal<byte[]> SCRATCH =
            ThreadLocal.withInitial(() -> new byte[RequestParser.SCRATCH_BYTES]);
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455, 1.3
    private static final String UPGRADE_FIELDS = "Upgrade: websocket\r\nConnection: Upgrade\r\n";

    private final Connection connection;
    private final Page page;
    private final String path;
    private final OriginPolicy origins;
    private final Supplier<ConnectionHandler> webSockets;
    private final Duration pingInterval;
    private final RequestParser parser = new RequestParser(SCRATCH.get());
    /** True when the connection has been closed, or belongs to another handler. */
    private boolean isDone;

    HttpHandler(Connection connection, Page page, String path, OriginPolicy origins,
            Supplier<ConnectionHandler> webSockets, Duration pingInterval) {
        this.connection = connection;
        this.page = page;
        this.path = path;
        this.origins = origins;
        this.webSockets = webSockets;
        this.pingInterval = pingInterval;
    }

    @Override
    public void onData(Connection same, ByteBuffer data) {
        Request request = null;
        try {
            while (!isDone && connection.isWritable() && (request = parser.next(data)) != null) {
                handle(request);
                request = null;
            }
            connection.inMessage(!isDone && data.hasRemaining());
        } catch (HttpException e) { // the rest of the stream is unknown, or was not meant for this server
            if (e.status() != Status.NOT_FOUND) {
                WebSocketConnection.log(connection, e.status().text + ": " + e.getMessage());
            }
            String content = e.status().text + ": " + e.getMessage() + "\n";
            send(request, e.status(), "Content-Type: text/plain\r\n" + e.fields(),
                    ByteBuffer.wrap(content.getBytes(US_ASCII)), true);
        }
    }

    private void handle(Request request) throws HttpException {
        if (request.hasBody()) {
            throw new HttpException(Status.CONTENT_TOO_LARGE, "no request has a body here");
        }
        request.requireGet();
        String requested = request.path();
        if (requested.equals(path)) {
            upgrade(request);
        } else if (requested.equals("/")) {
            send(request, Status.OK, new String(page.fields(), US_ASCII), page.content(), !request.isPersistent());
        } else {
            throw HttpException.notFound();
        }
    }

    private void upgrade(Request request) throws HttpException {
        Upgrade upgrade = request.upgrade();
        if (upgrade == null || !isListed("websocket", upgrade.protocol())) {
            throw new HttpException(Status.UPGRADE_REQUIRED, "this is a WebSocket", UPGRADE_FIELDS);
        }
        if (!upgrade.isInConnection() || request.isHttp10() || request.isHead()) {
            throw HttpException.badRequest("Upgrade needs GET, HTTP/1.1 and Connection: Upgrade");
        }
        if (!"13".equals(upgrade.webSocketVersion())) {
            throw new HttpException(Status.UPGRADE_REQUIRED, "the version of WebSocket is 13",
                    UPGRADE_FIELDS + "Sec-WebSocket-Version: 13\r\n");
        }
        if (upgrade.webSocketKey() == null || !KEY.matcher(upgrade.webSocketKey()).matches()) {
            throw HttpException.badRequest("Sec-WebSocket-Key is missing or malformed");
        }
        if (upgrade.origin() != null && !origins.isAllowed(upgrade.origin().toLowerCase(Locale.ROOT),
                upgrade.host().toLowerCase(Locale.ROOT))) {
            throw new HttpException(Status.FORBIDDEN, "pages of that origin may not connect");
        }
        String head = Status.SWITCHING_PROTOCOLS.text + "\r\n" + UPGRADE_FIELDS + "Sec-WebSocket-Accept: "
                + accept(upgrade.webSocketKey()) + "\r\n\r\n";
        connection.write(ByteBuffer.wrap(("HTTP/1.1 " + head).getBytes(US_ASCII)));
        isDone = true;
        connection.config(connection.config().withReadIdleTimeout(pingInterval).withIdleTimeout(Duration.ZERO));
        connection.handler(webSockets.get());
    }

    private static boolean isListed(String value, String list) {
        return Arrays.stream(list.split(",")).anyMatch(element -> element.strip().equalsIgnoreCase(value));
    }

    static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("each JDK has it", e);
        }
    }

    private void send(Request request, Status status, String fields, ByteBuffer content, boolean isLast) {
        String head = "HTTP/1.1 " + status.text + "\r\nDate: " + HttpDate.field(System.currentTimeMillis() / 1000)
                + "\r\n" + fields + "Content-Length: " + content.remaining() + "\r\n"
                + (isLast ? "Connection: close\r\n\r\n" : "\r\n");
        connection.write(ByteBuffer.wrap(head.getBytes(ISO_8859_1)));
        if (request == null || !request.isHead()) {
            connection.write(content);
        }
        if (isLast) {
            isDone = true;
            connection.close();
        }
    }
}
