package io.github.epoll4j.bench.programs;

import io.github.epoll4j.bench.Bench;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of {@code bench/run} that this module has: the textbooks' programs and the sweeps. */
@Command(name = "bench/run", description = "Measures the textbooks' programs with epoll4j and in C.")
public final class Programs {
    private Programs() {
    }

    /**
     * Runs a command and ends the JVM with its exit code.
     *
     * @param args the command and its options
     */
    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT); // numbers in ASCII digits
        System.exit(commandLine().execute(args));
    }

    /** Returns the command line with a sub-command for each program, and the sweeps. */
    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new Programs());
        commands.addSubcommand(new SweepCommand());
        ProgramCommands.addTo(commands);
        return commands.setParameterExceptionHandler(Bench::refuse).setExecutionExceptionHandler(Bench::explain);
    }
}
