package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Report;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run calls}: the system calls of a server for each batch of pipelined requests. */
@Command(name = "calls", sortOptions = false, usageHelpAutoWidth = true,
        description = "Counts with strace the system calls of servers for each batch of 16 pipelined requests of 64 "
                + "bytes, where reactor-answers answers each by a write of its own. A traced server is slow: no time "
                + "is measured.")
public final class CallsCommand implements Callable<Integer> {
    /** Calls that read, that write and that wait. */
    private static final List<Pattern> NAMES = List.of(Pattern.compile("read|readv|recvfrom|recvmsg"),
            Pattern.compile("write|writev|sendto|sendmsg"), Pattern.compile("epoll_p?wait2?"));
    private static final Pattern LINE =
            Pattern.compile("\\s*[\\d.]+\\s+[\\d.]+\\s+\\d+\\s+(?<calls>\\d+)\\s+(\\d+\\s+)?(?<name>\\w+)");

    @Option(names = "--servers", split = ",", paramLabel = "NAME", description = "as of bench/run servers (default: "
            + "${DEFAULT-VALUE})")
    private List<String> serverIds = new ArrayList<>(List.of("c-level", "reactor-level", "reactor-answers", "nio",
            "netty-epoll"));

    @Option(names = "--seconds", paramLabel = "S", description = "length of the count (default: ${DEFAULT-VALUE})")
    private double seconds = 2;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    CallsCommand() {
    }

    @Override
    public Integer call() throws IOException {
        List<Contestant> servers = ServersCommand.named(spec, "server", serverIds, Contestant.values(), Contestant::id);
        Omissions omissions = new Omissions(spec.commandLine().getErr());
        Optional<CProgram> load = omissions.program("load", "nothing is counted");
        Optional<CProgram> echo = omissions.program("echo", "the servers in C are left out");
        if (CProgram.find("strace").isEmpty()) {
            omissions.add("no strace on the PATH: nothing is counted");
        }
        if (load.isEmpty() || echo.isEmpty() || CProgram.find("strace").isEmpty()) {
            return omissions.exitStatus();
        }
        Launcher launcher = new Launcher(echo.get(), load.get(), false, List.of());
        List<String> lines = new ArrayList<>();
        for (Contestant contestant : servers) {
            try {
                lines.add(count(launcher, contestant));
            } catch (IOException e) {
                omissions.add(contestant.id() + ": " + e.getMessage());
            }
        }
        new Report(spec.commandLine().getOut()).table(String.format("%-30s%12s%12s%12s", "calls a batch",
                "reads", "writes", "waits"), lines);
        return omissions.exitStatus();
    }

    private String count(Launcher launcher, Contestant contestant) throws IOException {
        List<String> options = new ArrayList<>(EchoLoad.PIPELINED.options());
        options.addAll(List.of("--warmup", "0", "--seconds", "" + seconds, "--hold"));
        Path summary = Files.createTempFile("bench-calls", ".txt");
        List<Process> started = new ArrayList<>();
        try (ServerProcess server = launcher.start(contestant)) {
            Process load = start(started, launcher.load(server, options));
            BufferedReader lines = load.inputReader();
            await(lines, "ready");
            Process strace = start(started, List.of("strace", "-f", "-c", "-o", summary.toString(), "-p",
                    "" + server.pid()));
            await(strace.inputReader(), "strace: Process " + server.pid() + " attached");
            load.outputWriter().write("\n");
            load.outputWriter().flush();
            await(lines, "end");
            strace.destroy(); // it writes its summary
            strace.waitFor();
            double batches = Double.parseDouble(await(lines, "messages ")) / EchoLoad.PIPELINED.inFlight();
            return line(contestant, Files.readAllLines(summary), batches);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            started.forEach(Process::destroy);
            Files.delete(summary);
        }
    }

    private static Process start(List<Process> started, List<String> command) throws IOException {
        started.add(new ProcessBuilder(command).redirectErrorStream(true).start());
        return started.getLast();
    }

    /** Reads up to a line that begins with some words, and returns its rest. */
    private static String await(BufferedReader lines, String beginning) throws IOException {
        String last = "nothing";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(beginning)) {
                return line.substring(beginning.length());
            }
            last = line;
        }
        throw new IOException("no \"" + beginning + "\", but " + last);
    }

    /** Returns the line of the table, from the lines of strace's summary. */
    static String line(Contestant contestant, List<String> summary, double batches) {
        StringBuilder line = new StringBuilder(String.format("%-30s", contestant.title()));
        for (Pattern names : NAMES) {
            long calls = summary.stream().map(LINE::matcher).filter(Matcher::matches)
                    .filter(matcher -> names.matcher(matcher.group("name")).matches())
                    .mapToLong(matcher -> Long.parseLong(matcher.group("calls"))).sum();
            line.append(String.format(Locale.ROOT, "%12.2f", calls / batches));
        }
        return line.toString();
    }
}
