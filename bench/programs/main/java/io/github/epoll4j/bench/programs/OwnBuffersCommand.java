package io.github.epoll4j.bench.programs;

import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The programs that exchange messages through a buffer of each connection. */
@Command(description = "Opens N connections and measures, at several numbers of them, how long ROUNDS messages "
        + "of BYTES take from the client to the server (%s) and back, on connections spread over all, and all "
        + "at a time. The client is a second thread of the same process, waits with edge-triggered epoll, and "
        + "checks each byte. The server has a buffer for each connection, sends a message back when it is "
        + "whole, and must find the connection's state from what a wait reports.")
final class OwnBuffersCommand extends ExchangeCommand {
    @Option(names = "--lookup", paramLabel = "linear|index|pointer", description = "how: by a search from the front, "
            + "by the descriptor's number (poll: the index of its array), or by what epoll gives back with the event "
            + "(default, as in the sources: linear for epoll, index for poll and select)")
    private String lookupId;

    OwnBuffersCommand(Program program) {
        super(program);
    }

    @Override
    Lookup lookup() {
        if (lookupId == null) {
            return program.lookup();
        }
        boolean isEpoll = program.mechanism().call().equals("epoll");
        return Stream.of(Lookup.LINEAR, Lookup.INDEX, Lookup.POINTER)
                .filter(each -> each.id().equals(lookupId) && (isEpoll || each != Lookup.POINTER))
                .findFirst()
                .orElseThrow(() -> new CommandLine.ParameterException(commandLine(), "there is no --lookup " + lookupId
                        + " for " + program.mechanism().call() + ": linear" + (isEpoll ? ", index or pointer"
                        : " or index (only epoll gives a pointer back)")));
    }
}
