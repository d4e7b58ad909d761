package io.github.epoll4j.bench.echo;

import io.github.epoll4j.examples.Examples;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * Runs one echo server on a free port of the loopback interface, and prints "listening on" with its address. It answers
 * the lines "allocated" and "heap" on its standard input with a number of bytes, and ends when that ends.
 */
public final class JavaServer {
    /** As much as the reactor, the servers in C and SelectorEcho read at once. */
    private static final String BUFFER = "--buffer=" + (64 << 10);

    private JavaServer() {
    }

    /**
     * Runs a server.
     *
     * @param args its name
     * @throws IOException if it cannot be opened
     * @throws InterruptedException if somebody interrupts it
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Thread.ofPlatform().daemon().name("control").start(JavaServer::answer);
        String[] words = args[0].split("-", 2);
        switch (words[0]) {
            case "reactor" -> ReactorEcho.run(words[1]);
            case "raw" -> Examples.main(rawEcho(words[1]));
            case "nio" -> SelectorEcho.run();
            case "netty" -> NettyEcho.run(words[1]);
            case "workers" -> WorkersEcho.run(words[1]);
            case "vthread" -> VirtualThreadEcho.run(words[1]);
            case "onenio" -> OneNioEcho.run();
            case "tls" -> TlsEcho.run(words[1]);
            default -> throw new IllegalArgumentException("no such server: " + args[0]);
        }
    }

    private static String[] rawEcho(String way) {
        return switch (way) {
            case "select", "poll" -> new String[] {"raw-echo", "--port=0", BUFFER, "--mechanism=" + way};
            default -> new String[] {"raw-echo", "--port=0", BUFFER, "--trigger=" + way};
        };
    }

    static void listening(int port) {
        System.out.println("listening on 127.0.0.1:" + port);
    }

    private static void answer() {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try {
            String question = questions.readLine();
            while (question != null) {
                System.out.println(question.equals("heap") ? liveHeap() : allocated());
                question = questions.readLine();
            }
        } catch (IOException e) {
            System.err.println(e.getMessage());
        }
        Runtime.getRuntime().halt(0);
    }

    /** What all threads have allocated since the start. */
    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
    }

    /** What is left after a collection; the second one frees what the first one's cleaners let go. */
    private static long liveHeap() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
