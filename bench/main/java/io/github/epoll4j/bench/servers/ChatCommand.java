package io.github.epoll4j.bench.servers;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Omissions;
import io.github.epoll4j.bench.Positive;
import io.github.epoll4j.bench.Report;
import io.github.epoll4j.bench.Stat;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench/run chat}: a line to many members. */
@Command(name = "chat", sortOptions = false, usageHelpAutoWidth = true,
        description = "Measures the example chat beside a loop in C: a member says a line, and all others receive it. "
                + "In each round both servers are new processes on processor 0; once warm, they are measured in "
                + "alternation. Ratios are those of processes of the same round.")
public final class ChatCommand implements Callable<Integer> {
    private static final String C = "a loop of sends in C";
    private static final String CHAT = "examples/run chat";
    private static final int SLICES = 4;
    private static final int OWN_DESCRIPTORS = 100;
    private static final int PER_SECOND = 0;
    private static final int CPU_NANOS = 1;

    @Option(names = "--processes", paramLabel = "N",
            description = "processes of each server (default: ${DEFAULT-VALUE})")
    private int processes = 5;

    @Option(names = "--members", paramLabel = "N", description = "members of the chat (default: ${DEFAULT-VALUE})")
    private int members = 1000;

    @Option(names = "--size", paramLabel = "B",
            description = "bytes of a line, 2 to 900, its ending included (default: ${DEFAULT-VALUE})")
    private int size = 64;

    @Option(names = "--seconds", paramLabel = "S", description = "length of a slice (default: ${DEFAULT-VALUE})")
    private double seconds = 1;

    @Option(names = "--warmup", paramLabel = "S",
            description = "length of the talk before it (default: ${DEFAULT-VALUE})")
    private double warmup = 6;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ChatCommand() {
    }

    @Override
    public Integer call() throws IOException {
        Positive.require(spec, "--processes", processes);
        Positive.require(spec, "--members", members - 1);
        Positive.require(spec, "--size", size - 1);
        Positive.require(spec, "--seconds", seconds);
        Positive.requireZeroOrMore(spec, "--warmup", warmup);
        Omissions omissions = new Omissions(spec.commandLine().getErr());
        Optional<CProgram> broadcast = CProgram.build("broadcast");
        Optional<CProgram> load = CProgram.build("members");
        if (broadcast.isEmpty() || load.isEmpty()) {
            omissions.add("the chat is left out: there is no C compiler");
        } else if (omissions.allowsDescriptors("the chat", members + OWN_DESCRIPTORS)) {
            boolean isPinning = Runtime.getRuntime().availableProcessors() > 1;
            measure(new Launcher(broadcast.get(), load.get(), isPinning, List.of()));
        }
        return omissions.exitStatus();
    }

    private void measure(Launcher launcher) throws IOException {
        Map<String, List<double[]>> results = new LinkedHashMap<>();
        for (int i = 0; i < processes; i++) {
            try (Talk inC = new Talk(launcher.startBroadcast(), launcher);
                    Talk chat = new Talk(launcher.startExample("chat", "--port", "0"), launcher)) {
                inC.talk(warmup);
                chat.talk(warmup);
                List<double[]> ofC = new ArrayList<>();
                List<double[]> ofChat = new ArrayList<>();
                for (int slice = 0; slice < SLICES; slice++) {
                    if ((i + slice) % 2 == 0) {
                        ofC.add(inC.talk(seconds));
                        ofChat.add(chat.talk(seconds));
                    } else {
                        ofChat.add(chat.talk(seconds));
                        ofC.add(inC.talk(seconds));
                    }
                }
                results.computeIfAbsent(C, any -> new ArrayList<>()).add(medians(ofC));
                results.computeIfAbsent(CHAT, any -> new ArrayList<>()).add(medians(ofChat));
            }
        }
        new Report(spec.commandLine().getOut()).table(String.format("%-26s%12s%10s%10s%10s%12s",
                "a line to " + members + " members", "CPU, us", "by C", "least", "most", "per second"),
                results.keySet().stream().map(server -> line(server, results)).toList());
    }

    private static double[] medians(List<double[]> slices) {
        return new double[] {Stat.of(slices.stream().map(slice -> slice[PER_SECOND]).toList()).median(),
            Stat.of(slices.stream().map(slice -> slice[CPU_NANOS]).toList()).median()};
    }

    private static String line(String server, Map<String, List<double[]>> results) {
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < results.get(C).size(); i++) {
            ratios.add(results.get(server).get(i)[CPU_NANOS] / results.get(C).get(i)[CPU_NANOS]);
        }
        Stat ratio = Stat.of(ratios);
        double[] medians = medians(results.get(server));
        return String.format("%-26s%12.1f%10.3f%10.3f%10.3f%12.1f", server, medians[CPU_NANOS] / 1e3, ratio.median(),
                ratio.min(), ratio.max(), medians[PER_SECOND]);
    }

    /** A server and its members. */
    private final class Talk implements AutoCloseable {
        private final ServerProcess server;
        private final Process load;
        private final BufferedReader answers;
        private final Writer questions;

        Talk(ServerProcess server, Launcher launcher) throws IOException {
            this.server = server;
            load = launcher.startMembers(server, members, size);
            answers = load.inputReader();
            questions = load.outputWriter();
            answer();
        }

        /** Talks for a time, and returns the lines in a second and the server's nanoseconds for each. */
        double[] talk(double time) throws IOException {
            questions.write(time + "\n");
            questions.flush();
            String[] numbers = answer().split(" ");
            return new double[] {Double.parseDouble(numbers[PER_SECOND]), Double.parseDouble(numbers[CPU_NANOS])};
        }

        private String answer() throws IOException {
            String line = answers.readLine();
            if (line == null) {
                throw new IOException("the members have ended");
            }
            return line;
        }

        @Override
        public void close() throws IOException {
            load.destroyForcibly();
            server.close();
        }
    }
}
