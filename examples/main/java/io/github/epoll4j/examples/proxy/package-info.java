/**
 * A TCP relay. {@link io.github.epoll4j.examples.proxy.Proxy} is the command, {@link
 * io.github.epoll4j.examples.proxy.Connecting} handles a client while its upstream is being connected, and two
 * {@link io.github.epoll4j.examples.proxy.Relay} pass the bytes then, one for each side.
 */
package io.github.epoll4j.examples.proxy;
