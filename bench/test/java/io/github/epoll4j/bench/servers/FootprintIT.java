package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The memory of idle connections, in real servers. */
@Timeout(240)
class FootprintIT {
    private static final int CONNECTIONS = 2000;
    private static final long HEAP_BYTES = 256L << 20;

    private Launcher launcher;

    @BeforeEach
    void build() throws IOException {
        Optional<CProgram> load = CProgram.build("load");
        assumeTrue(load.isPresent(), "there is no C compiler here");
        launcher = new Launcher(load.get(), List.of());
    }

    @Test
    @DisplayName("an idle connection of the reactor holds as much heap as its allocation test allows: 100 to 256 bytes")
    void shouldAgreeWithTheAllocationTestWhenConnectionsAreIdle() throws IOException {
        Footprint footprint = new Footprint(Contestant.REACTOR_LEVEL);

        footprint.measureIdle(launcher, CONNECTIONS);
        footprint.measureIdle(launcher, CONNECTIONS);

        assertThat(cell(footprint, "heap_bytes_min")).isGreaterThanOrEqualTo(100);
        assertThat(cell(footprint, "heap_bytes_max")).isLessThanOrEqualTo(256);
        assertThat(cell(footprint, "idle_runs")).isEqualTo(2);
        assertThat(cell(footprint, "starts")).isZero();
    }

    @Test
    @DisplayName("the heap is in memory before the first connection, so that its first use is no growth")
    void shouldHaveTheHeapInMemoryWhenMeasuringConnections() throws IOException {
        try (ServerProcess server = launcher.startTouched(Contestant.NIO)) {
            assertThat(server.residentBytes()).isGreaterThan(HEAP_BYTES);
        }
    }

    @Test
    @DisplayName("the compilers of a JVM are found, and have computed by the time that it listens; C has none")
    void shouldFindTheCompilersWhenTheServerIsInJava() throws IOException {
        try (ServerProcess server = launcher.start(Contestant.NIO)) {
            assertThat(server.compilers()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(ServerProcess.computed(server.compilers())).isPositive();
        }
        try (ServerProcess other = new ServerProcess(CProgram.build("echo").orElseThrow().command())) {
            assertThat(other.compilers()).isEmpty();
            assertThat(ServerProcess.computed(other.compilers())).isZero();
        }
    }

    private static double cell(Footprint footprint, String column) {
        List<String> cells = Arrays.asList(footprint.csvLine().split(",", -1));
        List<String> columns = Arrays.asList(Footprint.csvHeader().split(","));
        assertThat(cells).hasSameSizeAs(columns);
        return Double.parseDouble(cells.get(columns.indexOf(column)));
    }
}
