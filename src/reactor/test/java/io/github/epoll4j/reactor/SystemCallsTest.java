package io.github.epoll4j.reactor;

import static io.github.epoll4j.fd.OpenFlags.O_RDONLY;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.RunningJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The system calls of a server in a JVM of its own, as strace has them. */
@Timeout(120)
class SystemCallsTest {
    private static final int WRITES = 16;
    private static final int HANDLER = 64;
    private static final int PARTS = 65;
    private static final int OTHER_THREAD = 66;
    private static final int ANOTHER_CONNECTION = 67;
    private static final int HEADER = 101;
    private static final int FILE = 100_000;

    @Test
    @DisplayName("sixteen writes of a handler's call, or of tasks, are one send; a header waits for its file")
    void shouldSendOnceWhenAHandlerWritesOften(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("file"), new byte[FILE]);
        try (RunningJvm child = ChildJvm.of(Server.class).onClassPath()
                .underStrace("-e", "trace=sendto,sendmsg,sendfile,write,writev").start(file.toString())) {
            int port = Integer.parseInt(child.line());
            try (Socket first = connect(port); Socket second = connect(port)) {
                request(first, HANDLER, WRITES * HANDLER);
                request(first, PARTS, WRITES * PARTS);
                request(first, OTHER_THREAD, WRITES * OTHER_THREAD);
                first.getOutputStream().write(ANOTHER_CONNECTION);
                assertThat(second.getInputStream().readNBytes(WRITES * ANOTHER_CONNECTION)).containsOnly(0);
                request(first, HEADER, HEADER + FILE);
            }
            assertThat(child.end()).isEmpty();
            for (int size : new int[] {HANDLER, PARTS, OTHER_THREAD, ANOTHER_CONNECTION}) {
                assertThat(sends(child, line -> line.endsWith(" = " + WRITES * size))).as("%d bytes", size).hasSize(1);
            }
            assertThat(sends(child, line -> line.contains("MSG_MORE"))).hasSize(1).first().asString()
                    .endsWith(" = " + HEADER);
            assertThat(sends(child, line -> !line.matches(".* = [12]"))).as("all, but the warm-up's").hasSize(5);
            assertThat(child.traced("sendfile")).isPositive();
        }
    }

    private static List<String> sends(RunningJvm child, Predicate<String> filter) throws IOException {
        return child.trace().stream().filter(line -> line.contains("sendto(") || line.contains("sendmsg("))
                .filter(filter).toList();
    }

    private static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void request(Socket client, int request, int size) throws IOException {
        client.getOutputStream().write(request);
        assertThat(client.getInputStream().readNBytes(size)).hasSize(size);
    }

    /** Answers each byte by sixteen writes of that many bytes. */
    static final class Server implements ConnectionHandler {
        private static Connection last;
        private final FileFd file;

        private Server(FileFd file) {
            this.file = file;
        }

        public static void main(String[] args) throws Exception {
            try (FileFd file = FileFd.open(Path.of(args[0]), O_RDONLY);
                    Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
                System.out.println(reactor.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        connection -> new Server(file)).port());
                while (System.in.read() >= 0) {
                    continue;
                }
            }
        }

        @Override
        public void onOpen(Connection connection) {
            last = connection;
        }

        @Override
        public void onData(Connection connection, ByteBuffer data) throws IOException {
            int size = data.get();
            switch (size) {
                case HANDLER -> writeAll(connection, size);
                case PARTS -> {
                    ByteBuffer[] parts = new ByteBuffer[WRITES];
                    for (int i = 0; i < WRITES; i++) {
                        parts[i] = ByteBuffer.allocate(size);
                    }
                    connection.write(parts);
                }
                case OTHER_THREAD -> {
                    Thread other = Thread.ofPlatform().start(() -> writeAll(connection, size));
                    try {
                        other.join(); // so that its tasks are run in one iteration
                    } catch (InterruptedException e) {
                        throw new IOException(e);
                    }
                }
                case ANOTHER_CONNECTION -> writeAll(last, size);
                default -> {
                    connection.write(ByteBuffer.allocate(HEADER));
                    connection.sendFile(file, 0, FILE);
                }
            }
        }

        private static void writeAll(Connection connection, int size) {
            for (int i = 0; i < WRITES; i++) {
                connection.write(ByteBuffer.allocate(size));
            }
        }
    }
}
