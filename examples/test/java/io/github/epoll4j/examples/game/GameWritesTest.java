package io.github.epoll4j.examples.game;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.testing.Commands;
import java.net.InetSocketAddress;
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
class GameWritesTest {
    private static final int CLIENTS = 3;
    private static final int ROUNDS = 3;

    @TempDir
    private Path folder;

    @Test
    @DisplayName("S13-10: however many packets a tick has, it is one write for each client")
    void shouldWriteOnceForEachClientAndTick() throws Exception {
        Commands.assumeStrace();
        Path trace = folder.resolve("trace");
        Process child = new ProcessBuilder("strace", "-f", "-qq", "--seccomp-bpf", "-o", trace.toString(), "-e",
                "trace=sendto,sendmsg", Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp",
                System.getProperty("java.class.path"), Server.class.getName()).redirectErrorStream(true).start();
        try {
            InetSocketAddress address =
                    new InetSocketAddress("127.0.0.1", Integer.parseInt(child.inputReader().readLine()));
            List<Puppet> puppets = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Puppet puppet = new Puppet(address, 0);
                puppets.add(puppet);
                puppet.logIn(0);
            }
            int most = 0;
            for (int round = 0; round < ROUNDS; round++) {
                for (Puppet puppet : puppets) {
                    puppet.send(out -> {
                        out.say(puppet.player, "one");
                        out.say(puppet.player, "two");
                        out.move(puppet.player, 1, 1);
                        out.say(puppet.player, "three");
                    });
                }
                for (Puppet puppet : puppets) {
                    int bytes = 0;
                    for (int chats = 0; chats < 3 * CLIENTS;) {
                        Puppet.Packet packet = puppet.next();
                        bytes = packet.type() == PacketType.TICK ? 0 : bytes + packet.type().size;
                        most = Math.max(most, bytes);
                        chats += packet.type() == PacketType.SAID ? 1 : 0;
                    }
                }
            }
            assertThat(most).as("bytes in one tick").isGreaterThan(3 * PacketType.SAID.size);
            child.getOutputStream().close();
            assertThat(child.waitFor()).isZero();
            long ticks = 0;
            for (Puppet puppet : puppets) {
                ticks += puppet.ticksToTheEnd();
                puppet.close();
            }
            List<String> sends = Files.readAllLines(trace).stream().filter(line -> line.contains("("))
                    .filter(line -> !line.matches(".* = [12]")) // not the warm-up's
                    .toList();
            assertThat(sends).hasSize((int) ticks);
        } finally {
            child.descendants().forEach(ProcessHandle::destroyForcibly);
            child.destroyForcibly();
        }
    }

    /** A game until the end of the input. */
    static final class Server {
        private Server() {
        }

        public static void main(String[] args) throws Exception {
            try (PlayerStore store = PlayerStore.open(null, CLIENTS);
                    Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
                GameServer server = new GameServer(reactor, store, store.ids(),
                        new GameServer.Times(Duration.ofMillis(50), Duration.ZERO, Duration.ofMinutes(1)));
                System.out.println(server.listen(new InetSocketAddress("127.0.0.1", 0)));
                while (System.in.read() >= 0) {
                    continue;
                }
                server.close();
            }
        }
    }
}
