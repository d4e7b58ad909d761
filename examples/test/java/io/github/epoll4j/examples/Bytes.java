package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Bytes that clients send, and want back. */
final class Bytes {
    private Bytes() {
    }

    static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Sends bytes, few enough to fit into the sockets' buffers, and reads them back. */
    static void echo(Socket client, byte[] message) throws IOException {
        client.getOutputStream().write(message);
        assertThat(client.getInputStream().readNBytes(message.length)).isEqualTo(message);
    }

    /** Sends bytes and then the end of the stream, however many, and reads everything that comes back. */
    static byte[] echoToTheEnd(Socket client, byte[] message) throws Exception {
        FutureTask<Void> writer = start(() -> {
            client.getOutputStream().write(message);
            client.shutdownOutput();
            return null;
        });
        byte[] answer = client.getInputStream().readAllBytes();
        writer.get(20, TimeUnit.SECONDS);
        return answer;
    }

    /** Does something in a thread of its own. */
    static <T> FutureTask<T> start(Callable<T> action) {
        FutureTask<T> task = new FutureTask<>(action);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }
}
