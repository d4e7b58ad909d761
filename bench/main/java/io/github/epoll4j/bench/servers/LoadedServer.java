package io.github.epoll4j.bench.servers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;

/** A server that is warmed up and idle, with the load that measures it now and then. */
final class LoadedServer implements Rounds.Session {
    private final ServerProcess server;
    private final Process load;
    private final BufferedReader lines;
    private final Writer commands;
    private final List<Path> compilers;
    private final List<Long> seconds;

    /**
     * Starts a server and its load, and waits for the end of the warm-up.
     *
     * @param launcher   starts both
     * @param contestant the server
     * @param options    options of the load
     */
    LoadedServer(Launcher launcher, Contestant contestant, List<String> options) throws IOException {
        server = launcher.start(contestant);
        load = new ProcessBuilder(launcher.load(server, options)).redirectErrorStream(true).start();
        lines = load.inputReader();
        commands = load.outputWriter();
        try {
            seconds = LoadRun.read(lines, "done", server, List.of()).seconds();
            compilers = contestant.isInC() ? List.of() : server.compilers();
            if (!contestant.isInC()) {
                server.ask("allocated"); // the first answer loads classes
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public List<Long> seconds() {
        return seconds;
    }

    @Override
    public LoadRun slice() throws IOException {
        return command("s").requireMeasured();
    }

    @Override
    public LoadRun timetable() throws IOException {
        return command("t");
    }

    private LoadRun command(String letter) throws IOException {
        commands.write(letter);
        commands.flush();
        return LoadRun.read(lines, "done", server, compilers);
    }

    @Override
    public void close() throws IOException {
        load.destroy();
        server.close();
    }
}
