/**
 * Waits for any descriptor, from any thread: {@link io.github.epoll4j.wait.Readiness}.
 *
 * <p>The waits of {@link io.github.epoll4j.epoll}, {@link io.github.epoll4j.poll} and {@link io.github.epoll4j.select}
 * block in native code, which holds the carrier of a virtual thread. These park.
 */
package io.github.epoll4j.wait;
