package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.net.LinuxSocketOptions;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The corners of a connection's state machine. */
class ConnectionStateTest extends ConnectionFixture {
    @Test
    @DisplayName("onOpen throws the failure of a system call: it is reported, and what was written before is flushed")
    void shouldReportAndFlushWhenOnOpenThrowsAnErrno() throws Exception {
        ErrnoException failure = new ErrnoException("setsockopt", "a test", Errno.EPERM);
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onOpen(Connection opened) throws IOException {
                opened.write(ByteBuffer.wrap(new byte[3]));
                throw failure;
            }
        })) {
            assertThat(client.getInputStream().readAllBytes()).hasSize(3);
            assertThat(nextCall()).isSameAs(failure);
            assertThat(failures).containsExactly(failure);
            failures.clear();
        }
    }

    @Test
    @DisplayName("onWritable writes more than the high-water mark, and all of it is flushed: onWritable comes again")
    void shouldBecomeWritableAgainWhenOnWritableWritesMoreThanTheMark() throws Exception {
        int times = 50;
        AtomicInteger calledTimes = new AtomicInteger();
        Listener listener = reactor.listen(ANY, small.withWaterMarks(0, 1000), connection -> new Noting() {
            @Override
            public void onData(Connection from, ByteBuffer data) {
                data.position(data.limit());
                from.write(ByteBuffer.allocate(2000));
            }

            @Override
            public void onWritable(Connection writable) {
                if (calledTimes.incrementAndGet() < times) {
                    writable.write(ByteBuffer.allocate(2000));
                }
            }
        });
        try (Socket client = connect(listener)) {
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().readNBytes(times * 2000)).hasSize(times * 2000);
            await(() -> calledTimes.get() == times);
            client.getOutputStream().write(1); // reading goes on as well
            assertThat(client.getInputStream().readNBytes(2000)).hasSize(2000);
        }
    }

    @Test
    @DisplayName("a configuration lowers the mark below the pending bytes: onWritable comes when they are sent")
    void shouldBecomeWritableWhenTheMarkWasLowered() throws Exception {
        CountDownLatch writable = new CountDownLatch(1);
        ConnectionConfig wide = small.withQueueLimit(8 << 20).withWaterMarks(1 << 10, 8 << 20).withBudget(8 << 20);
        Listener listener = reactor.listen(ANY, wide, connection -> new Noting() {
            @Override
            public void onWritable(Connection same) {
                writable.countDown();
            }
        });
        try (Socket client = connect(listener)) {
            int sent = onLoop((Connection) nextCall(), connection -> {
                int written = 0;
                for (; connection.pendingBytes() == 0; written += 64 << 10) {
                    connection.write(ByteBuffer.allocate(64 << 10));
                }
                connection.config(wide.withWaterMarks(1, 2));
                return written;
            });
            assertThat(client.getInputStream().readNBytes(sent)).hasSize(sent);
            assertThat(writable.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    @DisplayName("another thread replaces the handler while the loop does: the last one stays")
    void shouldKeepTheLastHandlerWhenAnotherThreadReplacesItOftener() throws Exception {
        try (Socket client = connect(connection -> new Noting())) {
            Connection connection = (Connection) nextCall();
            for (int i = 0; i < 20_000; i++) {
                connection.handler(new Noting()); // the loop may be about to open this one when the next one comes
                ConnectionHandler next = new Echo();
                connection.handler(next);
                assertThat(connection.handler()).isSameAs(next);
            }
            shouldEcho(client, 1000);
            assertThat(calls).allSatisfy(call -> assertThat(call).isSameAs(connection)); // of onOpen
        }
    }

    @Test
    @DisplayName("a close waits for a peer that has ended its half and does not read: no iteration meanwhile")
    void shouldNotIterateWhenAPeerThatHasEndedDoesNotRead() throws Exception {
        Listener listener = reactor.listen(ANY, small, connection -> new Noting() {
            @Override
            public void onInputClosed(Connection ended, ByteBuffer rest) throws IOException {
                ended.set(StandardSocketOptions.SO_SNDBUF, 1 << 20);
                ended.write(ByteBuffer.allocate(400_000));
                ended.close();
            }
        });
        try (Socket client = new Socket()) {
            client.setReceiveBufferSize(4096);
            client.setSoTimeout(20_000);
            client.connect(listener.localAddress());
            Connection connection = (Connection) nextCall();
            client.shutdownOutput();
            await(() -> connection.isInputClosed() && connection.pendingBytes() == 0);
            long before = connection.loop().metrics().iterations();
            CountDownLatch passed = new CountDownLatch(1);
            onLoop(connection, same -> same.loop().schedule(Duration.ofMillis(200), passed::countDown));
            passed.await();
            // the task, the timer, and the growing times after which the close looks for acknowledgements
            assertThat(connection.loop().metrics().iterations() - before).isLessThan(20);
            assertThat(connection.isOpen()).isTrue();
            assertThat(client.getInputStream().readAllBytes()).hasSize(400_000);
            assertThat(nextCall()).isEqualTo("closed");
        }
    }

    @Test
    @DisplayName("a file is sent after the end of the loop: it is refused, and no descriptor stays open")
    void shouldCloseTheFileWhenTheLoopHasStopped(@TempDir Path folder) throws Exception {
        Path path = Files.write(folder.resolve("file"), new byte[100]);
        try (FileFd file = FileFd.open(path, 0); Socket client = connect(connection -> new Noting())) {
            Connection connection = (Connection) nextCall();
            reactor.close();
            assertThat(nextCall()).isEqualTo("closed");
            for (int i = 0; i < 3; i++) {
                assertThatExceptionOfType(RejectedExecutionException.class)
                        .isThrownBy(() -> connection.sendFile(file, 0, 100, (same, cause) -> { }));
            }
            assertThat(openTimes(path)).isEqualTo(1);
            assertThat(client.isConnected()).isTrue();
        }
    }

    private static long openTimes(Path path) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(fd -> {
                try {
                    return Files.readSymbolicLink(fd).equals(path);
                } catch (IOException e) {
                    return false; // the descriptor of the list
                }
            }).count();
        }
    }

    @Test
    @DisplayName("64 KB are left unread during an automatic pause: they are given again when it is over")
    void shouldGiveAgainWhenAllIsLeftDuringAnAutomaticPause() throws Exception {
        int answer = 2 << 20;
        boolean[] hasAnswered = new boolean[1];
        ConnectionConfig wide = small.withQueueLimit(4 << 20);
        Listener listener = reactor.listen(ANY, wide, connection -> new Noting() {
            @Override
            public void onData(Connection from, ByteBuffer data) {
                if (!hasAnswered[0] && data.remaining() == data.capacity()) {
                    hasAnswered[0] = true;
                    from.write(ByteBuffer.allocate(answer)); // as another thread may have written
                } else if (hasAnswered[0]) {
                    calls.add(data.remaining());
                    data.position(data.limit());
                }
            }
        });
        try (Socket client = new Socket()) {
            client.setReceiveBufferSize(4096);
            client.setSoTimeout(20_000);
            client.connect(listener.localAddress());
            Connection connection = (Connection) nextCall();
            connection.set(StandardSocketOptions.SO_SNDBUF, 4096);
            client.getOutputStream().write(new byte[64 << 10]);
            assertThat(client.getInputStream().readNBytes(answer)).hasSize(answer);
            assertThat(nextCall()).isEqualTo(64 << 10);
        }
    }

    @Test
    @DisplayName("a handler closes after a reset that no event has reported yet: the cause is the reset")
    void shouldEndWithTheResetWhenItIsClosedBeforeTheEvent() throws Exception {
        shouldEndWithTheReset(new byte[0], Connection::close);
    }

    @Test
    @DisplayName("a handler ends its output after a reset: the bytes that came before the reset are read")
    void shouldReadWhatCameBeforeTheResetWhenTheOutputIsEnded() throws Exception {
        shouldEndWithTheReset(new byte[5], Connection::shutdownOutput);
    }

    private void shouldEndWithTheReset(byte[] last, Consumer<Connection> end) throws Exception {
        Listener listener = reactor.listen(ANY, small.withBudget(1), connection -> new ConnectionHandler() {
            private boolean isFirst = true;

            @Override
            public void onData(Connection from, ByteBuffer data) {
                calls.add(data.remaining());
                data.position(data.limit());
                if (isFirst) {
                    isFirst = false;
                    from.write(ByteBuffer.allocate(1));
                    from.flush();
                    await(() -> isReset(from));
                    end.accept(from);
                }
            }

            @Override
            public void onClosed(Connection closed, Throwable cause) {
                calls.add(cause);
            }
        });
        try (Socket client = connect(listener)) {
            client.setSoLinger(true, 0);
            client.getOutputStream().write(1);
            client.getInputStream().read();
            client.getOutputStream().write(last);
        }
        assertThat(nextCall()).isEqualTo(1);
        if (last.length > 0) {
            assertThat(nextCall()).isEqualTo(last.length);
        }
        assertThat(nextCall()).isInstanceOfSatisfying(ErrnoException.class,
                cause -> assertThat(cause.errno()).isEqualTo(Errno.ECONNRESET));
    }

    /** Returns whether the kernel has closed the connection. */
    private static boolean isReset(Connection connection) {
        try {
            return connection.get(LinuxSocketOptions.TCP_INFO).state().orElseThrow() == 7; // TCP_CLOSE
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Notes its calls; the first one replaces the handler by the next one, if there is one. */
    private final class Link implements ConnectionHandler {
        private final String name;
        private final ConnectionHandler next;

        private Link(String name, ConnectionHandler next) {
            this.name = name;
            this.next = next;
        }

        @Override
        public void onOpen(Connection opened) {
            calls.add(name + " opened");
            if (next != null) {
                opened.handler(next);
            }
        }

        @Override
        public void onData(Connection from, ByteBuffer data) {
            data.position(data.limit());
        }

        @Override
        public void onWritable(Connection writable) {
            calls.add(name + " writable");
        }
    }

    @Test
    @DisplayName("a handler replaces itself when it is opened: onWritable is for the one that replaces it")
    void shouldCallTheLastHandlerWhenOnOpenReplacesItAndOnWritableIsDue() throws Exception {
        ConnectionHandler links = new Link("second", new Link("third", null));
        Listener listener = reactor.listen(ANY, small.withWaterMarks(0, 1000), connection -> (from, data) -> {
            data.position(data.limit());
            from.write(ByteBuffer.allocate(2000));
            from.handler(links);
        });
        try (Socket client = connect(listener)) {
            client.getOutputStream().write(1);
            assertThat(nextCall()).isEqualTo("second opened");
            assertThat(nextCall()).isEqualTo("third opened");
            assertThat(nextCall()).isEqualTo("third writable");
        }
    }
}
