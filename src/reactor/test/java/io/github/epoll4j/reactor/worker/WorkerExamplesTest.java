package io.github.epoll4j.reactor.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Reactor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The samples of the package page, word for word. */
@Timeout(60)
class WorkerExamplesTest {
    private static final String ROOM = "java/io/github/epoll4j/reactor/worker/";
    private static final Pattern SNIPPET =
            Pattern.compile("\\{@snippet id=\\w+ :\n(.*?)\n \\* }\n \\*\n", Pattern.DOTALL);

    private final WorkerPool pool = WorkerPool.open(2, 10);

    private static final class Resolve implements ConnectionHandler {
        public void onData(Connection connection, ByteBuffer data) throws IOException {
            String name = UTF_8.decode(data).toString().strip();
            String address = InetAddress.getByName(name).getHostAddress(); // may block for seconds
            connection.write(UTF_8.encode(address + "\n"));
        }
    }

    private final class ResolveElsewhere implements ConnectionHandler {
        public void onData(Connection connection, ByteBuffer data) {
            String name = UTF_8.decode(data).toString().strip();
            boolean isAccepted = pool.submit(connection.loop(), () -> InetAddress.getByName(name), (address, failure) ->
                    connection.write(UTF_8.encode(failure == null ? address.getHostAddress() + "\n" : "unknown\n")));
            if (!isAccepted) {
                connection.write(UTF_8.encode("try later\n")); // the queue is full
            }
        }
    }

    private static String code(String text) {
        return text.lines().map(line -> line.replaceFirst("^ \\*( |$)", "").strip()).filter(line -> !line.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    @Test
    @DisplayName("the samples of the package page are the code that these tests run")
    void shouldBeTheSameCodeOnThePage() throws IOException {
        String tests = code(Files.readString(Path.of("test/" + ROOM + "WorkerExamplesTest.java")));
        String page = Files.readString(Path.of("main/" + ROOM + "package-info.java"));
        assertThat(SNIPPET.matcher(page).results().map(snippet -> code(snippet.group(1))).toList())
                .hasSize(3).allSatisfy(sample -> assertThat(tests).contains(sample));
    }

    @Test
    @DisplayName("both answer with the address of a name; work that fails is an answer of the second")
    void shouldAnswerWithTheAddress() throws IOException {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (pool; Reactor reactor = Reactor.open()) {
            reactor.listen(address, connection -> pool.handler(new Resolve()));
            assertThat(ask(reactor, address, connection -> pool.handler(new Resolve()), "127.1"))
                    .isEqualTo("127.0.0.1");
            assertThat(ask(reactor, address, connection -> new ResolveElsewhere(), "127.1")).isEqualTo("127.0.0.1");
            assertThat(ask(reactor, address, connection -> new ResolveElsewhere(), "[::")).isEqualTo("unknown");
        }
    }

    private static String ask(Reactor reactor, SocketAddress address,
            Function<Connection, ConnectionHandler> handlerFactory, String name) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(),
                reactor.listen(address, handlerFactory).port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write((name + "\n").getBytes(UTF_8));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
        }
    }
}
