package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.LaunchJar;
import io.github.epoll4j.bench.echo.JavaServer;
import java.io.IOException;
import java.nio.file.Files;
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
    private final Path jar = LaunchJar.write(JavaServer.class);

    /**
     * Starts Java servers alone, and loads, on whatever processor is free.
     *
     * @param load         what loads
     * @param jvmArguments flags for the servers, after their own
     */
    Launcher(CProgram load, List<String> jvmArguments) throws IOException {
        this(null, load, false, jvmArguments);
    }

    /**
     * Starts programs.
     *
     * @param server       the server in C, or null
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
        java.add("-Dbench.home=" + CProgram.home());
        java.addAll(jvmArguments);
    }

    /** Starts a server; it is ready when this returns. */
    ServerProcess start(Contestant contestant) throws IOException {
        return start(contestant, List.of());
    }

    /** Starts a Java server from its ahead-of-time cache, or not at all, with the first compiler alone. */
    ServerProcess startFromCache(Contestant contestant) throws IOException {
        return start(contestant,
                List.of("-XX:TieredStopAtLevel=1", "-XX:AOTMode=on", "-XX:AOTCache=" + cache(contestant)));
    }

    /** Starts a Java server that leaves an ahead-of-time cache behind when it ends: classes as they are linked. */
    ServerProcess startForCache(Contestant contestant) throws IOException {
        Files.deleteIfExists(cache(contestant));
        return start(contestant, List.of("-XX:TieredStopAtLevel=1", "-XX:AOTCacheOutput=" + cache(contestant)));
    }

    /**
     * Starts a server whose heap is in memory from the start, so that a heap's first use is not taken for growth; nor
     * the memory that the second compiler takes and gives back, for there is only the first.
     */
    ServerProcess startTouched(Contestant contestant) throws IOException {
        return start(contestant, List.of("-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1"));
    }

    private Path cache(Contestant contestant) {
        return jar.resolveSibling(contestant.id() + ".aot");
    }

    private ServerProcess start(Contestant contestant, List<String> flags) throws IOException {
        if (contestant.isInC()) {
            return new ServerProcess(pinned(SERVERS, server.command(contestant.options())));
        }
        return start(contestant.id(), flags);
    }

    /** Starts a Java server by its name. */
    ServerProcess start(String name) throws IOException {
        return start(name, List.of());
    }

    private ServerProcess start(String name, List<String> flags) throws IOException {
        List<String> command = new ArrayList<>(java);
        command.addAll(flags);
        command.addAll(List.of("-jar", jar.toString(), name));
        return new ServerProcess(pinned(SERVERS, command));
    }

    /** Starts the server in C, which has no options. */
    ServerProcess startBroadcast() throws IOException {
        return new ServerProcess(pinned(SERVERS, server.command()));
    }

    /** Starts an example, as {@code examples/run} does but without a cache of its start. */
    ServerProcess startExample(String... arguments) throws IOException {
        return new ServerProcess(pinned(SERVERS, example(arguments)));
    }

    /** Starts an example that loads. */
    Process startExampleLoad(String... arguments) throws IOException {
        return new ProcessBuilder(pinned(LOADS, example(arguments)))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private List<String> example(String... arguments) {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-jar", CProgram.home().resolve("../examples/target/examples.jar").toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Returns a command with the processor of servers. */
    List<String> pinnedServer(List<String> command) {
        return pinned(SERVERS, command);
    }

    /** Starts the members of a chat. */
    Process startMembers(ServerProcess target, int members, int size) throws IOException {
        return new ProcessBuilder(pinned(LOADS,
                load.command("" + target.port(), "" + target.pid(), "" + members, "" + size)))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** Makes the command that loads a server. */
    List<String> load(ServerProcess target, List<String> options) {
        List<String> command = load.command("--port", "" + target.port(), "--pid", "" + target.pid());
        command.addAll(options);
        return pinned(LOADS, command);
    }

    /** Starts a load that is a Java program. */
    Process startLoad(Path program) throws IOException {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-jar", program.toString()));
        return new ProcessBuilder(pinned(LOADS, command)).redirectError(ProcessBuilder.Redirect.INHERIT).start();
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
