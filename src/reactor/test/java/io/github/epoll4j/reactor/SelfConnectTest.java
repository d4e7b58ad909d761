package io.github.epoll4j.reactor;

import static io.github.epoll4j.net.LinuxSocketOptions.SO_LINGER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Fds;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SelfConnectTest {
    private static final int PORT = 40_000;

    @Test
    @DisplayName("tokio#3405: a free port of the ephemeral range is refused, and not connected to itself")
    void shouldRefuseWhenASocketIsConnectedToItself() throws Exception {
        Commands.assumePresent("unshare");
        Commands.assumePresent("ip");
        // a namespace whose ephemeral range is one port makes it certain
        String setup = "ip link set lo up && echo " + PORT + " " + PORT
                + " > /proc/sys/net/ipv4/ip_local_port_range";
        Process trial = new ProcessBuilder("unshare", "-Urn", "sh", "-c", setup)
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assumeTrue(trial.waitFor() == 0, "no namespace with a range of one port");

        ChildJvm child = ChildJvm.of(Child.class)
                .under("unshare", "-Urn", "sh", "-c", setup + " && exec \"$@\"", "sh");

        assertThat(child.run().lines()).containsExactly("core: connected to itself true",
                "connect(127.0.0.1:40000): ECONNREFUSED (Connection refused)", "left open 0");
    }

    /** Connects to the one port, on which no socket listens, by the core and by the reactor. */
    static final class Child {
        public static void main(String[] args) throws IOException, InterruptedException {
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), PORT);
            try (TcpStream raw = TcpStream.connect(address)) {
                while (!raw.finishConnect()) {
                    Thread.onSpinWait();
                }
                System.out.println("core: connected to itself " + raw.localAddress().equals(raw.remoteAddress()));
                raw.set(SO_LINGER, Duration.ZERO); // frees the port
            }
            try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
                long before = Fds.sockets();
                try {
                    System.out.println("connected: " + reactor.connect(address, connection -> new Ignoring()).get());
                } catch (ExecutionException e) {
                    System.out.println(e.getCause().getMessage());
                }
                System.out.println("left open " + (Fds.sockets() - before));
            }
        }
    }

    private static final class Ignoring implements ConnectionHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) {
            data.position(data.limit());
        }
    }
}
