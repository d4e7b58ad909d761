/**
 * Event loops and connections on select, poll and epoll.
 *
 * <p>Pure Java on what the core exports: {@code --enable-native-access=io.github.epoll4j} is for the core alone.
 */
module io.github.epoll4j.reactor {
    requires transitive io.github.epoll4j;
    /* for its events, where a runtime has it */
    requires static jdk.jfr;

    exports io.github.epoll4j.reactor;
    exports io.github.epoll4j.reactor.codec;
    exports io.github.epoll4j.reactor.datagram;
    exports io.github.epoll4j.reactor.loop;
    exports io.github.epoll4j.reactor.tls;
    exports io.github.epoll4j.reactor.worker;
}
