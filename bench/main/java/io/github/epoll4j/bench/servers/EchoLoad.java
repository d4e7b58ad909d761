package io.github.epoll4j.bench.servers;

import java.util.List;

/** What a server is loaded with. */
enum EchoLoad {
    SMALL("64x64B", 64, 64, 1, 0),
    BULK("64x16K", 64, 16 << 10, 4, 0),
    THOUSAND("1000x1K", 1000, 1 << 10, 1, 0),
    MANY("10000x1K", 10_000, 1 << 10, 1, 0),
    IDLE("10000idle+64", 64, 64, 1, 10_000);

    /** More than a server has open beside its connections. */
    static final int OTHER_DESCRIPTORS = 100;

    private final String id;
    private final int connections;
    private final int size;
    private final int inFlight;
    private final int idle;

    EchoLoad(String id, int connections, int size, int inFlight, int idle) {
        this.id = id;
        this.connections = connections;
        this.size = size;
        this.inFlight = inFlight;
        this.idle = idle;
    }

    /** Gives the name that stands on the command line and in the tables. */
    String id() {
        return id;
    }

    /** Gives how many descriptors a server has under it, and the load as well. */
    int descriptors() {
        return connections + idle + OTHER_DESCRIPTORS;
    }

    /** Gives the heading of its table. */
    String title() {
        return connections + " connections, " + size + " bytes, " + inFlight + " under way"
                + (idle == 0 ? "" : ", " + idle + " idle connections");
    }

    /** Gives the options of the program that loads. */
    List<String> options() {
        return List.of("--connections", "" + connections, "--size", "" + size, "--in-flight", "" + inFlight,
                "--idle", "" + idle);
    }
}
