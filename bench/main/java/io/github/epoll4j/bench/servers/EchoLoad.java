package io.github.epoll4j.bench.servers;

import java.util.ArrayList;
import java.util.List;

/** The load of a server. */
enum EchoLoad {
    SMALL("64x64B", 64, 64, 1, 0),
    BULK("64x16K", 64, 16 << 10, 4, 0),
    THOUSAND("1000x1K", 1000, 1 << 10, 1, 0),
    MANY("10000x1K", 10_000, 1 << 10, 1, 0),
    IDLE("10000idle+64", 64, 64, 1, 10_000),
    /** Each connection sends 16 requests in one write, and the next 16 once all answers are back. */
    PIPELINED("pipelined", 64, 64, 16, 0);

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

    /** Returns the name on the command line and in the tables. */
    String id() {
        return id;
    }

    /** Returns the number of messages that a connection has in flight. */
    int inFlight() {
        return inFlight;
    }

    /** Returns the number of descriptors that a server has open under it, and the load as well. */
    int descriptors() {
        return connections + idle + OTHER_DESCRIPTORS;
    }

    /** Returns whether a server is measured under it: one that answers every 64 bytes only with pipelined requests. */
    boolean includes(Contestant contestant) {
        return this == PIPELINED || contestant != Contestant.REACTOR_ANSWERS;
    }

    /** Returns whether single messages can be sent by a timetable, for their latencies. */
    boolean hasTimetable() {
        return this != PIPELINED;
    }

    /** Returns the heading of its table. */
    String title() {
        return connections + " connections, " + size + " bytes, " + inFlight
                + (this == PIPELINED ? " in a batch" : " under way")
                + (idle == 0 ? "" : ", " + idle + " idle connections");
    }

    /** Returns the options of the program that loads. */
    List<String> options() {
        List<String> options = new ArrayList<>(List.of("--connections", "" + connections, "--size", "" + size,
                "--in-flight", "" + inFlight, "--idle", "" + idle));
        if (this == PIPELINED) {
            options.add("--batches");
        }
        return options;
    }
}
