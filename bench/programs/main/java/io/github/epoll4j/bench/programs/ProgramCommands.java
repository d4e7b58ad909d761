package io.github.epoll4j.bench.programs;

import picocli.CommandLine;

/** The programs as sub-commands. */
public final class ProgramCommands {
    private ProgramCommands() {
    }

    /**
     * Adds a sub-command for each program.
     *
     * @param parent the command that gets them
     */
    public static void addTo(CommandLine parent) {
        for (Program program : Program.values()) {
            CommandLine command = new CommandLine(command(program));
            command.setCaseInsensitiveEnumValuesAllowed(true);
            CommandLine.Model.UsageMessageSpec usage = command.getCommandSpec().usageMessage();
            usage.header(header(program));
            usage.description(String.format(usage.description()[0], program.mechanism().title()));
            parent.addSubcommand(program.id(), command);
        }
    }

    private static ProgramCommand command(Program program) {
        return switch (program.kind()) {
            case CONNECT -> new ConnectCommand(program);
            case SHARED_BUFFER -> new ExchangeCommand(program);
            case OWN_BUFFERS -> new OwnBuffersCommand(program);
        };
    }

    private static String header(Program program) {
        String how = program.mechanism().title();
        return switch (program.kind()) {
            case CONNECT -> "Connects; waits with " + how + ".";
            case SHARED_BUFFER -> "Exchanges messages; waits with " + how + ".";
            case OWN_BUFFERS -> "The same with a buffer of each connection; " + how + ".";
        };
    }
}
