package io.github.epoll4j.bench.programs;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.github.epoll4j.bench.DescriptorLimit;
import io.github.epoll4j.bench.KernelFile;
import io.github.epoll4j.select.FdSet;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How many connections this process can have, and why not more. */
final class Limits {
    /** Descriptors that are opened besides: the listener, two epoll instances, a jar or two of the JVM. */
    private static final int SPARE = 16;
    private static final int SPARE_BELOW = 8;
    /** What a Unix socket holds at most for its peer to read, roughly. */
    private static final long SOCKET_BYTES = 256 << 10;
    /** What the programs need besides: arrays of events, the client's buffer and pattern. */
    private static final long BASE_BYTES = 2 << 20;
    private static final long MEGABYTE = 1_000_000;

    private Limits() {
    }

    /**
     * What fits.
     *
     * @param connections how many, at most as many as are wanted
     * @param reason      why not more, with the way out; null if all fit
     */
    record Fit(int connections, String reason) {
    }

    /** Asks for pairs of sockets, of which the server watches one end each. */
    static Fit fit(Mechanism mechanism, boolean isAccepting, int connections) {
        long limit = DescriptorLimit.now();
        long others = openBelow(Integer.MAX_VALUE) + SPARE;
        int fits = (int) Math.min(connections, Math.max(0, (limit - others) / 2));
        String reason = fits == connections ? null : String.format("ulimit -n allows %d descriptors, and %d "
                + "connections take %d: %d connections instead (ulimit -n %d before the start allows all)",
                limit, connections, 2L * connections, fits, 2L * connections + others);
        if (mechanism == Mechanism.SELECT) {
            int below = FdSet.FD_SETSIZE - openBelow(FdSet.FD_SETSIZE) - SPARE_BELOW;
            int selectable = Math.max(0, isAccepting ? below / 2 : below);
            if (selectable < fits) {
                fits = selectable;
                reason = String.format("select stops at descriptor %d, the last that an fd_set holds: %d connections "
                        + "instead of %d (poll and epoll have no such limit)", FdSet.FD_SETSIZE - 1, fits, connections);
            }
        }
        return new Fit(fits, reason);
    }

    /** Asks for memory: a buffer for each of so many messages, besides what their sockets hold. */
    static Fit fitMemory(int buffers, int bytes) {
        long direct = directLimit();
        long available = availableBytes();
        long free = Math.max(0, Math.min(direct, available) - BASE_BYTES);
        long each = bytes + 2 * Math.min(bytes, SOCKET_BYTES);
        int fits = (int) Math.min(buffers, free / each);
        if (fits == buffers) {
            return new Fit(fits, null);
        }
        long needed = (buffers * each + BASE_BYTES) / MEGABYTE + 1;
        return new Fit(fits, String.format("%d buffers of %d bytes, and their sockets', need %d MB, and %d MB are free "
                + "for them: %d connections instead (fewer connections or bytes%s)", buffers, bytes, needed,
                free / MEGABYTE, fits, direct > available ? ""
                : "; or JAVA_TOOL_OPTIONS=-XX:MaxDirectMemorySize=" + needed + "m"));
    }

    /** Gives how many connections may wait to be accepted. */
    static int queueLength(int most) {
        return (int) Math.min(most, number("/proc/sys/net/core/somaxconn", ""));
    }

    private static int openBelow(int limit) {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.filter(fd -> Integer.parseInt(fd.getFileName().toString()) < limit).count();
        } catch (IOException e) {
            throw new IllegalStateException("no /proc/self/fd", e);
        }
    }

    private static long directLimit() {
        HotSpotDiagnosticMXBean machine = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        long set = machine == null ? 0 : Long.parseLong(machine.getVMOption("MaxDirectMemorySize").getValue());
        return set > 0 ? set : Runtime.getRuntime().maxMemory();
    }

    private static long availableBytes() {
        return number("/proc/meminfo", "MemAvailable") << 10;
    }

    private static long number(String file, String name) {
        return KernelFile.value(file, name).map(value -> Long.valueOf(value.split(" ")[0]))
                .orElseThrow(() -> new IllegalStateException("no " + name + " in " + file));
    }
}
