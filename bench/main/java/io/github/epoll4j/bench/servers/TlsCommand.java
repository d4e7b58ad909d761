package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.LaunchJar;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Report;
import io.github.epoll4j.bench.Stat;
import io.github.epoll4j.bench.echo.TlsEcho;
import io.github.epoll4j.bench.echo.TlsLoad;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run tls}: TLS echo servers in alternation. */
@Command(name = "tls", sortOptions = false, usageHelpAutoWidth = true,
        description = "Measures TLS echo servers beside a plain loop over NIO with the JDK's SSLEngine, whose engine "
                + "all of them use: processor time for an echoed message of 16 KB (64 connections) and for a full "
                + "handshake, messages and handshakes in a second, and the bytes allocated for a message. In each "
                + "round every server is a new process on processor 0; once warm, they are measured in alternation. "
                + "Ratios are those of processes of the same round.")
public final class TlsCommand implements Callable<Integer> {
    private static final String BASE = "tls-nio";
    private static final List<String> SERVERS = List.of(BASE, "tls-reactor", "tls-reactor-inline");
    private static final int SLICES = 4;

    @Option(names = "--processes", paramLabel = "N",
            description = "processes of each server (default: ${DEFAULT-VALUE})")
    private int processes = 5;

    @Option(names = "--seconds", paramLabel = "S", description = "length of a slice (default: ${DEFAULT-VALUE})")
    private double seconds = 1;

    @Option(names = "--warmup", paramLabel = "S",
            description = "length of each kind of load before it (default: ${DEFAULT-VALUE})")
    private double warmup = 6;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    TlsCommand() {
    }

    /** What one process did under one load. */
    private static final class Sum {
        private double count;
        private double cpuNanos;
        private double seconds;
        private double bytes;

        double cpu() {
            return cpuNanos / count;
        }

        double rate() {
            return count / seconds;
        }
    }

    @Override
    public Integer call() throws IOException {
        Positive.require(spec, "--processes", processes);
        Positive.require(spec, "--seconds", seconds);
        Positive.requireZeroOrMore(spec, "--warmup", warmup);
        TlsEcho.makeKeyStore();
        Launcher launcher = new Launcher(null, null, Runtime.getRuntime().availableProcessors() > 1, List.of());
        Map<String, List<Map<String, Sum>>> rounds = new LinkedHashMap<>();
        for (int i = 0; i < processes; i++) {
            for (String load : List.of("messages", "handshakes")) {
                rounds.computeIfAbsent(load, any -> new ArrayList<>()).add(round(launcher, load, i));
            }
        }
        Report report = new Report(spec.commandLine().getOut());
        rounds.forEach((load, sums) -> report.table(String.format("%-24s%12s%12s%12s%12s%12s%12s", load, "CPU, us",
                "by " + BASE, "least", "most", "per second", "B each"),
                SERVERS.stream().map(server -> line(server, sums)).toList()));
        return 0;
    }

    private Map<String, Sum> round(Launcher launcher, String load, int number) throws IOException {
        List<ServerProcess> servers = new ArrayList<>();
        Map<String, Sum> sums = new LinkedHashMap<>();
        Process loader = loader(launcher);
        try (BufferedReader answers = loader.inputReader(); Writer questions = loader.outputWriter()) {
            for (String name : SERVERS) {
                servers.add(launcher.start(name));
                sums.put(name, new Sum());
                ask(answers, questions, load, servers.getLast(), warmup);
            }
            for (int slice = 0; slice < SLICES; slice++) {
                for (int i = 0; i < SERVERS.size(); i++) {
                    int index = (i + number + slice) % SERVERS.size();
                    measure(answers, questions, load, servers.get(index), sums.get(SERVERS.get(index)));
                }
            }
        } finally {
            loader.destroyForcibly();
            for (ServerProcess server : servers) {
                server.close();
            }
        }
        return sums;
    }

    private static Process loader(Launcher launcher) throws IOException {
        return launcher.startLoad(LaunchJar.write(TlsLoad.class));
    }

    private void measure(BufferedReader answers, Writer questions, String load, ServerProcess server, Sum sum)
            throws IOException {
        List<Path> threads = server.threads();
        long bytesBefore = server.ask("allocated");
        long cpuBefore = ServerProcess.computed(threads);
        long start = System.nanoTime();
        sum.count += ask(answers, questions, load, server, seconds);
        sum.seconds += (System.nanoTime() - start) / 1e9;
        sum.cpuNanos += ServerProcess.computed(threads) - cpuBefore;
        sum.bytes += server.ask("allocated") - bytesBefore;
    }

    private static long ask(BufferedReader answers, Writer questions, String load, ServerProcess server, double time)
            throws IOException {
        questions.write(load + " " + server.port() + " " + time + "\n");
        questions.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the load has ended");
        }
        return Long.parseLong(answer);
    }

    private static String line(String server, List<Map<String, Sum>> sums) {
        Stat cpu = Stat.of(sums.stream().map(round -> round.get(server).cpu() / 1e3).toList());
        Stat ratio = Stat.of(sums.stream().map(round -> round.get(server).cpu() / round.get(BASE).cpu()).toList());
        Stat rate = Stat.of(sums.stream().map(round -> round.get(server).rate()).toList());
        Stat bytes = Stat.of(sums.stream().map(round -> round.get(server).bytes / round.get(server).count).toList());
        return String.format("%-24s%12.2f%12.3f%12.3f%12.3f%12.0f%12.1f", server, cpu.median(), ratio.median(),
                ratio.min(), ratio.max(), rate.median(), bytes.median());
    }
}
