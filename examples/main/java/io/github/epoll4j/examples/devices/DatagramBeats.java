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

/** Heartbeats over UDP. While the workers' queue is full no more datagrams are received. For the loop's thread. */
final class DatagramBeats implements DatagramHandler {
    private static final System.Logger LOG = System.getLogger("devices");
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final WorkerPool pool;
    private final Sessions sessions;
    /** Received, and not handed to a worker: not empty only while the queue is full. */
    private final Queue<Request> received = new ArrayDeque<>();

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

    private void handOver(DatagramEndpoint endpoint) {
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
        endpoint.resumeReading();
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
