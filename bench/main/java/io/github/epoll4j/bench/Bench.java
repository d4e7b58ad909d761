package io.github.epoll4j.bench;

import io.github.epoll4j.bench.micro.MicroCommand;
import io.github.epoll4j.bench.programs.ProgramCommands;
import io.github.epoll4j.bench.programs.SweepCommand;
import io.github.epoll4j.bench.servers.ServersCommand;
import io.github.epoll4j.bench.servers.WorkersCommand;
import io.github.epoll4j.bench.startup.StartupCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code bench/run}. */
@Command(name = "bench/run",
        description = "Measures epoll4j beside C, beside the JDK's own classes and beside others.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all was measured", "1:it failed", "2:it was called wrongly",
            "3:something was left out; standard error says what, why, and the way out"},
        subcommands = {MicroCommand.class, ServersCommand.class, StartupCommand.class, SweepCommand.class,
            WorkersCommand.class})
public final class Bench implements Runnable {
    @CommandLine.Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    private Bench() {
    }

    /**
     * Runs a command and ends the JVM with its exit code.
     *
     * @param args the command and its options; none lists the commands
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Makes the command line with all commands. */
    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new Bench());
        ProgramCommands.addTo(commands);
        return commands;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
