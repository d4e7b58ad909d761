package io.github.epoll4j.examples.echo;

import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run raw-echo}. */
@Command(name = "raw-echo", sortOptions = false, usageHelpAutoWidth = true,
        description = "Echoes what TCP clients send, with one readable loop for each way to wait.")
public final class RawEcho implements Callable<Integer> {
    private static final int MAX_BUFFER_SIZE = 64 << 20;

    @Option(names = "--mechanism", defaultValue = "epoll", paramLabel = "NAME",
            description = "select, poll or epoll (default: ${DEFAULT-VALUE}).")
    private Mechanism mechanism;

    @Option(names = "--trigger", defaultValue = "level", paramLabel = "NAME",
            description = "level, edge, oneshot or edge-oneshot; all but level need epoll (default: ${DEFAULT-VALUE}).")
    private String triggerName;

    @Mixin
    private ListenAddress address;

    @Option(names = "--buffer", paramLabel = "BYTES",
            description = "How much is read at once (default: ${DEFAULT-VALUE}).")
    private int bufferSize = EchoServer.BUFFER_SIZE;

    @Option(names = "--verbose", description = "Print a line when a client connects, and when it is gone.")
    private boolean verbose;

    @Option(names = "--no-drain",
            description = "With --trigger edge: read once for each event, to see why that hangs.")
    private boolean noDrain;

    @Spec
    private CommandSpec spec;

    /** What to wait with. */
    enum Mechanism { SELECT, POLL, EPOLL }

    /** How epoll reports. */
    enum Trigger { LEVEL, EDGE, ONESHOT, EDGE_ONESHOT }

    @Override
    public Integer call() throws IOException {
        Trigger trigger = trigger();
        new OptionValues(spec).requireRange("--buffer", bufferSize, 1, MAX_BUFFER_SIZE);
        PrintStream log = verbose ? System.out : null;
        try (EchoServer server = open(mechanism, trigger, address.listen(RawEcho::bind), log, !noDrain)) {
            server.readAtOnce(bufferSize);
            String how = mechanism == Mechanism.EPOLL ? ", " + triggerName.toLowerCase(Locale.ROOT) : "";
            String ready = "raw-echo listening on " + address.withPort(server.address().getPort())
                    + " (" + mechanism.name().toLowerCase(Locale.ROOT) + how + ")";
            Serving.untilSignal(ready, server::run, server::stop);
        }
        return 0;
    }

    private Trigger trigger() {
        Trigger trigger;
        try {
            trigger = Trigger.valueOf(triggerName.toUpperCase(Locale.ROOT).replace('-', '_'));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "Unknown trigger: " + triggerName);
        }
        if (trigger != Trigger.LEVEL && mechanism != Mechanism.EPOLL) {
            throw new ParameterException(spec.commandLine(), "--trigger " + triggerName + " needs --mechanism epoll");
        }
        if (noDrain && trigger != Trigger.EDGE) {
            throw new ParameterException(spec.commandLine(), "--no-drain goes with --trigger edge");
        }
        return trigger;
    }

    /** Listens; accepted sockets have TCP_NODELAY from the listener. */
    static TcpListener bind(InetSocketAddress address) throws ErrnoException {
        return TcpListener.bind(address, TCP_NODELAY.with(true));
    }

    /** Opens a server; it closes the listener, also if it cannot be opened. */
    static EchoServer open(Mechanism mechanism, Trigger trigger, TcpListener listener, PrintStream log,
            boolean draining) throws IOException {
        try {
            return switch (mechanism) {
                case SELECT -> new SelectEcho(listener, log);
                case POLL -> new PollEcho(listener, log);
                case EPOLL -> switch (trigger) {
                    case LEVEL -> new EpollLevelEcho(listener, log);
                    case EDGE -> new EpollEdgeEcho(listener, log, draining);
                    case ONESHOT -> new EpollOneShotEcho(listener, log, false);
                    case EDGE_ONESHOT -> new EpollOneShotEcho(listener, log, true);
                };
            };
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }
}
