package io.github.epoll4j.examples.devices;

import io.github.epoll4j.reactor.Connection;

/** A device that is logged in. */
final class Session {
    private final String user;
    private final String key;
    private final Connection connection;
    private volatile long lastBeatNanos = System.nanoTime();

    Session(String user, String key, Connection connection) {
        this.user = user;
        this.key = key;
        this.connection = connection;
    }

    String user() {
        return user;
    }

    /** Returns what datagrams of the device name. */
    String key() {
        return key;
    }

    Connection connection() {
        return connection;
    }

    /** Notes a heartbeat. For any thread. */
    void beat() {
        lastBeatNanos = System.nanoTime();
    }

    long nanosSinceBeat() {
        return System.nanoTime() - lastBeatNanos;
    }
}
