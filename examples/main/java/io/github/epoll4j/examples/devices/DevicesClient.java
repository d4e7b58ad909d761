package io.github.epoll4j.examples.devices;

import io.github.epoll4j.examples.Failures;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run devices-client}. */
@Command(name = "devices-client", sortOptions = false, usageHelpAutoWidth = true,
        description = "Plays devices: they log in and send heartbeats. The status is 1 if anything failed.")
public final class DevicesClient implements Callable<Integer> {
    private static final int MAX_DEVICES = 1_000_000;
    private static final int MAX_BEAT_MILLIS = 1_000_000_000;
    private static final int FAILURES_SHOWN = 5;
    private static final int LOGIN_SECONDS = 30;

    @Option(names = "--host", defaultValue = "127.0.0.1", paramLabel = "HOST",
            description = "The server's address (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(names = "--port", defaultValue = "7010", paramLabel = "N",
            description = "The server's TCP port (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--devices", defaultValue = "10", paramLabel = "N",
            description = "Devices: users device-1 to device-N (default: ${DEFAULT-VALUE}).")
    private int devices;

    @Option(names = "--password", defaultValue = "secret", paramLabel = "TEXT",
            description = "Their password (default: ${DEFAULT-VALUE}).")
    private String password;

    @Option(names = "--beat", defaultValue = "1000", paramLabel = "MS",
            description = "Milliseconds between two heartbeats of a device (default: ${DEFAULT-VALUE}).")
    private long beatMillis;

    @Option(names = "--seconds", defaultValue = "10", paramLabel = "S",
            description = "Play for so long, once all are logged in (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        OptionValues values = new OptionValues(spec);
        values.requireRange("--devices", devices, 1, MAX_DEVICES);
        values.requireRange("--beat", beatMillis, 1, MAX_BEAT_MILLIS);
        Duration time = values.time("--seconds", seconds, ChronoUnit.SECONDS);
        InetSocketAddress address = values.address(host, port, 1, "cannot connect to ");
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
            DeviceStatistics statistics = play(reactor, address, time);
            System.out.println(devices + " devices: " + statistics);
            List<String> failures = statistics.failures();
            failures.stream().limit(FAILURES_SHOWN).forEach(System.err::println);
            if (failures.size() > FAILURES_SHOWN) {
                System.err.println("and " + (failures.size() - FAILURES_SHOWN) + " more");
            }
            if (failures.isEmpty() && statistics.logins() < devices) {
                System.err.println(devices - statistics.logins() + " logins have no answer");
            }
            return statistics.failures().isEmpty() && statistics.logins() == devices ? 0 : 1;
        }
    }

    private DeviceStatistics play(Reactor reactor, InetSocketAddress address, Duration time) throws IOException {
        CompletableFuture<Void> settled = new CompletableFuture<>();
        DeviceStatistics statistics = new DeviceStatistics(devices, () -> settled.complete(null));
        List<Device> played = new ArrayList<>();
        List<CompletableFuture<Connection>> connections = new ArrayList<>();
        for (int i = 1; i <= devices; i++) {
            Device device = new Device("device-" + i, password, Duration.ofMillis(beatMillis), statistics);
            played.add(device);
            connections.add(reactor.connect(address, any -> device));
        }
        try {
            CompletableFuture.allOf(connections.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw new IOException("cannot connect to " + OptionValues.hostAndPort(host, port) + ": "
                    + Failures.reason(e), e);
        }
        CompletableFuture<Void> end = new CompletableFuture<>();
        EventLoop loop = reactor.loops().getFirst();
        settled.completeOnTimeout(null, LOGIN_SECONDS, TimeUnit.SECONDS).thenRunAsync(() -> loop.schedule(time, () -> {
            for (int i = 0; i < devices; i++) {
                played.get(i).end(connections.get(i).join());
            }
            end.complete(null);
        }), loop);
        end.join();
        return statistics;
    }
}
