package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.LaunchJar;
import io.github.epoll4j.bench.echo.JavaServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts servers on one processor and loads on another. */
final class Launcher {
    /** The same for all Java servers. */
    static final List<String> JVM_FLAGS = List.of(
            "-XX:+UseSerialGC", "-Xms256m", "-Xmx256m", "--sun-misc-unsafe-memory-access=allow", "-Xlog:disable");

    private static final int SERVERS = 0;
    private static final int LOADS = 1;

    private final CProgram server;
    private final CProgram load;
    private final boolean isPinning;
    private final List<String> java = new ArrayList<>();

    /**
     * Starts programs.
     *
     * @param server       the server in C
     * @param load         what loads
     * @param isPinning    whether there is a taskset, and a processor for each
     * @param jvmArguments flags for the Java servers, after their own
     */
    Launcher(CProgram server, CProgram load, boolean isPinning, List<String> jvmArguments) throws IOException {
        this.server = server;
        this.load = load;
        this.isPinning = isPinning;
        java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        java.addAll(JVM_FLAGS);
        java.addAll(jvmArguments);
        java.addAll(List.of("-jar", LaunchJar.write(JavaServer.class).toString()));
    }

    /** Starts a server; it is ready when this returns. */
    ServerProcess start(Contestant contestant) throws IOException {
        List<String> command = new ArrayList<>(contestant.isInC() ? server.command(contestant.options()) : java);
        if (!contestant.isInC()) {
            command.add(contestant.id());
        }
        return new ServerProcess(pinned(SERVERS, command));
    }

    /** Makes the command that loads a server. */
    List<String> load(ServerProcess target, List<String> options) {
        List<String> command = load.command("--port", "" + target.port(), "--pid", "" + target.pid());
        command.addAll(options);
        return pinned(LOADS, command);
    }

    private List<String> pinned(int processor, List<String> command) {
        List<String> pinned = new ArrayList<>();
        if (isPinning) {
            pinned.addAll(List.of("taskset", "-c", "" + processor));
        }
        pinned.addAll(command);
        return pinned;
    }
}
