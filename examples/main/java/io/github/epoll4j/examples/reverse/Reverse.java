package io.github.epoll4j.examples.reverse;

import static io.github.epoll4j.net.LinuxSocketOptions.TCP_NODELAY;

import io.github.epoll4j.examples.ListenAddress;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.net.TcpListener;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run reverse}. */
@Command(name = "reverse", sortOptions = false, usageHelpAutoWidth = true,
        description = {"Sends back what TCP clients send, each chunk reversed.", "",
            "A thread reads and writes, edge-triggered, and another one reverses; two bounded rings join them. A chunk "
                    + "is what one read returns, at most 4096 bytes. The line \"exit\" of any client stops the server, "
                    + "which prints how many chunks were reversed.%n"})
public final class Reverse implements Callable<Integer> {
    private static final int MAX_CAPACITY = 1 << 20;

    @Mixin
    private ListenAddress address;

    @Option(names = "--ring", defaultValue = "1024", paramLabel = "N",
            description = "Slots of each ring; while all are taken, bytes wait in the kernel (default: "
                    + "${DEFAULT-VALUE}).")
    private int capacity;

    @Option(names = "--verbose", description = "Print a line when a client connects, and when it is gone.")
    private boolean isVerbose;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        new OptionValues(spec).requireRange("--ring", capacity, 1, MAX_CAPACITY);
        TcpListener listener = address.listen(where -> TcpListener.bind(where, TCP_NODELAY.with(true)));
        PrintStream log = isVerbose ? System.out : null;
        try (ReverseServer server = new ReverseServer(listener, capacity, Reverse::reverse, log)) {
            String ready = "reverse listening on " + address.withPort(listener.localAddress().getPort())
                    + " (ring of " + capacity + ")";
            Serving.untilSignal(ready, () -> {
                server.run();
                System.out.println(server.processed() + " chunks reversed");
            }, server::stop);
        }
        return 0;
    }

    /** Reverses bytes in place. */
    static void reverse(byte[] bytes) {
        for (int left = 0, right = bytes.length - 1; left < right; left++, right--) {
            byte last = bytes[right];
            bytes[right] = bytes[left];
            bytes[left] = last;
        }
    }
}
