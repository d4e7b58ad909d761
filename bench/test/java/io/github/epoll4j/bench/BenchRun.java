package io.github.epoll4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** {@code bench/run} as a user starts it. No number of so short a run is judged, but each must be there. */
final class BenchRun {
    /** Whether all subjects and servers are wanted. */
    static final boolean IS_ALL = "all".equals(System.getProperty("epoll4j.bench"));

    private BenchRun() {
    }

    /** Runs a command to its good end, and gives the lines that it printed. */
    static List<String> start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(CProgram.home().resolve("run").toAbsolutePath().toString()));
        command.addAll(List.of(arguments));
        return CProgram.run(command);
    }

    /** Reads the file that a command wrote into a folder, without the line on the machine and the heading. */
    static List<String[]> rows(Path folder, String command) throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve(command + ".csv"))) {
            return lines.skip(2).map(line -> line.split(",")).toList();
        }
    }
}
