package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * The run that {@code examples/run} makes once after a build, for the JVM to write its cache: the classes of a start,
 * and the profiles of the methods that are hot in a server under load. One server alone, as a second one's handlers
 * would be in the profiles of the first.
 */
final class Training {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int CLIENTS = 4;
    /** Messages of each client: several times what it takes until the second compiler has compiled the hot path. */
    private static final int MESSAGES = 10_000;
    private static final byte[] MESSAGE = new byte[64];

    private Training() {
    }

    /**
     * Starts a server as a user does, loads it, and ends it.
     *
     * @param args the command that starts an example, without its name: the flags must be those of later starts, or the
     *     JVM does not use what it keeps
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(args));
        command.addAll(List.of("echo", "--port", "0"));
        Process server = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        boolean isTrained;
        try {
            BufferedReader printed = server.inputReader(UTF_8);
            load(Integer.parseInt(printed.readLine().replaceAll(".*:(\\d+) .*", "$1")));
            server.toHandle().destroy(); // leaves its output open, which it writes to while it makes the cache
            Thread.ofVirtual().start(new FutureTask<>(() -> printed.transferTo(Writer.nullWriter())));
            // a server that inherited SIGTERM as ignored does not end
            isTrained = server.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) && server.exitValue() == 143;
        } finally {
            server.destroyForcibly();
        }
        System.exit(isTrained ? 0 : 1);
    }

    /** Has clients send messages at once, and read them back. */
    private static void load(int port) throws IOException {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < CLIENTS; i++) {
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
                clients.add(client);
                client.setTcpNoDelay(true);
                client.setSoTimeout(PATIENCE_MILLIS);
            }
            for (int i = 0; i < MESSAGES; i++) {
                for (Socket client : clients) {
                    client.getOutputStream().write(MESSAGE);
                }
                for (Socket client : clients) {
                    if (client.getInputStream().readNBytes(MESSAGE.length).length < MESSAGE.length) {
                        throw new IOException("the server has ended a connection");
                    }
                }
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }
}
