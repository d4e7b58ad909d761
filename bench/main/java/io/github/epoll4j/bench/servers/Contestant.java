package io.github.epoll4j.bench.servers;

/** A server that is measured. */
enum Contestant {
    C_LEVEL("c-level", "C, epoll level"),
    C_EDGE("c-edge", "C, epoll edge", "--edge"),
    REACTOR_LEVEL("reactor-level", "epoll4j reactor, level"),
    REACTOR_EDGE("reactor-edge", "epoll4j reactor, edge"),
    REACTOR_ANSWERS("reactor-answers", "epoll4j reactor, 64 B a write"),
    REACTOR_ONESHOT("reactor-oneshot", "epoll4j reactor, one-shot"),
    REACTOR_POLL("reactor-poll", "epoll4j reactor, poll"),
    REACTOR_SELECT("reactor-select", "epoll4j reactor, select"),
    RAW_LEVEL("raw-level", "epoll4j raw-echo, level"),
    RAW_EDGE("raw-edge", "epoll4j raw-echo, edge"),
    RAW_ONESHOT("raw-oneshot", "epoll4j raw-echo, one-shot"),
    NIO("nio", "JDK NIO Selector"),
    NETTY_EPOLL("netty-epoll", "Netty epoll"),
    NETTY_NIO("netty-nio", "Netty NIO"),
    ONE_NIO("onenio", "one-nio"),
    VTHREAD_READINESS("vthread-epoll4j", "virtual threads, Readiness"),
    VTHREAD_NIO("vthread-nio", "virtual threads, NIO"),
    VTHREAD_SOCKET("vthread-socket", "virtual threads, Socket");

    private final String id;
    private final String title;
    private final String[] options;

    Contestant(String id, String title, String... options) {
        this.id = id;
        this.title = title;
        this.options = options;
    }

    /** Returns the name on the command line and in the files. */
    String id() {
        return id;
    }

    /** Returns the name in the tables. */
    String title() {
        return title;
    }

    /** Returns whether it is a program of bench/c. */
    boolean isInC() {
        return id.startsWith("c-");
    }

    /** Returns the options of the C program. */
    String[] options() {
        return options.clone();
    }
}
