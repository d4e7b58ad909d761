package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.testing.ChildJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Takes the last descriptor of a process that may have few. */
class OutOfDescriptorsTest {
    private static final int LIMIT = 128;

    @Test
    @DisplayName("accept without a descriptor: EMFILE whether somebody waits or not, and the connection stays queued")
    void shouldKeepTheConnectionWhenNoDescriptorIsLeft() throws Exception {
        List<String> lines = ChildJvm.of(Child.class)
                .withDescriptors(LIMIT).run().lines();

        String emfile = String.valueOf(Errno.EMFILE);
        assertThat(lines).containsExactly(
                "[" + String.join(", ", emfile, emfile, emfile, emfile, emfile, emfile, emfile, emfile) + "]",
                "accepted", "read 11");
    }

    /** Prints the errno of each call without a descriptor, and what became of a connection that waited. */
    static final class Child {
        private static final int PATIENCE_SECONDS = 20;

        public static void main(String[] args) throws Exception {
            InetSocketAddress loopback = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
            try (TcpListener idle = TcpListener.bind(loopback);
                    TcpListener busy = TcpListener.bind(loopback);
                    TcpListener other = TcpListener.bind(loopback)) {
                List<Callable<AutoCloseable>> calls = List.of(EventFd::open, idle::accept, busy::accept,
                        SocketPair::open, Pipe::open, () -> TcpStream.connect(other.localAddress()),
                        () -> TcpListener.bind(loopback), () -> FileFd.open(Path.of("/dev/null"), OpenFlags.O_RDONLY));
                loadClasses(calls);
                TcpStream client = TcpStream.connect(busy.localAddress());
                awaitReadable(busy);

                System.out.println(withoutDescriptors(calls));

                awaitReadable(busy);
                try (client; TcpStream server = busy.accept()) {
                    System.out.println(server == null ? "nobody" : "accepted");
                    client.write(ByteBuffer.wrap("still there".getBytes()));
                    awaitReadable(server);
                    System.out.println("read " + server.read(ByteBuffer.allocate(100)));
                }
            }
        }

        /** One cannot load a class from a folder without a descriptor. */
        private static void loadClasses(List<Callable<AutoCloseable>> calls) throws Exception {
            for (Callable<AutoCloseable> call : calls) {
                AutoCloseable opened = call.call();
                if (opened != null) {
                    opened.close();
                }
            }
            if (!OpenFlags.toString(OpenFlags.O_RDONLY).equals("O_RDONLY")) {
                throw new AssertionError();
            }
            if (!new ErrnoException("loads", "its classes", Errno.EMFILE).getMessage().contains("EMFILE")) {
                throw new AssertionError();
            }
        }

        private static void awaitReadable(SocketFd socket) throws IOException {
            try (EpollInstance epoll = EpollInstance.open(); EpollEventArray ready = EpollEventArray.allocate(1)) {
                epoll.add(socket.fd(), EPOLLIN);
                if (epoll.await(ready, Duration.ofSeconds(PATIENCE_SECONDS)) != 1) {
                    throw new AssertionError("not readable");
                }
            }
        }

        /** The errno of each call, made while no descriptor is left; 0 if it succeeded. */
        private static List<Integer> withoutDescriptors(List<Callable<AutoCloseable>> calls) throws Exception {
            List<EventFd> fillers = new ArrayList<>();
            List<Integer> errnos = new ArrayList<>(calls.size());
            try {
                for (int i = 0; i <= LIMIT; i++) {
                    fillers.add(EventFd.open());
                }
                throw new AssertionError("more descriptors than the limit");
            } catch (ErrnoException e) {
                for (Callable<AutoCloseable> call : calls) {
                    errnos.add(errno(call));
                }
            } finally {
                fillers.forEach(EventFd::close);
            }
            return errnos;
        }

        private static int errno(Callable<AutoCloseable> call) throws Exception {
            try {
                return call.call() == null ? -1 : 0;
            } catch (ErrnoException e) {
                return e.errno();
            }
        }
    }
}
