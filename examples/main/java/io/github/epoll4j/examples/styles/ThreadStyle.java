package io.github.epoll4j.examples.styles;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The style with a thread for input and output: that thread waits for ever, and hands what comes to others, here to the
 * main thread. The way back is a queue and a wake-up, without which the answer would lie there until the next input.
 */
@Command(name = "style-thread", sortOptions = false, usageHelpAutoWidth = true,
        description = "The style with a thread for input and output, which hands the work to another.")
public final class ThreadStyle implements Callable<Integer> {
    private static final Line END = new Line(0, "");

    @Mixin
    private ListenAddress address;

    private final BlockingQueue<Line> requests = new ArrayBlockingQueue<>(1000);
    private final Queue<Line> answers = new ConcurrentLinkedQueue<>();
    private volatile boolean stopping;

    /** Something that a client said, or is told. */
    private record Line(long client, String text) {
    }

    @Override
    public Integer call() throws IOException {
        try (TcpListener listener = address.listen(); EpollInstance epoll = EpollInstance.open()) {
            Thread io = Thread.ofPlatform().name("io").start(() -> transfer(listener, epoll));
            String ready = "style-thread listening on " + address.withPort(listener.localAddress().getPort());
            Serving.untilSignal(ready, () -> work(epoll, io), () -> stop(epoll));
        }
        return 0;
    }

    /** The thread for input and output. */
    private void transfer(TcpListener listener, EpollInstance epoll) {
        try (Clients clients = new Clients(epoll, listener); EpollEventArray events = EpollEventArray.allocate(64)) {
            while (!stopping) {
                epoll.await(events); // input, or the wake-up that follows an answer
                clients.serve(events, (id, line) -> {
                    if (!requests.offer(new Line(id, line))) { // never wait here: nobody would be served
                        clients.tell(id, "too busy");
                    }
                });
                for (Line answer = answers.poll(); answer != null; answer = answers.poll()) {
                    clients.tell(answer.client, answer.text + ", sent by " + Thread.currentThread().getName());
                }
            }
        } catch (IOException e) {
            stop(epoll);
            throw new UncheckedIOException(e);
        }
    }

    private void stop(EpollInstance epoll) {
        stopping = true;
        epoll.wakeup();
        while (!requests.offer(END)) {
            requests.clear();
        }
    }

    /** The main thread; it may take as long as it likes. */
    private void work(EpollInstance epoll, Thread io) {
        try {
            for (Line request = requests.take(); request != END; request = requests.take()) {
                String answer = new StringBuilder(request.text).reverse() + ": turned by "
                        + Thread.currentThread().getName();
                answers.add(new Line(request.client, answer));
                epoll.wakeup();
            }
            io.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
