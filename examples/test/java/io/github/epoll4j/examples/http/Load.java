package io.github.epoll4j.examples.http;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Clients that send requests without a pause. Half of them keep their connections until an answer says that it is the
 * last one, and half connect for each request. A request that is not answered is a failure.
 */
public final class Load implements AutoCloseable {
    private final int port;
    private final LongAdder answers = new LongAdder();
    private final List<FutureTask<Void>> clients = new ArrayList<>();
    private volatile boolean isOver;

    /** Starts clients. */
    public Load(int port, int count) {
        this.port = port;
        for (int i = 0; i < count; i++) {
            boolean isKeeping = i % 2 == 0;
            FutureTask<Void> client = new FutureTask<>(() -> run(isKeeping));
            clients.add(client);
            Thread.ofVirtual().start(client);
        }
    }

    private Void run(boolean isKeeping) throws IOException {
        while (!isOver) {
            try (HttpClient client = new HttpClient(port)) {
                boolean isLast = false;
                while (!isLast && !isOver) {
                    client.get("/", isKeeping ? "" : "Connection: close\r\n");
                    HttpClient.Response response = client.read();
                    if (response.status() != 200 || !response.text().equals("hello\n")) {
                        throw new IOException("another answer: " + response);
                    }
                    answers.increment();
                    isLast = response.isLast();
                }
            }
        }
        return null;
    }

    /** Returns the number of answers so far. */
    public long answers() {
        return answers.sum();
    }

    @Override
    public void close() throws IOException {
        stop();
    }

    /** Stops the clients, and throws the failure of one if there is any. */
    public void stop() throws IOException {
        isOver = true;
        for (FutureTask<Void> client : clients) {
            try {
                client.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException | InterruptedException e) {
                throw new IOException("a request was lost", e);
            }
        }
    }
}
