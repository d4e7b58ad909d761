package io.github.epoll4j.reactor;

import static io.github.epoll4j.fd.OpenFlags.O_RDONLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files behind and before written bytes, where the queue limit is 1 MB. */
class SendFileTest extends ConnectionFixture {
    private static final byte[] CONTENT = random(8 << 20);

    @TempDir
    private Path folder;
    private Path path;

    @BeforeEach
    void write() throws IOException {
        path = Files.write(folder.resolve("file"), CONTENT);
    }

    private FileFd file() throws IOException {
        return FileFd.open(path, O_RDONLY);
    }

    private boolean isFileClosed() {
        return IntStream.range(0, 4096).noneMatch(fd -> Fds.target(fd).equals(path.toString()));
    }

    /** Sends a header, the file, which is larger than the limit, and a small write; closes the file at once. */
    private void sendAll(Connection connection) {
        connection.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        try (FileFd file = file()) {
            connection.sendFile(file, 0, CONTENT.length, (same, cause) -> calls.add(cause == null ? "sent" : cause));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        connection.write(ByteBuffer.wrap(new byte[] {4, 5}), (same, cause) ->
                calls.add(cause == null ? "written" : cause));
    }

    private void shouldReceiveAll(Socket client) throws Exception {
        assertThat(client.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
        assertThat(client.getInputStream().readNBytes(CONTENT.length)).isEqualTo(CONTENT);
        assertThat(client.getInputStream().readNBytes(2)).containsExactly(4, 5);
        assertThat(nextCall()).isEqualTo("sent");
        assertThat(nextCall()).isEqualTo("written");
        await(this::isFileClosed);
    }

    @Test
    @DisplayName("a file above the limit goes between the writes of a handler, though it is closed after the call")
    void shouldSendAFileBetweenWritesWhenAHandlerDoes() throws Exception {
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onOpen(Connection opened) {
                sendAll(opened);
            }
        })) {
            shouldReceiveAll(client);
            shouldEcho(client, 1000);
        }
        assertThat(nextCall()).isEqualTo("closed");
    }

    @Test
    @DisplayName("and between those of another thread")
    void shouldSendAFileBetweenWritesWhenAnotherThreadDoes() throws Exception {
        try (Socket client = connect(connection -> new Noting())) {
            sendAll((Connection) nextCall());
            shouldReceiveAll(client);
            shouldEcho(client, 1000);
        }
        assertThat(nextCall()).isEqualTo("closed");
    }

    @Test
    @DisplayName("parts of a file, the last of no bytes, go in the order of the calls")
    void shouldSendPartsWhenSeveralAreSent() throws Exception {
        try (Socket client = connect(connection -> new Noting()); FileFd file = file()) {
            Connection connection = (Connection) nextCall();
            connection.loop().execute(() -> {
                connection.sendFile(file, 1_000_000, 300_000);
                connection.sendFile(file, 10, 3);
                connection.sendFile(file, 0, 0, (same, cause) -> calls.add("sent"));
            });
            assertThat(client.getInputStream().readNBytes(300_000))
                    .isEqualTo(Arrays.copyOfRange(CONTENT, 1_000_000, 1_300_000));
            assertThat(client.getInputStream().readNBytes(3)).isEqualTo(Arrays.copyOfRange(CONTENT, 10, 13));
            assertThat(nextCall()).isEqualTo("sent");
        }
        assertThat(nextCall()).isEqualTo("closed");
    }

    @Test
    @DisplayName("a file that shrinks while it is sent ends the connection, and its completion and onClosed say so")
    void shouldEndWhenTheFileShrinks() throws Exception {
        try (Socket client = connect(connection -> new Noting())) {
            Connection connection = (Connection) nextCall();
            sendAll(connection);
            assertThat(onLoop(connection, Connection::pendingBytes)).isBetween(1L, (long) CONTENT.length);
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                channel.truncate(1);
            }
            CompletableFuture<Integer> received = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    received.complete(client.getInputStream().readAllBytes().length);
                } catch (IOException e) {
                    received.complete(0);
                }
            });
            Object cause = nextCall();
            assertThat(cause).isInstanceOf(IOException.class).asString().contains("a file ends before byte");
            assertThat(nextCall()).isSameAs(cause);
            assertThat(nextCall()).as("of onClosed").isSameAs(cause);
            assertThat(received.get(20, TimeUnit.SECONDS)).isLessThan(CONTENT.length);
            await(this::isFileClosed);
        }
    }

    @Test
    @DisplayName("a connection that ends closes its copy of the file, whichever thread had given it")
    void shouldCloseTheFileWhenTheConnectionEnds() throws Exception {
        for (boolean isOnLoop : new boolean[] {true, false}) {
            try (Socket client = connect(connection -> new Noting())) {
                Connection connection = (Connection) nextCall();
                CountDownLatch sent = new CountDownLatch(1);
                Runnable sends = () -> {
                    sendAll(connection);
                    sent.countDown();
                };
                if (isOnLoop) {
                    connection.loop().execute(sends);
                } else {
                    sends.run();
                }
                sent.await();
                connection.closeNow();
                sendAll(connection); // after the end
                for (int i = 0; i < 5; i++) {
                    assertThat(nextCall()).isNotNull();
                }
                assertThat(calls).isEmpty();
                await(this::isFileClosed);
                assertThat(client.isConnected()).isTrue();
            }
        }
    }

    @Test
    @DisplayName("a closed file is refused at the call, and the connection stays")
    void shouldThrowWhenTheFileIsClosed() throws Exception {
        try (Socket client = connect(connection -> new Noting())) {
            Connection connection = (Connection) nextCall();
            FileFd file = file();
            file.close();
            assertThatIllegalStateException().isThrownBy(() -> connection.sendFile(file, 0, 1));
            shouldEcho(client, 10);
        }
        assertThat(nextCall()).isEqualTo("closed");
    }
}
