package io.github.epoll4j.examples.devices;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import io.github.epoll4j.reactor.codec.CodecException;
import io.github.epoll4j.reactor.codec.FrameDecoder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;

/** The server's end of a device's connection. Called by workers, one at a time. */
final class DeviceHandler implements ConnectionHandler {
    private static final System.Logger LOG = System.getLogger("devices");

    private final Users users;
    private final Sessions sessions;
    private final Duration timeout;
    private final FrameDecoder decoder = Message.decoder();
    /** Null before the login. */
    private Session session;
    private boolean isRefused;

    DeviceHandler(Users users, Sessions sessions, Duration timeout) {
        this.users = users;
        this.sessions = sessions;
        this.timeout = timeout;
    }

    @Override
    public void onData(Connection connection, ByteBuffer data) throws IOException {
        try {
            decoder.decode(data, frame -> handle(connection, Message.read(frame)));
        } catch (MessageException | CodecException e) {
            connection.closeNow(e);
        }
    }

    private void handle(Connection connection, Message request) throws IOException {
        if (isRefused) {
            return; // what is behind a refused message is not done
        }
        switch (request.type()) {
            case LOGIN -> login(connection, request);
            case HEARTBEAT -> beat(connection, request);
            default -> throw new MessageException("a notice is not for the server");
        }
    }

    private void login(Connection connection, Message request) throws IOException {
        String user = request.text("user");
        if (session != null) {
            throw new MessageException("a second login on one connection");
        }
        if (!users.verify(user, request.text("password"))) {
            refuse(connection, request, Message.Status.DENIED);
            return;
        }
        session = sessions.open(user, connection);
        connection.write(request.answer(Message.Status.OK, Map.of("session", session.key())).frame());
    }

    private void beat(Connection connection, Message request) throws IOException {
        if (session == null) {
            refuse(connection, request, Message.Status.NOT_LOGGED_IN);
            return;
        }
        session.beat();
        connection.write(request.answer(Message.Status.OK, Map.of("key", request.number("key") + 1)).frame());
    }

    private void refuse(Connection connection, Message request, Message.Status status) {
        isRefused = true;
        LOG.log(System.Logger.Level.INFO, "{0} is closed: {1}", connection.remoteAddress(), status);
        connection.write(request.answer(status, Map.of()).frame());
        connection.close();
    }

    /** Keeps a device whose heartbeats come over UDP. */
    @Override
    public boolean onTimeout(Connection connection, IdleTimeoutException cause) {
        return session != null && session.nanosSinceBeat() < timeout.toNanos();
    }

    @Override
    public void onClosed(Connection connection, Throwable cause) {
        if (session != null) {
            sessions.end(session);
        }
        String who = session == null ? "" : ", " + session.user() + ",";
        switch (cause) {
            case MessageException e -> LOG.log(System.Logger.Level.WARNING, "{0}{1} is closed: {2}",
                    connection.remoteAddress(), who, e.getMessage());
            case CodecException e -> LOG.log(System.Logger.Level.WARNING, "{0}{1} is closed: {2}",
                    connection.remoteAddress(), who, e.getMessage());
            case IdleTimeoutException e -> LOG.log(System.Logger.Level.INFO, "{0}{1} is evicted: no heartbeat",
                    connection.remoteAddress(), who);
            case null, default -> LOG.log(System.Logger.Level.DEBUG, "{0}{1} has left",
                    connection.remoteAddress(), who);
        }
    }
}
