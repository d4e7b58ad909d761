package io.github.epoll4j.bench;

import io.github.epoll4j.bench.micro.MicroCommand;
import io.github.epoll4j.bench.report.AllCommand;
import io.github.epoll4j.bench.report.CheckCommand;
import io.github.epoll4j.bench.report.ReportCommand;
import io.github.epoll4j.bench.servers.CallsCommand;
import io.github.epoll4j.bench.servers.ChatCommand;
import io.github.epoll4j.bench.servers.GameCommand;
import io.github.epoll4j.bench.servers.ServersCommand;
import io.github.epoll4j.bench.servers.TlsCommand;
import io.github.epoll4j.bench.servers.WorkersCommand;
import io.github.epoll4j.bench.startup.StartupCommand;
import io.github.epoll4j.bench.waits.WaitsCommand;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code bench/run}. */
@Command(name = "bench/run",
        description = "Measures epoll4j beside C, beside the JDK's own classes and beside others.",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {"0:all was measured", "1:it failed", "2:it was called wrongly",
            "3:something was left out; standard error says what, why, and the way out"},
        footer = "%nIn bench/programs, which is built when one is first run: sweep (connections, active connections, "
                + "triggers), and the textbooks' programs poll_conn, poll_performance and poll_performance_2, also "
                + "with select, epoll_level and epoll_edge in the place of poll.",
        subcommands = {AllCommand.class, ReportCommand.class, CheckCommand.class, MicroCommand.class,
            ServersCommand.class, CallsCommand.class, TlsCommand.class, ChatCommand.class, GameCommand.class,
            StartupCommand.class, WaitsCommand.class, WorkersCommand.class})
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
        Locale.setDefault(Locale.ROOT); // numbers in tables and CSV files, in every locale
        System.exit(commandLine().execute(args));
    }

    /**
     * Returns the command line with all its sub-commands.
     *
     * @return the command line
     */
    public static CommandLine commandLine() {
        return new CommandLine(new Bench()).setParameterExceptionHandler(Bench::refuse)
                .setExecutionExceptionHandler(Bench::explain);
    }

    /**
     * Prints one line with the mistake in a command line, and one that names the help.
     *
     * @param e    the mistake
     * @param args the command line
     * @return the exit status
     */
    public static int refuse(CommandLine.ParameterException e, String[] args) {
        e.getCommandLine().getErr().println(e.getMessage());
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        e.getCommandLine().getErr().println(command + " --help lists the options");
        return CommandLine.ExitCode.USAGE;
    }

    /**
     * Prints in one line what could not be read, written or started.
     *
     * @param failure what a command has thrown
     * @param command the command
     * @param parsed  its options
     * @return the exit status
     * @throws Exception the failure itself, if it is a fault of the program
     */
    public static int explain(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        if (!(failure instanceof IOException)) {
            throw failure;
        }
        String words = failure.getMessage();
        command.getErr().println(failure instanceof FileSystemException
                ? failure.getClass().getSimpleName().replaceAll("([a-z])([A-Z])", "$1 $2") + ": " + words : words);
        return CommandLine.ExitCode.SOFTWARE;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
