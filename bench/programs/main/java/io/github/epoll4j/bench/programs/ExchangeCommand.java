package io.github.epoll4j.bench.programs;

import io.github.epoll4j.bench.Positive;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The programs that exchange messages. */
@Command(description = "Opens N connections and measures, at several numbers of them, how long ROUNDS messages "
        + "of BYTES take from the client to the server (%s) and back, on connections spread over all. The "
        + "client is a second thread of the same process, waits with edge-triggered epoll, and checks each "
        + "byte. The server has one buffer for all and sends back what comes, at once; one message is under "
        + "way at a time.")
class ExchangeCommand extends ProgramCommand {
    @Parameters(index = "1", paramLabel = "ROUNDS",
            description = "messages, all together, at each number of connections")
    int rounds;

    @Parameters(index = "2", paramLabel = "BYTES", description = "the length of a message")
    int bytes;

    @Option(names = "--per-connection", description = "ROUNDS messages on each connection instead")
    boolean perConnection;

    @Option(names = "--in-flight", paramLabel = "N", description = "so many messages are under way at a time, each on "
            + "a connection of its own; the next begin when these have come back (default: 1; for _2 all)")
    int inFlight;

    ExchangeCommand(Program program) {
        super(program);
    }

    @Override
    ProgramSetting setting() {
        require("ROUNDS", rounds);
        require("BYTES", bytes);
        Positive.requireZeroOrMore(commandLine().getCommandSpec(), "--in-flight", inFlight);
        return new ProgramSetting(
                program, connections, rounds, bytes, lookup(), transport, perConnection, inFlight, steps);
    }

    Lookup lookup() {
        return Lookup.NONE;
    }

    @Override
    String title(ProgramSetting setting) {
        return String.format("%s %d %d %d, %s, lookup %s: seconds for %d messages%s, median of %d runs", program.id(),
                setting.connections(), rounds, bytes, setting.transport().id(), setting.lookup().id(), rounds,
                perConnection ? " on each connection" : "", runs());
    }
}
