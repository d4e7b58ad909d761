package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;

/** What {@code examples/run} has the JVM watch once after a build, to keep the classes of a start in an archive. */
final class Training {
    private Training() {
    }

    /** Starts a server as a user does, has it echo a byte, and ends. */
    public static void main(String[] args) throws IOException {
        PipedInputStream printed = new PipedInputStream();
        System.setOut(new PrintStream(new PipedOutputStream(printed), true, UTF_8));
        Thread.ofPlatform().daemon().start(() -> Examples.main(new String[] {"echo", "--port", "0"}));
        String ready = new BufferedReader(new InputStreamReader(printed, UTF_8)).readLine();
        int port = Integer.parseInt(ready.replaceAll(".*:(\\d+) .*", "$1"));
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream().write(1);
            client.getInputStream().read();
        }
        System.exit(0);
    }
}
