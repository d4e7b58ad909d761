package io.github.epoll4j.net;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.net.Sockets.await;
import static io.github.epoll4j.net.Sockets.loopback;
import static io.github.epoll4j.net.Sockets.read;
import static io.github.epoll4j.net.Sockets.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Pipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Takes this process's last descriptor, for a moment. */
class OutOfDescriptorsTest {
    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    @Test
    @DisplayName("accept without a descriptor: EMFILE whether somebody waits or not, and the connection stays queued")
    void shouldKeepTheConnectionWhenNoDescriptorIsLeft() throws Exception {
        assumeTrue(Files.isExecutable(PRLIMIT), "prlimit, which lowers the limit of open files, is not installed");
        try (TcpListener idle = TcpListener.bind(loopback());
                TcpListener busy = TcpListener.bind(loopback());
                TcpListener other = TcpListener.bind(loopback())) {
            List<Callable<AutoCloseable>> calls = List.of(idle::accept, busy::accept, SocketPair::open, Pipe::open,
                    () -> TcpStream.connect(other.localAddress()), () -> TcpListener.bind(loopback()));
            loadClasses(calls);
            TcpStream client = TcpStream.connect(busy.localAddress());
            await(busy, EPOLLIN);

            assertThat(withoutDescriptors(calls)).isNotEmpty().containsOnly(Errno.EMFILE).hasSize(calls.size());

            await(busy, EPOLLIN);
            try (client; TcpStream server = busy.accept()) {
                write(client, "still there");
                assertThat(read(server)).isEqualTo("still there");
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
        assertThat(new ErrnoException("loads", "its classes", Errno.EMFILE)).hasMessageContaining("EMFILE");
    }

    /** The errno of each call, made while no descriptor is left; 0 if it succeeded. */
    private static List<Integer> withoutDescriptors(List<Callable<AutoCloseable>> calls) throws Exception {
        List<EventFd> fillers = new ArrayList<>();
        List<Integer> errnos = new ArrayList<>(calls.size());
        String before = limit();
        try {
            limit(highestFd() + 64 + ":"); // enough to start the process that raises it again
            fill(fillers);
            for (Callable<AutoCloseable> call : calls) {
                errnos.add(errno(call));
            }
        } finally {
            fillers.forEach(EventFd::close);
            limit(before + ":");
        }
        return errnos;
    }

    private static void fill(List<EventFd> fillers) {
        try {
            for (int i = 0; i < 10_000; i++) {
                fillers.add(EventFd.open());
            }
        } catch (ErrnoException e) {
            assertThat(e.errno()).isEqualTo(Errno.EMFILE);
        }
    }

    private static int errno(Callable<AutoCloseable> call) throws Exception {
        try {
            return call.call() == null ? -1 : 0;
        } catch (ErrnoException e) {
            return e.errno();
        }
    }

    private static int highestFd() throws IOException {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.mapToInt(fd -> Integer.parseInt(fd.getFileName().toString())).max().orElseThrow();
        }
    }

    private static String limit() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
            return lines.filter(line -> line.startsWith("Max open files"))
                    .map(line -> line.split(" {2,}")[1]).findFirst().orElseThrow();
        }
    }

    private static void limit(String soft) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(PRLIMIT.toString(), "--pid=" + ProcessHandle.current().pid(),
                "--nofile=" + soft).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
    }
}
