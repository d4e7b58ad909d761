package io.github.epoll4j.examples.game;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.codec.FrameDecoder;
import io.github.epoll4j.reactor.loop.LoopTimer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** A client over TCP. */
final class TcpSession extends Session implements ConnectionHandler {
    private final FrameDecoder packets = FrameDecoder.of(Request.FORMAT);
    private final LoopTimer loginTimer;

    TcpSession(World world, Connection connection, Duration loginTime) {
        super(world, connection);
        this.loginTimer = connection.loop().schedule(loginTime,
                () -> fail("no login within " + loginTime.toMillis() + " ms"));
        world.enter(this);
    }

    @Override
    public void onData(Connection same, ByteBuffer data) {
        try {
            ByteBuffer body;
            while (isReady() && (body = packets.next(data)) != null) {
                handle(body);
            }
        } catch (IOException e) {
            fail(e.getMessage());
        }
    }

    @Override
    void accept(Player loaded) {
        loginTimer.cancel();
        super.accept(loaded);
    }

    @Override
    void send(Tick tick) {
        send(tick.packets());
    }

    @Override
    void send(ByteBuffer all) {
        connection().write(all);
        connection().flush(); // with its chunk of memory free again for the next client
    }

    @Override
    void expel(String fault) {
        connection().reset();
    }

    @Override
    void leave() {
        loginTimer.cancel(); // or it would hold this session until its time
        super.leave();
    }

    @Override
    public void onInputClosed(Connection same, ByteBuffer rest) {
        leave();
        connection().close();
    }

    @Override
    public void onClosed(Connection same, Throwable cause) {
        closed(cause);
    }
}
