package io.github.epoll4j.examples.devices;

import io.github.epoll4j.examples.Failures;
import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.Serving;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.worker.WorkerPool;
import java.io.IOException;
import java.io.Reader;
import java.net.InetSocketAddress;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run devices}. */
@Command(name = "devices", sortOptions = false, usageHelpAutoWidth = true,
        description = "Serves devices: logins and heartbeats over TCP and UDP, handled by workers, with a database.")
public final class Devices implements Callable<Integer> {
    private static final int MAX_WORKERS = 1024;
    private static final int MAX_USERS = 1_000_000;

    @Option(names = "--host", defaultValue = "127.0.0.1", paramLabel = "HOST",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).")
    private String host;

    @Option(names = "--tcp-port", defaultValue = "7010", paramLabel = "N",
            description = "TCP port; 0 takes a free one and prints it (default: ${DEFAULT-VALUE}).")
    private int tcpPort;

    @Option(names = "--udp-port", defaultValue = "7011", paramLabel = "N",
            description = "UDP port, likewise (default: ${DEFAULT-VALUE}).")
    private int udpPort;

    @Option(names = "--workers", defaultValue = "5", paramLabel = "N",
            description = "Threads that handle messages (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--queue", defaultValue = "5", paramLabel = "N",
            description = "Tasks that may wait for a worker before no more datagrams are received (default: "
                    + "${DEFAULT-VALUE}).")
    private int queue;

    @Option(names = "--timeout", defaultValue = "60", paramLabel = "S",
            description = "Evict a device without a heartbeat for so many seconds (default: ${DEFAULT-VALUE}).")
    private double timeoutSeconds;

    @Option(names = "--database", paramLabel = "FILE",
            description = "The users' database, without the suffix .mv.db (default: one in memory).")
    private Path database;

    @Option(names = "--create", description = "Create the database if there is none.")
    private boolean isCreate;

    @Option(names = "--users", defaultValue = "0", paramLabel = "N",
            description = "Add the users device-1 to device-N, with the password \"secret\" (default: 0, or 100 in "
                    + "memory).")
    private int users;

    @Option(names = "--stop", defaultValue = "orderly", paramLabel = "WAY",
            description = "What SIGTERM does with messages that wait for a worker: orderly handles them, now does not "
                    + "(default: ${DEFAULT-VALUE}).")
    private Stop stop;

    @Option(names = "--config", paramLabel = "FILE",
            description = "Properties, named as these options without the dashes, which come before them.")
    private Path config;

    @Spec
    private CommandSpec spec;

    /** How the server stops. */
    enum Stop { ORDERLY, NOW }

    @Override
    public Integer call() throws IOException {
        if (config != null) {
            readConfig();
        }
        OptionValues values = new OptionValues(spec);
        values.requireRange("--workers", workers, 1, MAX_WORKERS);
        values.requireRange("--queue", queue, 1, Integer.MAX_VALUE);
        values.requireRange("--users", users, 0, MAX_USERS);
        values.requireRange("--udp-port", udpPort, 0, OptionValues.MAX_PORT);
        Duration timeout = values.time("--timeout", timeoutSeconds, ChronoUnit.SECONDS);
        values.require(!timeout.isZero(), "--timeout is not above 0: " + timeoutSeconds);
        InetSocketAddress tcp = values.address(host, tcpPort, 0, "cannot listen on ");
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tF %1$tT %4$s %5$s%n");
        try (Users known = openUsers();
                WorkerPool pool = WorkerPool.open(workers, queue);
                Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
            InetSocketAddress udp = new InetSocketAddress(tcp.getAddress(), udpPort);
            DevicesServer server = new DevicesServer(reactor, pool, known, timeout, tcp, udp);
            String ready = "devices listening on " + OptionValues.hostAndPort(host, server.tcpPort()) + " (UDP "
                    + server.udpPort() + ", " + workers + " workers, queue of " + queue + ")";
            Serving.untilSignal(ready, () -> Serving.await(reactor),
                    stop == Stop.ORDERLY ? server::stop : server::stopNow, DevicesServer.GRACE.multipliedBy(2));
        }
        return 0;
    }

    private Users openUsers() throws IOException {
        Users known = new Users(database, isCreate);
        try {
            int count = users == 0 && database == null ? 100 : users;
            for (int i = 1; i <= count; i++) {
                known.add("device-" + i, "secret");
            }
            return known;
        } catch (IOException e) {
            known.close();
            throw e;
        }
    }

    /** Takes the values of the file for the options that the command line does not have. */
    private void readConfig() throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(config)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            String reason = e instanceof FileSystemException ? Failures.reason(e) : e.getMessage();
            throw new IOException("cannot read --config " + config + ": " + reason, e);
        }
        for (String name : properties.stringPropertyNames()) {
            OptionSpec option = spec.findOption("--" + name);
            if (option == null || name.equals("config") || name.equals("help")) {
                throw new IOException(config + ": there is no option " + name);
            }
            if (!spec.commandLine().getParseResult().hasMatchedOption(option)) {
                set(option, name, properties.getProperty(name).strip());
            }
        }
    }

    private void set(OptionSpec option, String name, String value) throws IOException {
        try {
            Devices other = new Devices();
            new CommandLine(other).setCaseInsensitiveEnumValuesAllowed(true).parseArgs("--" + name + "=" + value);
            option.setValue(other.spec.findOption("--" + name).getValue());
        } catch (CommandLine.ParameterException e) {
            throw new IOException(config + ": " + e.getMessage(), e);
        }
    }
}
