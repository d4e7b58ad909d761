package io.github.epoll4j.examples;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The command: {@code examples/run first-program}. It watches for EPOLLIN only: with EPOLLOUT it would not sleep. */
@Command(name = "first-program", usageHelpAutoWidth = true,
        description = "Prints what TCP clients send: the first program that one writes with epoll.")
public final class FirstProgram implements Callable<Integer> {
    @Mixin
    private ListenAddress address;

    private final Map<Long, TcpStream> clients = new HashMap<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(1024);
    private volatile boolean stopping;

    @Override
    public Integer call() throws IOException {
        try (TcpListener listener = address.listen(); EpollInstance epoll = EpollInstance.open()) {
            String ready = "first-program listening on " + address.withPort(listener.localAddress().getPort());
            Serving.untilSignal(ready, () -> serve(listener, epoll), () -> {
                stopping = true;
                epoll.wakeup();
            });
        } finally {
            clients.values().forEach(TcpStream::close);
        }
        return 0;
    }

    private void serve(TcpListener listener, EpollInstance epoll) throws IOException {
        epoll.add(listener.fd(), EPOLLIN);
        try (EpollEventArray events = EpollEventArray.allocate(100)) {
            while (!stopping) {
                epoll.await(events);
                for (EpollEvent event : events) {
                    if (event.data() != listener.fd()) {
                        print(epoll, clients.get(event.data()));
                    } else {
                        welcome(epoll, listener.accept());
                    }
                }
            }
        }
    }

    private void welcome(EpollInstance epoll, TcpStream client) throws IOException {
        if (client != null) {
            clients.put((long) client.fd(), client);
            epoll.add(client.fd(), EPOLLIN);
        }
    }

    private void print(EpollInstance epoll, TcpStream client) throws IOException {
        int count;
        try {
            count = client.read(buffer.clear());
        } catch (IOException e) {
            count = -1; // a reset is an end like any other
        }
        if (count > 0) {
            System.out.print(UTF_8.decode(buffer.flip()));
            System.out.flush();
        } else if (count < 0) { // the end of the stream: readable for ever, if it is not closed
            epoll.delete(client.fd());
            clients.remove((long) client.fd()).close();
        }
    }
}
