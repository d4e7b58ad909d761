package io.github.epoll4j.examples.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class ProxyTest {
    private static final int MEGABYTE = 1 << 20;
    /** Two connections, each with its high-water mark and one read. */
    private static final long BOUND = 2 * ((256 << 10) + (64 << 10));

    @ParameterizedTest
    @EnumSource(RunningProxy.Kind.class)
    @DisplayName("half-close: a side that has ended still gets what the other one sends, and then its end")
    void shouldPassOnTheEndWhenOneSideHasEnded(RunningProxy.Kind kind) throws Exception {
        try (RunningProxy proxy = new RunningProxy(kind)) {
            for (boolean isClientFirst : new boolean[] {true, false}) {
                Socket client = proxy.connect();
                client.getOutputStream().write('c');
                Socket server = proxy.accept();
                Socket first = isClientFirst ? client : server;
                Socket second = isClientFirst ? server : client;
                assertThat(server.getInputStream().read()).isEqualTo('c');
                first.getOutputStream().write("question".getBytes(UTF_8));
                first.shutdownOutput();
                assertThat(second.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("question");
                second.getOutputStream().write("answer".getBytes(UTF_8));
                second.shutdownOutput();
                assertThat(first.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("answer");
            }
            Eventually.await("all connections are closed", () -> proxy.reactor.metrics().open() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource(RunningProxy.Kind.class)
    @DisplayName("a reset of either side is a reset of the other, also after a half-close")
    void shouldPassOnAResetWhenASideIsReset(RunningProxy.Kind kind) throws Exception {
        try (RunningProxy proxy = new RunningProxy(kind)) {
            for (boolean isClientReset : new boolean[] {true, false}) {
                for (boolean isHalfClosed : new boolean[] {true, false}) {
                    Socket client = proxy.connect();
                    Socket server = proxy.accept();
                    Socket lost = isClientReset ? client : server;
                    Socket other = isClientReset ? server : client;
                    lost.getOutputStream().write('x');
                    assertThat(other.getInputStream().read()).isEqualTo('x');
                    if (isHalfClosed) {
                        lost.shutdownOutput();
                        assertThat(other.getInputStream().read()).isEqualTo(-1);
                    }
                    lost.setSoLinger(true, 0);
                    lost.close();
                    Eventually.await("a reset, client " + isClientReset + ", half-closed " + isHalfClosed,
                            () -> isReset(other));
                    if (!isHalfClosed) {
                        assertThatThrownBy(() -> other.getInputStream().read()).isInstanceOf(SocketException.class)
                                .hasMessageContaining("reset");
                    }
                }
            }
            Eventually.await("all connections are closed", () -> proxy.reactor.metrics().open() == 0);
        }
    }

    /** Returns whether the kernel has dropped a socket that is open here: an end of the stream does not do that. */
    private static boolean isReset(Socket socket) {
        String ports = String.format(":%04X [0-9A-F]+:%04X ", socket.getLocalPort(), socket.getPort());
        Predicate<String> isThis = Pattern.compile(ports).asPredicate();
        return Stream.of("/proc/self/net/tcp", "/proc/self/net/tcp6").map(Path::of).filter(Files::exists)
                .noneMatch(table -> isListed(table, isThis));
    }

    private static boolean isListed(Path table, Predicate<String> isThis) {
        try (Stream<String> lines = Files.lines(table)) {
            return lines.anyMatch(isThis);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(RunningProxy.Kind.class)
    void shouldResetTheClientWhenUpstreamIsDown(RunningProxy.Kind kind) throws Exception {
        try (RunningProxy proxy = new RunningProxy(kind)) {
            proxy.stopUpstream();
            Socket client = proxy.connect();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
            Eventually.await("the client is closed", () -> proxy.reactor.metrics().open() == 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"ONE_LOOP, true", "ONE_LOOP, false", "TWO_LOOPS, true", "EDGE, true", "ONESHOT, false", "POLL, true"})
    @DisplayName("one side sends 20 MB before it reads, the other one sends 20 MB meanwhile: both arrive")
    void shouldDeliverBothWaysWhenASideReadsOnlyAfterItHasSent(RunningProxy.Kind kind, boolean isClientLate)
            throws Exception {
        try (RunningProxy proxy = new RunningProxy(kind)) {
            Socket client = proxy.connect();
            Socket server = proxy.accept();
            Socket late = isClientLate ? client : server;
            Socket other = isClientLate ? server : client;
            byte[] bytes = random(20 * MEGABYTE);
            FutureTask<Void> sent = start(() -> send(other, bytes));
            FutureTask<byte[]> received = start(() -> other.getInputStream().readAllBytes());
            FutureTask<byte[]> receivedLate = start(() -> {
                send(late, bytes);
                return late.getInputStream().readAllBytes();
            });
            assertThat(Arrays.equals(received.get(30, TimeUnit.SECONDS), bytes)).isTrue();
            assertThat(Arrays.equals(receivedLate.get(30, TimeUnit.SECONDS), bytes)).isTrue();
            sent.get(30, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource(RunningProxy.Kind.class)
    @DisplayName("a receiver that stops and then reads slowly: little is queued meanwhile, and all bytes arrive")
    void shouldQueueLittleWhenTheReceiverIsSlow(RunningProxy.Kind kind) throws Exception {
        try (RunningProxy proxy = new RunningProxy(kind)) {
            for (boolean isClientSlow : new boolean[] {true, false}) {
                Socket client = proxy.connect();
                Socket server = proxy.accept();
                Socket slow = isClientSlow ? client : server;
                byte[] bytes = random(30 * MEGABYTE);
                FutureTask<Void> sent = start(() -> send(isClientSlow ? server : client, bytes));
                Eventually.await("the proxy is full", () -> proxy.reactor.metrics().queuedBytes() > 256 << 10);
                byte[] received = new byte[bytes.length];
                int count = 0;
                long most = 0;
                InputStream in = slow.getInputStream();
                while (count < received.length) {
                    int read = in.read(received, count, Math.min(64 << 10, received.length - count));
                    assertThat(read).isPositive();
                    count += read;
                    most = Math.max(most, proxy.reactor.metrics().queuedBytes());
                    LockSupport.parkNanos(500_000); // the pace
                }
                sent.get(20, TimeUnit.SECONDS);
                assertThat(Arrays.equals(received, bytes)).isTrue();
                assertThat(in.read()).isEqualTo(-1);
                assertThat(most).as("bytes in the proxy's queues").isBetween(256L << 10, BOUND);
                slow.close();
            }
        }
    }

    @Test
    void shouldHaveBothSidesOnOneLoopWhenThereAreTwo() throws Exception {
        try (RunningProxy proxy = new RunningProxy(RunningProxy.Kind.TWO_LOOPS)) {
            Socket client = proxy.connect();
            Socket server = proxy.accept();
            client.getOutputStream().write(42);
            assertThat(server.getInputStream().read()).isEqualTo(42);
            assertThat(proxy.reactor.loops()).extracting(loop -> proxy.reactor.metrics(loop).open())
                    .containsExactlyInAnyOrder(0L, 2L);
        }
    }

    private static Void send(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.shutdownOutput();
        return null;
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static <T> FutureTask<T> start(Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(action);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }
}
