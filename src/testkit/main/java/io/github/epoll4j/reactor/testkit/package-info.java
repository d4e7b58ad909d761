/**
 * Tests of handlers and layers: a fake connection, a manual clock, and the contract of a connection.
 *
 * <h2>A handler, without a socket</h2>
 *
 * <p>A {@link io.github.epoll4j.reactor.testkit.FakeConnection} calls its handler as a connection of a reactor does, on
 * a real event loop that iterates in the test's thread. The test is the peer: it sends bytes, takes those that
 * were written, and may refuse to take them, end, or fail.
 *
 * {@snippet class = io.github.epoll4j.reactor.testkit.LineEchoTest region = test}
 *
 * <p>Time passes when the test says so: timeouts and the loop's timers follow a
 * {@link io.github.epoll4j.reactor.testkit.ManualClock}.
 *
 * {@snippet class = io.github.epoll4j.reactor.testkit.LineEchoTest region = timeout}
 *
 * <h2>A layer, and its contract</h2>
 *
 * <p>A layer is a connection to the application and a handler of another connection. This one inverts every byte. It
 * overrides the one primitive that writes bytes, so that all methods that move bytes are transformed. The other
 * connection keeps the bytes that a handler leaves, and replaces handlers.
 *
 * {@snippet class = io.github.epoll4j.reactor.testkit.XorLayer region = layer}
 *
 * <p>{@link io.github.epoll4j.reactor.testkit.ConnectionContract} has the tests that every connection passes:
 *
 * {@snippet class = io.github.epoll4j.reactor.testkit.XorLayerContractTest region = contract}
 */
package io.github.epoll4j.reactor.testkit;
