package io.github.epoll4j.examples.http;

import static io.github.epoll4j.net.LinuxSocketOptions.SO_REUSEPORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HandOverTest {
    private static final Duration LONG_SILENCE = Duration.ofSeconds(30);
    private static final int CLIENTS = 64;

    @TempDir
    Path folder;

    private Path path() {
        return folder.resolve("http.sock");
    }

    /** Starts a server that takes over from the one that waits at the path. */
    private RunningHttp takeOver(Duration silence) throws IOException {
        try (Predecessor predecessor = Predecessor.connect(path())) {
            RunningHttp next = RunningHttp.serve(predecessor.socket());
            predecessor.retire();
            next.server.awaitSuccessor(path(), silence);
            return next;
        }
    }

    private RunningHttp first(Duration silence) throws IOException {
        RunningHttp first = RunningHttp.serve(RunningHttp.bind());
        first.server.awaitSuccessor(path(), silence);
        return first;
    }

    @Test
    @DisplayName("under load four servers follow each other on one socket: no request is lost, each one before ends")
    void shouldLoseNoRequestWhenServersFollowEachOther() throws Exception {
        RunningHttp current = first(LONG_SILENCE);
        try (Load load = new Load(current.server.port(), 16)) {
            for (int i = 0; i < 3; i++) {
                long before = load.answers();
                Eventually.await("requests are answered", () -> load.answers() > before + 200);
                RunningHttp next = takeOver(LONG_SILENCE);
                current.reactor.awaitClose(); // each client got its last answer there
                current = next;
            }
            long before = load.answers();
            Eventually.await("requests are answered", () -> load.answers() > before + 200);
        } finally {
            current.close();
        }
        assertThat(path()).doesNotExist();
    }

    @Test
    @DisplayName("an idle connection is served on, and told by its next answer; a silent one is closed")
    void shouldServeOnWhenAConnectionIsIdleAtTheHandOver() throws Exception {
        try (RunningHttp first = first(LONG_SILENCE); HttpClient idle = first.connect()) {
            idle.get("/");
            assertThat(idle.read().isLast()).isFalse();
            try (RunningHttp next = takeOver(Duration.ofMillis(200)); HttpClient silent = next.connect()) {
                silent.get("/");
                assertThat(silent.read().isLast()).isFalse();
                assertThat(next.reactor.metrics().opened()).isOne();
                assertThat(first.reactor.metrics().open()).isOne();
                idle.get("/");
                assertThat(idle.read().isLast()).isTrue();
                assertThat(idle.isAtEnd()).isTrue();
                first.reactor.awaitClose();
                try (RunningHttp last = takeOver(LONG_SILENCE)) {
                    assertThat(silent.isAtEnd()).isTrue();
                    next.reactor.awaitClose();
                    assertThat(last.server.port()).isEqualTo(first.server.port());
                }
            }
        }
    }

    @Test
    @DisplayName("a successor that ends before it has confirmed changes nothing; the one after it takes over")
    void shouldStayTheServerWhenTheSuccessorEndsBeforeItConfirms() throws Exception {
        try (RunningHttp first = first(LONG_SILENCE)) {
            for (int i = 0; i < 3; i++) {
                try (Predecessor predecessor = Predecessor.connect(path())) {
                    predecessor.socket().close();
                }
                try (HttpClient client = first.connect()) {
                    client.get("/");
                    assertThat(client.read().isLast()).isFalse();
                }
            }
            takeOver(LONG_SILENCE).close();
            first.reactor.awaitClose();
        }
    }

    @Test
    @DisplayName("no server at the path: nothing is taken over, and the file that a killed one has left is replaced")
    void shouldListenWhenThereIsNoServer() throws Exception {
        assertThat(Predecessor.connect(path())).isNull();
        UnixListener.bind(UnixAddress.path(path())).close();
        assertThat(path()).exists();
        assertThat(Predecessor.connect(path())).isNull();
        try (RunningHttp first = first(LONG_SILENCE)) {
            takeOver(LONG_SILENCE).close();
            first.reactor.awaitClose();
        }
    }

    @Test
    @DisplayName("a file at the path that is no socket stays, and the server says that it cannot listen there")
    void shouldKeepTheFileWhenItIsNoSocket() throws Exception {
        Files.writeString(path(), "precious");
        assertThat(Predecessor.connect(path())).isNull();
        assertThatThrownBy(() -> first(LONG_SILENCE)).isInstanceOf(IOException.class)
                .hasMessage("cannot listen on " + path() + ": EADDRINUSE (Address already in use)");
        assertThat(path()).hasContent("precious");
    }

    // ---- what is lost otherwise

    @Test
    @DisplayName("two sockets with SO_REUSEPORT: the close of one resets the clients that wait in its queue")
    void shouldLoseClientsWhenOneOfTwoSocketsIsClosed() throws Exception {
        Path migrates = Path.of("/proc/sys/net/ipv4/tcp_migrate_req"); // since Linux 5.14
        assumeTrue(!Files.exists(migrates) || Files.readString(migrates).startsWith("0"),
                "the kernel moves the clients to the other socket");
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        List<Socket> clients = new ArrayList<>();
        TcpListener ended = TcpListener.bind(any, SO_REUSEPORT.with(true));
        try (TcpListener other = TcpListener.bind(ended.localAddress(), SO_REUSEPORT.with(true))) {
            connect(ended.localAddress().getPort(), clients);
            ended.close();
            int served = serveAll(other);
            int lost = countReset(clients);
            assertThat(served).isBetween(1, CLIENTS - 1);
            assertThat(lost).isEqualTo(CLIENTS - served);
        } finally {
            closeAll(clients);
        }
    }

    @Test
    @DisplayName("two descriptors of one socket: the close of one loses no client")
    void shouldLoseNoClientWhenOneOfTwoDescriptorsIsClosed() throws Exception {
        List<Socket> clients = new ArrayList<>();
        TcpListener ended = RunningHttp.bind();
        try (TcpListener other = TcpListener.adopt(ended.duplicate())) {
            connect(ended.localAddress().getPort(), clients);
            ended.close();
            assertThat(serveAll(other)).isEqualTo(CLIENTS);
            assertThat(countReset(clients)).isZero();
        } finally {
            closeAll(clients);
        }
    }

    private static void connect(int port, List<Socket> clients) throws IOException {
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
    }

    /** Accepts the clients in the queue, and closes them in good order; returns their number. */
    private static int serveAll(TcpListener listener) throws IOException {
        int count = 0;
        for (TcpStream client = listener.accept(); client != null; client = listener.accept()) {
            client.close();
            count++;
        }
        return count;
    }

    private static int countReset(List<Socket> clients) throws IOException {
        int count = 0;
        for (Socket client : clients) {
            try {
                assertThat(client.getInputStream().read()).isEqualTo(-1);
            } catch (SocketException e) {
                count++;
            }
        }
        return count;
    }

    private static void closeAll(List<Socket> clients) throws IOException {
        for (Socket client : clients) {
            client.close();
        }
    }
}
