package io.github.epoll4j.examples.devices;

import io.github.epoll4j.reactor.Connection;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The devices that are logged in, each once. For any thread. */
final class Sessions {
    private static final int KEY_BYTES = 16;

    private final Map<String, Session> byUser = new ConcurrentHashMap<>();
    private final Map<String, Session> byKey = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    /** Adds a session in place of the user's earlier one, whose connection is closed after a notice. */
    Session open(String user, Connection connection) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        Session session = new Session(user, HexFormat.of().formatHex(key), connection);
        byKey.put(session.key(), session);
        Session earlier = byUser.put(user, session);
        if (earlier != null) {
            byKey.remove(earlier.key());
            earlier.connection().write(new Message(Message.Type.NOTICE, Message.Status.REPLACED, 0, Map.of()).frame());
            earlier.connection().close();
        }
        return session;
    }

    /** Returns the session that a datagram names; null if there is none. */
    Session find(String key) {
        return byKey.get(key);
    }

    void end(Session session) {
        byKey.remove(session.key());
        byUser.remove(session.user(), session);
    }

    int count() {
        return byUser.size();
    }
}
