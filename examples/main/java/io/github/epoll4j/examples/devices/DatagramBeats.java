package io.github.epoll4j.examples.devices;

import io.github.epoll4j.reactor.datagram.DatagramEndpoint;
import io.github.epoll4j.reactor.datagram.DatagramHandler;
import io.github.epoll4j.reactor.worker.WorkerPool;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** Heartbeats over UDP. While the workers' queue is full no more datagrams are received. For the loop's thread. */
final class DatagramBeats implements DatagramHandler {
    private static final System.Logger LOG = System.getLogger("devices");
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final WorkerPool pool;
    private final Sessions sessions;
    /** Received, and not handed to a worker: not empty only while the queue is full. */
    private final Queue<Request> received = new ArrayDeque<>();
    /** Completed, during a stop, when all that was received is handed over. */
    private final CompletableFuture<Void> emptied = new CompletableFuture<>();
    private boolean isStopping;

    DatagramBeats(WorkerPool pool, Sessions sessions) {
        this.pool = pool;
        this.sessions = sessions;
    }

    private record Request(ByteBuffer data, InetSocketAddress sender) {
    }

    @Override
    public void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender) {
        received.add(new Request(ByteBuffer.allocate(data.remaining()).put(data).flip(), sender));
        if (received.size() == 1) {
            handOver(endpoint);
        }
    }

    /** Receives no more, and returns a future that completes when all that was received is handed over. */
    CompletableFuture<Void> stop(DatagramEndpoint endpoint) {
        endpoint.loop().execute(() -> {
            isStopping = true;
            endpoint.pauseReading();
            if (received.isEmpty()) {
                emptied.complete(null);
            }
        });
        return emptied;
    }

    private void handOver(DatagramEndpoint endpoint) {
        try {
            submitAll(endpoint);
        } catch (IllegalStateException e) {
            received.clear(); // the pool was closed at once
        }
    }

    private void submitAll(DatagramEndpoint endpoint) {
        while (!received.isEmpty()) {
            Request request = received.element();
            boolean isAdded = pool.submit(endpoint.loop(), () -> answer(request.data()), (answer, failure) -> {
                if (failure == null) {
                    endpoint.send(answer, request.sender());
                } else {
                    LOG.log(System.Logger.Level.WARNING, "a datagram of {0} is dropped: {1}", request.sender(),
                            failure.getMessage());
                }
            });
            if (!isAdded) {
                endpoint.pauseReading();
                endpoint.loop().schedule(PAUSE, () -> handOver(endpoint));
                return;
            }
            received.remove();
        }
        if (isStopping) {
            emptied.complete(null);
        } else {
            endpoint.resumeReading();
        }
    }

    private ByteBuffer answer(ByteBuffer data) throws IOException {
        Message request = Message.read(data);
        if (request.type() != Message.Type.HEARTBEAT) {
            throw new MessageException("not a heartbeat");
        }
        Session session = sessions.find(request.text("session"));
        if (session == null) {
            throw new MessageException("there is no such session");
        }
        session.beat();
        return request.answer(Message.Status.OK, Map.of("key", request.number("key") + 1)).datagram();
    }
}
