/** A fake connection, a manual clock, and the contract that every implementation of a connection passes. */
module io.github.epoll4j.reactor.testkit {
    requires transitive io.github.epoll4j.reactor;
    requires transitive org.junit.jupiter.api;
    requires org.assertj.core;

    exports io.github.epoll4j.reactor.testkit;
    /* for the contract's tests, which are not public */
    opens io.github.epoll4j.reactor.testkit to org.junit.platform.commons;
}
