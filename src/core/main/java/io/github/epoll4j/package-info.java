/**
 * Types shared by all packages: errors ({@link io.github.epoll4j.ErrnoException}, {@link io.github.epoll4j.Errno}) and
 * the ownership of descriptors ({@link io.github.epoll4j.OwnedFd}).
 *
 * <p>Expected outcomes are return values, by NIO's conventions: 0 if a call would block or a wait timed out, -1 at the
 * end of a stream. Any other errno is thrown as an {@code ErrnoException}. A wrong argument is refused before the call,
 * with an {@link IllegalArgumentException} or an {@link IndexOutOfBoundsException}. Use after close is an
 * {@link IllegalStateException}.
 *
 * <p>A timeout is a {@link java.time.Duration}, or a {@code long} whose unit is in the method's name
 * ({@code awaitMillis}). Zero returns at once, a negative one is refused with an {@link IllegalArgumentException}, and
 * the method without a timeout waits without limit. {@link Thread#interrupt} ends a wait of
 * {@link io.github.epoll4j.wait.Readiness}, and no other; each wait names what does.
 */
package io.github.epoll4j;
