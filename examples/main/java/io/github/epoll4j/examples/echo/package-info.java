/**
 * The smallest honest echo servers, straight on the wrappers: one file for each way to wait.
 *
 * <p>Honest means: bytes that a client does not take yet are kept and no more are read from it, a half-closed client
 * gets its last bytes, an interrupted or refused call is not the end, and running out of descriptors does not spin.
 * What they have in common is in {@link io.github.epoll4j.examples.echo.EchoConnection} and
 * {@link io.github.epoll4j.examples.echo.EchoServer}; the rest is the mechanism, and repeated on purpose, so that each
 * file can be read alone.
 */
package io.github.epoll4j.examples.echo;
