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

/** A start that {@code examples/run} makes once after a build, for the JVM to write its cache. */
final class Training {
    private static final int PATIENCE_MILLIS = 20_000;

    private Training() {
    }

    /**
     * Starts a server as a user does, has it echo a byte, and ends it.
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
            echo(printed.readLine());
            server.toHandle().destroy(); // leaves its output open, which it writes to while it makes the cache
            Thread.ofVirtual().start(new FutureTask<>(() -> printed.transferTo(Writer.nullWriter())));
            // a server that inherited SIGTERM as ignored does not end
            isTrained = server.waitFor(PATIENCE_MILLIS, TimeUnit.MILLISECONDS) && server.exitValue() == 143;
        } finally {
            server.destroyForcibly();
        }
        System.exit(isTrained ? 0 : 1);
    }

    private static void echo(String ready) throws IOException {
        int port = Integer.parseInt(ready.replaceAll(".*:(\\d+) .*", "$1"));
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.setSoTimeout(PATIENCE_MILLIS);
            client.getOutputStream().write(1);
            client.getInputStream().read();
        }
    }
}
