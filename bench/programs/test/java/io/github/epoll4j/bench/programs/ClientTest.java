package io.github.epoll4j.bench.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.net.StreamSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against servers that do what they must not do. */
@Timeout(60)
class ClientTest {
    private static final int BYTES = 50;

    private Pairs pairs;
    private Client client;

    @BeforeEach
    void open() throws IOException {
        pairs = new Pairs(Transport.UNIX);
        pairs.grow(1);
        client = new Client(1, BYTES);
        client.grow(pairs.far());
    }

    @AfterEach
    void close() {
        client.close();
        pairs.close();
    }

    @Test
    void shouldTakeATimeWhenEachByteComesBack() {
        CompletableFuture<Long> run = runClient();

        echo(-1);

        assertThat(run.join()).isPositive();
    }

    @Test
    void shouldTellThePlaceWhenAByteIsWrong() {
        CompletableFuture<Long> run = runClient();

        echo(BYTES - 3);

        assertThatThrownBy(run::join).isInstanceOf(CompletionException.class)
                .hasMessageContaining("connection 0, byte " + (BYTES - 3) + ": expected ");
    }

    @Test
    void shouldEndWhenAConnectionEnds() {
        CompletableFuture<Long> run = runClient();

        pairs.near().getFirst().close();

        assertThatThrownBy(run::join).isInstanceOf(CompletionException.class);
    }

    @Test
    void shouldEndWhenItIsAbandoned() {
        CompletableFuture<Long> run = runClient();

        client.abandon();

        assertThatThrownBy(run::join).hasMessageContaining("nothing came back");
    }

    @Test
    void shouldTellWhatTheClientMetWhenTheServerFailsBecauseOfIt() {
        try (ClientThread thread = new ClientThread()) {
            assertThatIOException().isThrownBy(() -> thread.run(
                    () -> {
                        throw new IOException("the client's reason");
                    },
                    other -> {
                        while (!other.isDone()) {
                            Thread.onSpinWait();
                        }
                        throw new IOException("the server's reason");
                    }, client::abandon)).withMessage("the client's reason");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 100, 997, 1000})
    void shouldVisitEachPlaceOnceWhenStepping(int count) {
        int stride = Client.stride(count);

        assertThat(IntStream.range(0, count).map(i -> (int) ((long) i * stride % count)).distinct().count())
                .isEqualTo(count);
    }

    private CompletableFuture<Long> runClient() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return client.run(1, 1);
            } catch (IOException e) {
                throw new CompletionException(e.getMessage(), e);
            }
        });
    }

    /** Sends a message back, with one byte changed. */
    private void echo(int faultAt) {
        StreamSocket socket = pairs.near().getFirst();
        ByteBuffer message = ByteBuffer.allocate(BYTES);
        try {
            while (message.hasRemaining()) {
                socket.read(message);
            }
            if (faultAt >= 0) {
                message.put(faultAt, (byte) (message.get(faultAt) ^ 1));
            }
            assertThat(socket.write(message.flip())).isEqualTo(BYTES);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
