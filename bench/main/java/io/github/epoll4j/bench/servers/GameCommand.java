package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Report;
import io.github.epoll4j.bench.Stat;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run game}: ticks to many sessions. */
@Command(name = "game", sortOptions = false, usageHelpAutoWidth = true,
        description = "Measures the example game with many sessions, each with an action a second, beside a loop in C "
                + "that sends as many bytes to as many clients at each tick, and reads nothing. In each round both are "
                + "new processes on processor 0.")
public final class GameCommand implements Callable<Integer> {
    private static final Pattern SUMMARY =
            Pattern.compile("(\\d+) logins, .*: (\\d+) moves, (\\d+) chats, .* (\\d+) ticks.*");
    private static final int TICK_MILLIS = 100;
    /** The sizes of the packets that a tick has: what is in front of all, of a move and of a line. */
    private static final int HEAD_BYTES = 12;
    private static final int MOVE_BYTES = 16;
    private static final int CHAT_BYTES = 294;
    private static final int OWN_DESCRIPTORS = 100;

    @Option(names = "--processes", paramLabel = "N",
            description = "processes of each server (default: ${DEFAULT-VALUE})")
    private int processes = 3;

    @Option(names = "--sessions", paramLabel = "N", description = "sessions (default: ${DEFAULT-VALUE})")
    private int sessions = 1000;

    @Option(names = "--seconds", paramLabel = "S", description = "length of a measurement (default: ${DEFAULT-VALUE})")
    private double seconds = 10;

    @Option(names = "--warmup", paramLabel = "S",
            description = "length of the game before it (default: ${DEFAULT-VALUE})")
    private double warmup = 5;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    GameCommand() {
    }

    @Override
    public Integer call() throws IOException {
        Positive.require(spec, "--processes", processes);
        Positive.require(spec, "--sessions", sessions);
        Positive.require(spec, "--seconds", seconds);
        Positive.requireZeroOrMore(spec, "--warmup", warmup);
        Omissions omissions = new Omissions(spec.commandLine().getErr());
        Optional<CProgram> ticks = CProgram.build("ticks");
        if (ticks.isEmpty()) {
            omissions.add("the game is left out: there is no C compiler");
        } else if (omissions.allowsDescriptors("the game", sessions + OWN_DESCRIPTORS)) {
            measure(ticks.get());
        }
        return omissions.exitStatus();
    }

    private void measure(CProgram ticks) throws IOException {
        Launcher launcher = new Launcher(null, null, Runtime.getRuntime().availableProcessors() > 1, List.of());
        List<Double> ofGame = new ArrayList<>();
        List<Double> ofC = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < processes; i++) {
            Round round = play(launcher);
            List<String> lines = CProgram.run(launcher.pinnedServer(ticks.command("" + sessions, "" + round.bytes(),
                    "" + TICK_MILLIS, "" + (int) Math.ceil(seconds))));
            double inC = number(lines, "cpu") / number(lines, "nanos");
            ofGame.add(round.cpu() * 1e3);
            ofC.add(inC * 1e3);
            ratios.add(round.cpu() / inC);
        }
        Stat ratio = Stat.of(ratios);
        new Report(spec.commandLine().getOut()).table(String.format("%-34s%14s%10s%10s%10s", sessions + " sessions, 10 "
                + "ticks a second", "CPU, ms/s", "by C", "least", "most"), List.of(
                String.format("%-34s%14.1f%10.3f", "a loop of sends in C", Stat.of(ofC).median(), 1.0),
                String.format("%-34s%14.1f%10.3f%10.3f%10.3f", "examples/run game", Stat.of(ofGame).median(),
                        ratio.median(), ratio.min(), ratio.max())));
    }

    /**
     * A game.
     *
     * @param cpu   the part of a processor that the server took
     * @param bytes the bytes of a tick for a session, on average
     */
    private record Round(double cpu, long bytes) {
    }

    private Round play(Launcher launcher) throws IOException {
        try (ServerProcess server = launcher.startExample("game", "--port", "0", "--players", "" + sessions)) {
            Process client = launcher.startExampleLoad("game-client", "--port", "" + server.port(), "--sessions",
                    "" + sessions, "--seconds", "" + (warmup + seconds + 1));
            try (BufferedReader lines = client.inputReader()) {
                String line = lines.readLine();
                while (line != null && !line.contains(" have logged in after ")) {
                    line = lines.readLine();
                }
                pause(warmup);
                List<Path> threads = server.threads();
                long before = ServerProcess.computed(threads);
                long start = System.nanoTime();
                pause(seconds);
                double cpu = (double) (ServerProcess.computed(threads) - before) / (System.nanoTime() - start);
                return new Round(cpu, bytes(lines));
            } finally {
                client.destroyForcibly();
            }
        }
    }

    private static void pause(double time) {
        long end = System.nanoTime() + (long) (time * 1e9);
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Reads the client's summary. */
    private static long bytes(BufferedReader lines) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher matcher = SUMMARY.matcher(line);
            if (matcher.matches()) {
                long sent = MOVE_BYTES * Long.parseLong(matcher.group(2))
                        + CHAT_BYTES * Long.parseLong(matcher.group(3));
                // each session has counted them
                long ticks = Long.parseLong(matcher.group(4)) / Long.parseLong(matcher.group(1));
                return HEAD_BYTES + sent / Math.max(1, ticks);
            }
        }
        throw new IOException("game-client printed no summary");
    }

    private static double number(List<String> lines, String name) throws IOException {
        return lines.stream().filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1))).findFirst()
                .orElseThrow(() -> new IOException("ticks printed no " + name));
    }
}
