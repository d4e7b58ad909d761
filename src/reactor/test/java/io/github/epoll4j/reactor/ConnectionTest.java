package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionTest extends ConnectionFixture {
    @TempDir
    private Path folder;

    @Test
    @DisplayName("S08-3, S11-1: one byte, and a megabyte, come back, though writes are partial")
    void shouldSendBackWhenBytesCome() throws Exception {
        try (Socket client = connect(connection -> new Echo())) {
            shouldEcho(client, 1);
            shouldEcho(client, 1 << 20);
        }
    }

    @Test
    @DisplayName("the bytes come in a direct buffer that begins with a line of the cache")
    void shouldAlignTheBufferWhenBytesCome() throws Exception {
        CompletableFuture<ByteBuffer> given = new CompletableFuture<>();
        try (Socket client = connect(connection -> (from, data) -> given.complete(data))) {
            client.getOutputStream().write(1);
            ByteBuffer buffer = given.get(20, TimeUnit.SECONDS);
            assertThat(buffer.isDirect()).isTrue();
            assertThat(buffer.alignmentOffset(0, 64)).isZero();
        }
    }

    @Test
    @DisplayName("S11-9, S12-11: 4 MB and a half-close: every byte comes back, then the end, and an orderly close")
    void shouldSendBackEveryByteWhenThePeerClosesItsHalf() throws Exception {
        byte[] bytes = random(4 << 20);
        try (Socket client = connect(connection -> new Noting())) {
            CompletableFuture<Void> sent = send(client, bytes, true);
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes);
            sent.get(20, TimeUnit.SECONDS);
        }
        assertThat(nextCall()).isInstanceOf(Connection.class);
        assertThat(nextCall()).isEqualTo("closed");
    }

    @Test
    @DisplayName("S12-11: data and FIN together, 100 times: nothing before it is lost")
    void shouldSendBackWhenDataAndEndComeTogether() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Noting());
        for (int i = 0; i < 100; i++) {
            try (Socket client = connect(listener)) {
                client.getOutputStream().write(random(i + 1));
                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes()).isEqualTo(random(i + 1));
            }
            assertThat(nextCall()).isInstanceOf(Connection.class);
            assertThat(nextCall()).isEqualTo("closed");
        }
    }

    @Test
    @DisplayName("S08, S11: a client that sends and never reads costs bounded memory, and others are served")
    void shouldQueueLittleWhenAClientNeverReads() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Noting());
        CompletableFuture<Void> sent;
        try (Socket deaf = connect(listener)) {
            Connection connection = (Connection) nextCall();
            sent = CompletableFuture.runAsync(() -> {
                try {
                    deaf.getOutputStream().write(new byte[64 << 20]);
                } catch (IOException e) {
                    assertThat(e).isNotNull(); // closed below, while it writes
                }
            }, task -> Thread.ofPlatform().daemon().start(task));
            long most = 0;
            while (most <= small.highWaterMark()) {
                most = connection.pendingBytes();
                Thread.onSpinWait();
            }
            for (int i = 0; i < 50; i++) {
                try (Socket other = connect(listener)) {
                    shouldEcho(other, 1000);
                }
                most = Math.max(most, connection.pendingBytes());
            }
            assertThat(most).isLessThanOrEqualTo(small.highWaterMark() + (64 << 10));
            assertThat(sent.isDone()).isFalse();
        }
        sent.get(20, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("a queue beyond its limit ends the connection, with a cause that says so")
    void shouldCloseWhenTheQueueIsFull() throws Exception {
        try (Socket client = connect(connection -> new Noting())) {
            Connection connection = (Connection) nextCall();
            while (connection.isOpen()) {
                connection.write(ByteBuffer.allocate(100_000));
                // and one write, as bytes of another thread are uncounted for a moment when the loop takes them
                assertThat(connection.pendingBytes()).isLessThanOrEqualTo((1 << 20) + 100_000);
            }
            assertThat(nextCall()).isInstanceOf(IOException.class).asString().contains("queue limit of 1048576");
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    @DisplayName("S08-5, S10-9: a reset is told once, with its cause")
    void shouldTellTheCauseOnceWhenThePeerResets() throws Exception {
        for (int i = 0; i < 20; i++) {
            Socket client = connect(connection -> new Noting());
            assertThat(nextCall()).isInstanceOf(Connection.class);
            client.setSoLinger(true, 0);
            client.close();
            assertThat(nextCall()).isInstanceOfSatisfying(ErrnoException.class,
                    e -> assertThat(e.errno()).isEqualTo(Errno.ECONNRESET));
        }
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("S12: an exception of a handler closes that connection alone, and is reported once")
    void shouldCloseOneWhenItsHandlerFails() throws Exception {
        IllegalArgumentException failure = new IllegalArgumentException("handler");
        Listener listener = reactor.listen(ANY, small, connection -> new Noting() {
            @Override
            public void onData(Connection from, ByteBuffer data) throws IOException {
                if (data.get(0) == 'x') {
                    throw failure;
                }
                super.onData(from, data);
            }
        });
        try (Socket bad = connect(listener); Socket good = connect(listener); Socket third = connect(listener)) {
            for (int i = 0; i < 3; i++) {
                assertThat(nextCall()).isInstanceOf(Connection.class);
            }
            bad.getOutputStream().write('x');
            assertThat(bad.getInputStream().read()).isEqualTo(-1);
            assertThat(nextCall()).isSameAs(failure);
            shouldEcho(good, 10);
            shouldEcho(third, 10);
        }
        assertThat(failures).containsExactly(failure);
        failures.clear();
    }

    @Test
    @DisplayName("the function that makes the handler may end its connection: the others are served, and it is told")
    void shouldServeTheOthersWhenTheFunctionEndsItsConnection() throws Exception {
        AtomicBoolean isEnding = new AtomicBoolean();
        Listener listener = reactor.listen(ANY, small, connection -> {
            if (isEnding.get()) {
                connection.closeNow();
            }
            return new Noting();
        });
        try (Socket first = connect(listener); Socket second = connect(listener)) {
            assertThat(nextCall()).isInstanceOf(Connection.class);
            assertThat(nextCall()).isInstanceOf(Connection.class);
            isEnding.set(true);
            for (int i = 0; i < 4; i++) { // on each loop
                try (Socket ended = connect(listener)) {
                    assertThat(ended.getInputStream().read()).isEqualTo(-1);
                    assertThat(nextCall()).isEqualTo("closed");
                }
            }
            await(() -> listener.connectionCount() == 2);
            shouldEcho(first, 1000);
            shouldEcho(second, 1000);
            reactor.close();
            assertThat(nextCall()).isEqualTo("closed");
            assertThat(nextCall()).isEqualTo("closed");
        }
    }

    @Test
    @DisplayName("the function that makes the handler may write to its connection, and close it")
    void shouldSendWhenTheFunctionWrites() throws Exception {
        byte[] greeting = random(300_000);
        AtomicBoolean isClosing = new AtomicBoolean();
        Listener listener = reactor.listen(ANY, small, connection -> {
            connection.pauseReading();
            connection.write(ByteBuffer.wrap(greeting));
            connection.resumeReading();
            if (isClosing.get()) {
                connection.close();
            }
            return new Noting();
        });
        try (Socket client = connect(listener)) {
            assertThat(client.getInputStream().readNBytes(greeting.length)).isEqualTo(greeting);
            shouldEcho(client, 1000);
        }
        assertThat(nextCall()).isInstanceOf(Connection.class);
        assertThat(nextCall()).isEqualTo("closed");
        isClosing.set(true);
        try (Socket client = connect(listener)) {
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(greeting);
        }
        assertThat(nextCall()).as("nothing is delivered in a close").isEqualTo("closed");
    }

    @Test
    @DisplayName("a function that writes to its connection and throws closes that one, and is reported once")
    void shouldCloseOneWhenTheFunctionWritesAndThrows() throws Exception {
        IllegalArgumentException failure = new IllegalArgumentException("function");
        AtomicBoolean isThrowing = new AtomicBoolean();
        Listener listener = reactor.listen(ANY, small, connection -> {
            connection.write(ByteBuffer.allocate(1));
            if (isThrowing.get()) {
                throw failure;
            }
            return new Noting();
        });
        try (Socket good = connect(listener)) {
            assertThat(good.getInputStream().read()).isZero();
            Connection connection = (Connection) nextCall();
            isThrowing.set(true);
            try (Socket bad = connect(listener)) {
                assertThat(bad.getInputStream().readAllBytes()).containsExactly(0);
            }
            await(() -> listener.connectionCount() == 1);
            shouldEcho(good, 1000);
            int registrations = onLoop(connection, same -> same.loop().registrations());
            assertThat(registrations).as("the connection, and the listener if it is here").isBetween(1, 2);
        }
        assertThat(nextCall()).isEqualTo("closed");
        assertThat(failures).containsExactly(failure);
        failures.clear();
    }

    @Test
    @DisplayName("S11-4: writes of another thread arrive in their order, then its close")
    void shouldKeepTheOrderWhenAnotherThreadWrites() throws Exception {
        byte[] bytes = random(500_000);
        try (Socket client = connect(connection -> new Noting())) {
            Connection connection = (Connection) nextCall();
            ByteBuffer piece = ByteBuffer.allocate(100);
            for (int i = 0; i < bytes.length; i += 100) {
                connection.write(piece.clear().put(bytes, i, 100).flip());
                assertThat(piece.hasRemaining()).isFalse();
            }
            connection.close();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(bytes);
        }
        assertThat(nextCall()).isEqualTo("closed");
    }

    @Test
    @DisplayName("reading pauses and goes on; nothing is lost, and onWritable is called when the queue has fallen")
    void shouldReadLaterWhenReadingIsResumed() throws Exception {
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onOpen(Connection opened) {
                opened.pauseReading();
                opened.write(ByteBuffer.allocate(1 << 20).limit(1 << 20));
                opened.loop().execute(() -> calls.add(opened));
            }

            @Override
            public void onWritable(Connection writable) {
                calls.add("writable");
            }
        })) {
            Connection connection = (Connection) nextCall();
            client.getOutputStream().write(new byte[] {1, 2, 3});
            client.shutdownOutput();
            assertThat(client.getInputStream().readNBytes(1 << 20)).hasSize(1 << 20);
            assertThat(nextCall()).as("the budget leaves most of it to the queue").isEqualTo("writable");
            assertThat(client.getInputStream().available()).isZero();
            connection.resumeReading();
            assertThat(client.getInputStream().readAllBytes()).containsExactly(1, 2, 3);
        }
        assertThat(nextCall()).isEqualTo("closed");
    }

    /** Fills its queue, and reads nothing until it is told to. */
    private final class Full extends Noting {
        @Override
        public void onOpen(Connection connection) throws IOException {
            connection.pauseReading();
            connection.write(ByteBuffer.allocate(900_000));
            super.onOpen(connection);
        }

        @Override
        public void onData(Connection connection, ByteBuffer data) {
            calls.add("read " + data.remaining());
        }
    }

    private SocketChannel connectToFull() throws IOException {
        assumeTrue(watching.mechanism != Mechanism.SELECT, "select hears of no hang-up without an interest");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("socket"));
        reactor.listen(address, small, connection -> new Full());
        return SocketChannel.open(address);
    }

    /** The peer reads nothing, and shuts down both ways; returns when the loop has heard of it. */
    private static void hangUp(SocketChannel client, Connection connection) throws IOException {
        client.write(ByteBuffer.allocate(3));
        client.shutdownOutput();
        client.shutdownInput();
        for (int i = 0; i < 3; i++) {
            onLoop(connection, Connection::pendingBytes); // the turn after this one's finds what was there before
        }
    }

    private void shouldEndWithABrokenPipe() throws InterruptedException {
        assertThat(nextCall()).isInstanceOfSatisfying(ErrnoException.class,
                e -> assertThat(e.errno()).isEqualTo(Errno.EPIPE));
        assertThat(calls).isEmpty();
    }

    @Test
    @DisplayName("EPOLLHUP while reading is paused and the queue is full: it is dropped; resumed, it reads and ends")
    void shouldEndWhenReadingIsResumedAfterAHangUp() throws Exception {
        try (SocketChannel client = connectToFull()) {
            Connection connection = (Connection) nextCall();
            assertThat(connection.pendingBytes()).isGreaterThan(small.highWaterMark());
            hangUp(client, connection);
            await(() -> connection.pendingBytes() == 0);
            connection.resumeReading();
            assertThat(nextCall()).isEqualTo("read 3");
            shouldEndWithABrokenPipe();
        }
    }

    @Test
    @DisplayName("EPOLLHUP while reading is paused, then a close: it ends at once, with the cause that bytes were lost")
    void shouldEndWhenClosedAfterAHangUp() throws Exception {
        try (SocketChannel client = connectToFull()) {
            Connection connection = (Connection) nextCall();
            hangUp(client, connection);
            connection.close();
            shouldEndWithABrokenPipe();
        }
    }

    @Test
    @DisplayName("EPOLLHUP in a close that flushes: not good order, as bytes were lost")
    void shouldTellTheCauseWhenThePeerHangsUpInAClose() throws Exception {
        try (SocketChannel client = connectToFull()) {
            Connection connection = (Connection) nextCall();
            connection.close();
            hangUp(client, connection);
            shouldEndWithABrokenPipe();
        }
    }

    @Test
    @DisplayName("a client that sends 16 MB before it reads gets all of a large answer, behind which the server closed")
    void shouldDeliverWhenAClosingConnectionHasToReadFirst() throws Exception {
        byte[] answer = random(8 << 20);
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onOpen(Connection opened) {
                calls.add(opened);
            }

            @Override
            public void onData(Connection from, ByteBuffer data) {
                data.position(data.limit());
                from.write(ByteBuffer.wrap(answer));
                from.close();
            }
        })) {
            assertThat(nextCall()).isInstanceOf(Connection.class);
            client.getOutputStream().write(new byte[16 << 20]);
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
        }
        assertThat(nextCall()).isEqualTo("closed");
    }
}
