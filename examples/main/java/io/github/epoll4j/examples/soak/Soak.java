package io.github.epoll4j.examples.soak;

import io.github.epoll4j.examples.OptionValues;
import io.github.epoll4j.examples.echo.EchoHandler;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.Listener;
import io.github.epoll4j.reactor.Reactor;
import io.github.epoll4j.reactor.ReactorConfig;
import io.github.epoll4j.reactor.Trigger;
import io.github.epoll4j.reactor.loop.Mechanism;
import io.github.epoll4j.reactor.worker.WorkerPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command: {@code examples/run soak}. */
@Command(name = "soak", sortOptions = false, usageHelpAutoWidth = true,
        description = "Soaks the reactor's echo server with clients of all kinds, on each mechanism and trigger. "
                + "Every byte is checked, and descriptors and memory must end where they began. The status is 1 if "
                + "anything was not as it should be.")
public final class Soak implements Callable<Integer> {
    private static final int CLIENTS_OF_A_KIND = 3;
    private static final long LONGEST_PHASE = Duration.ofSeconds(5).toNanos();
    private static final Duration QUIET_TIMEOUT = Duration.ofSeconds(20);

    @Option(names = "--minutes", defaultValue = "10", paramLabel = "M",
            description = "How long, after a round to warm up (default: ${DEFAULT-VALUE}).")
    private double minutes;

    @Spec
    private CommandSpec spec;

    private final Map<SoakClient, LongAdder> visits = new EnumMap<>(SoakClient.class);
    private final AtomicInteger failures = new AtomicInteger();
    private volatile boolean phaseIsOver;
    private int phases;

    /** What a server uses. */
    private record Variant(Mechanism mechanism, Trigger trigger, int loops, int workers) {
        static List<Variant> all() {
            List<Variant> all = new ArrayList<>();
            for (Mechanism mechanism : Mechanism.values()) {
                for (Trigger trigger : Trigger.values()) {
                    if (trigger != Trigger.EDGE || mechanism == Mechanism.EPOLL) {
                        all.add(new Variant(mechanism, trigger, 1 + all.size() % 2, 0));
                    }
                }
                all.add(new Variant(mechanism, Trigger.LEVEL, 2, 3));
            }
            return all;
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s, %s, %d", mechanism, trigger, loops).toLowerCase(Locale.ROOT)
                    + (loops == 1 ? " loop" : " loops") + (workers == 0 ? "" : ", " + workers + " workers");
        }
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        long durationNanos = new OptionValues(spec).time("--minutes", minutes, ChronoUnit.MINUTES).toNanos();
        for (SoakClient kind : SoakClient.values()) {
            visits.put(kind, new LongAdder());
        }
        List<Variant> variants = Variant.all();
        long phaseNanos = Math.min(LONGEST_PHASE, durationNanos / variants.size());
        for (Variant variant : variants) {
            phase(variant, Math.min(phaseNanos, 500_000_000));
        }
        Usage before = Usage.atRest();
        System.out.println("at the begin: " + before);
        long end = System.nanoTime() + durationNanos;
        for (int i = 0; System.nanoTime() - end < 0 || i < variants.size(); i++) {
            Variant variant = variants.get(i % variants.size());
            phase(variant, Math.clamp(end - System.nanoTime(), phaseNanos / 10, phaseNanos));
            long secondsLeft = Math.max(0, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime()));
            System.out.printf(Locale.ROOT, "%4d s left: %-33s %s, %d failures%n",
                    secondsLeft, variant, visits, failures.get());
        }
        Usage after = Usage.atRest();
        System.out.println("at the end:   " + after);
        List<String> growth = after.growth(before);
        if (failures.get() == 0 && growth.isEmpty()) {
            System.out.println("good: every byte was right, and nothing was left behind");
            return 0;
        }
        System.out.println("NOT good: " + failures + " failures; left behind: " + String.join(", ", growth));
        return 1;
    }

    private void phase(Variant variant, long nanos) throws IOException, InterruptedException {
        ConnectionHandler echo = new EchoHandler();
        ConnectionConfig config = ConnectionConfig.DEFAULT.withTrigger(variant.trigger);
        try (WorkerPool pool = variant.workers == 0 ? null : WorkerPool.open(variant.workers, CLIENTS_OF_A_KIND);
                Reactor reactor = Reactor.open(
                        ReactorConfig.DEFAULT.withLoops(variant.loops).withMechanism(variant.mechanism))) {
            InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            Listener listener = reactor.listen(
                    anyPort, config, connection -> pool == null ? echo : pool.handler(echo));
            InetSocketAddress server = new InetSocketAddress(anyPort.getAddress(), listener.port());
            phaseIsOver = false;
            phases++;
            List<Thread> clients = new ArrayList<>();
            for (SoakClient kind : SoakClient.values()) {
                for (int i = 0; i < CLIENTS_OF_A_KIND; i++) {
                    Random random = new Random(phases * 100L + clients.size());
                    clients.add(Thread.ofPlatform().name(kind.toString()).start(() -> visit(kind, server, random)));
                }
            }
            TimeUnit.NANOSECONDS.sleep(nanos);
            phaseIsOver = true;
            for (Thread client : clients) {
                client.join();
            }
            awaitQuiet(listener, variant);
        }
    }

    private void visit(SoakClient kind, InetSocketAddress server, Random random) {
        try {
            while (!phaseIsOver) {
                kind.visit(server, random);
                visits.get(kind).increment();
                TimeUnit.MILLISECONDS.sleep(random.nextInt(3));
            }
        } catch (IOException e) {
            fail(kind + ": " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** All clients are gone: the server must notice, and have no connection left. */
    private void awaitQuiet(Listener listener, Variant variant) throws InterruptedException {
        long deadline = System.nanoTime() + QUIET_TIMEOUT.toNanos();
        while (listener.connectionCount() > 0 && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        if (listener.connectionCount() > 0) {
            fail(variant + ": " + listener.connectionCount() + " connections are left without a client");
        }
    }

    private void fail(String what) {
        failures.incrementAndGet();
        System.out.println("FAILED: " + what);
    }
}
