package io.github.epoll4j.bench.report;

import java.util.List;

/** Who is epoll4j and who stands beside it. */
final class Peers {
    /** The servers on epoll4j. */
    static final List<String> OURS = List.of("reactor-level", "reactor-edge", "reactor-oneshot", "reactor-poll",
            "reactor-select", "raw-level", "raw-edge", "raw-oneshot");
    /** Those beside them. */
    static final List<String> SERVERS = List.of("c-level", "c-edge", "nio", "netty-epoll", "netty-nio", "onenio");

    private Peers() {
    }

    /** Tells whether a subject of the single calls is a call of epoll4j. */
    static boolean isOurs(String subject) {
        return !subject.startsWith("selector-") && !subject.startsWith("netty-");
    }

    /** Gives epoll4j's call that does the same as a peer's. */
    static String counterpart(String subject) {
        return switch (subject) {
            case "selector-0", "netty-0" -> "await-0";
            case "netty-1" -> "await-1";
            case "netty-64" -> "await-64";
            case "selector-64", "netty-scan-64" -> "await-scan-64";
            default -> "";
        };
    }
}
