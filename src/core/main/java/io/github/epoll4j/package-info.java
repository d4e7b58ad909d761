/**
 * What all parts of epoll4j share: what went wrong ({@link io.github.epoll4j.ErrnoException},
 * {@link io.github.epoll4j.Errno}), and who owns a descriptor ({@link io.github.epoll4j.OwnedFd}).
 *
 * <p>Expected outcomes are values, by NIO's conventions: 0 when a call would block or a wait times out, -1 at the end
 * of a stream. Everything else that the kernel refuses is an {@code ErrnoException}; a mistake in the program that
 * needs no kernel to see is an {@link IllegalArgumentException}, an {@link IndexOutOfBoundsException} or, on what is
 * closed, an {@link IllegalStateException}.
 */
package io.github.epoll4j;
