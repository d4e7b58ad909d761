package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.reactor.loop.EventLoop;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A loop's thread that would wait for its own loop. */
class SelfWaitTest extends ConnectionFixture {
    private static void shouldRefuseToWait(CompletableFuture<?> future) {
        CompletableFuture<?> derived = future.thenApply(String::valueOf);
        for (ThrowingCallable wait : List.<ThrowingCallable>of(future::join, future::get,
                () -> future.get(1, TimeUnit.HOURS), derived::join, derived::get)) {
            assertThatIllegalStateException().isThrownBy(wait).withMessageContaining("the loop's thread");
        }
    }

    @Test
    @DisplayName("join and get of a write's future are refused on the loop's thread, and return once it is done")
    void shouldRefuseWhenAHandlerWaitsForItsOwnWrite() throws Exception {
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onData(Connection from, ByteBuffer data) {
                CompletableFuture<Void> written = from.writeAsync(data);
                shouldRefuseToWait(written);
                written.thenRun(() -> {
                    written.join();
                    calls.add("joined");
                });
                calls.add(written);
            }
        })) {
            assertThat(nextCall()).isInstanceOf(Connection.class);
            client.getOutputStream().write(1);
            CompletableFuture<?> written = (CompletableFuture<?>) nextCall();
            written.get(20, TimeUnit.SECONDS); // on another thread
            assertThat(nextCall()).isEqualTo("joined");
            assertThat(client.getInputStream().read()).isOne();
        }
    }

    @Test
    @DisplayName("so are they for an attempt to connect on the same loop")
    void shouldRefuseWhenATaskWaitsForItsOwnAttempt() throws Exception {
        SocketAddress address = reactor.listen(ANY, small, connection -> new Echo()).localAddress();
        for (EventLoop loop : reactor.loops()) {
            CompletableFuture<Void> tried = CompletableFuture.runAsync(() -> {
                CompletableFuture<Connection> onLoop;
                do { // the loops take turns, so that one of two attempts is on this one
                    onLoop = reactor.connect(address,
                            ConnectConfig.DEFAULT.withConnections(small), connection -> new Echo());
                } while (((LoopFuture<Connection>) onLoop).loop() != loop);
                shouldRefuseToWait(onLoop);
            }, loop);
            tried.get(20, TimeUnit.SECONDS);
        }
    }
}
