package io.github.epoll4j.examples;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
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

    private final Map<Long, Client> clients = new HashMap<>();
    private boolean isAccepting = true;
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
            clients.values().forEach(client -> client.stream.close());
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
                        print(epoll, listener, clients.get(event.data()));
                    } else {
                        welcome(epoll, listener);
                    }
                }
            }
        }
    }

    private void welcome(EpollInstance epoll, TcpListener listener) throws IOException {
        TcpStream stream;
        try {
            stream = listener.accept();
        } catch (ErrnoException e) {
            if (clients.isEmpty() || e.errno() != Errno.EMFILE && e.errno() != Errno.ENFILE) {
                throw e;
            }
            System.err.println("no descriptor for more clients: " + e.getMessage());
            accept(epoll, listener, false); // level-triggered, the listener would be reported at every wait
            return;
        }
        if (stream != null) {
            clients.put((long) stream.fd(), new Client(stream));
            epoll.add(stream.fd(), EPOLLIN);
        }
    }

    private void accept(EpollInstance epoll, TcpListener listener, boolean isWanted) throws IOException {
        if (isAccepting != isWanted) {
            epoll.modify(listener.fd(), isWanted ? EPOLLIN : 0);
            isAccepting = isWanted;
        }
    }

    private void print(EpollInstance epoll, TcpListener listener, Client client) throws IOException {
        int count;
        try {
            count = client.stream.read(client.bytes);
        } catch (IOException e) {
            count = -1; // a reset is an end like any other
        }
        System.out.print(Printable.lines(client.text(count < 0)));
        System.out.flush();
        if (count < 0) { // the end of the stream: readable for ever, if it is not closed
            epoll.delete(client.stream.fd());
            clients.remove((long) client.stream.fd());
            client.stream.close();
            accept(epoll, listener, true);
        }
    }

    /** A client, and the bytes of a character whose end has not arrived. */
    private static final class Client {
        private final TcpStream stream;
        private final ByteBuffer bytes = ByteBuffer.allocate(1024);
        private final CharsetDecoder decoder = UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE);

        Client(TcpStream stream) {
            this.stream = stream;
        }

        /** Takes the whole characters out of the bytes; at the end all of them. */
        String text(boolean isEnd) {
            CharBuffer characters = CharBuffer.allocate(bytes.position());
            decoder.decode(bytes.flip(), characters, isEnd);
            bytes.compact();
            return characters.flip().toString();
        }
    }
}
