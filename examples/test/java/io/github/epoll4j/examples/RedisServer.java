package io.github.epoll4j.examples;

import static java.lang.ProcessBuilder.Redirect.DISCARD;

import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A redis-server that keeps nothing. */
public final class RedisServer implements AutoCloseable {
    private final int port;
    private Process process;

    private RedisServer(int port) {
        this.port = port;
    }

    /**
     * Starts a server on a port that was free a moment ago; the test is skipped if there is none on this machine.
     *
     * @return the server
     * @throws IOException if it cannot be started
     */
    public static RedisServer start() throws IOException {
        Commands.assumePresent("redis-server");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        RedisServer server = new RedisServer(port);
        server.startAgain();
        return server;
    }

    /**
     * Starts the server anew, on the same port.
     *
     * @throws IOException if it cannot be started
     */
    public void startAgain() throws IOException {
        process = new ProcessBuilder("redis-server", "--port", "" + port, "--bind", "127.0.0.1", "--save", "",
                "--appendonly", "no", "--daemonize", "no").redirectErrorStream(true).redirectOutput(DISCARD).start();
        Eventually.await("Redis listens", this::isListening);
    }

    private boolean isListening() {
        try {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Stops the server, which keeps its connections, or has it go on.
     *
     * @param signal STOP or CONT
     * @throws IOException if there is no kill command
     * @throws InterruptedException if the thread is interrupted
     */
    public void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start().waitFor();
    }

    /** Kills the server. */
    public void kill() {
        process.destroyForcibly();
        Eventually.await("Redis has ended", () -> !process.isAlive());
    }

    /**
     * Returns where it listens.
     *
     * @return the address
     */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public void close() {
        kill();
    }
}
