package io.github.epoll4j.bench.programs;

import picocli.CommandLine.Command;

/** The programs that connect. */
@Command(description = "Makes N connections, one after the other, and measures how long the server (%s) takes "
        + "to notice each, while it watches its listener and all those before. A client in a second thread of "
        + "the same process connects and waits for the byte with which the server greets it. The seconds at a "
        + "number of connections are those of the connections since the number before.")
final class ConnectCommand extends ProgramCommand {
    ConnectCommand(Program program) {
        super(program);
    }

    @Override
    ProgramSetting setting() {
        return new ProgramSetting(program, connections, 1, 1, Lookup.NONE, transport, false, 0, steps);
    }

    @Override
    String title(ProgramSetting setting) {
        return String.format("%s %d, %s: seconds for the connections since the line before, median of %d runs",
                program.id(), setting.connections(), setting.transport().id(), runs());
    }
}
