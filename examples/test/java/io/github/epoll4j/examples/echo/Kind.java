package io.github.epoll4j.examples.echo;

import io.github.epoll4j.examples.echo.RawEcho.Mechanism;
import io.github.epoll4j.examples.echo.RawEcho.Trigger;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.io.PrintStream;

/** The echo servers that must all behave alike. */
enum Kind {
    SELECT(Mechanism.SELECT, Trigger.LEVEL),
    POLL(Mechanism.POLL, Trigger.LEVEL),
    LEVEL(Mechanism.EPOLL, Trigger.LEVEL),
    EDGE(Mechanism.EPOLL, Trigger.EDGE),
    ONESHOT(Mechanism.EPOLL, Trigger.ONESHOT),
    EDGE_ONESHOT(Mechanism.EPOLL, Trigger.EDGE_ONESHOT);

    private final Mechanism mechanism;
    private final Trigger trigger;

    Kind(Mechanism mechanism, Trigger trigger) {
        this.mechanism = mechanism;
        this.trigger = trigger;
    }

    EchoServer open(TcpListener listener, PrintStream log, boolean draining) throws IOException {
        return RawEcho.open(mechanism, trigger, listener, log, draining);
    }
}
