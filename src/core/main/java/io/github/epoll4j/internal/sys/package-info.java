/**
 * The raw tier: the only place that knows a method handle.
 *
 * <p>A raw call answers {@code >= 0} or {@code -errno}. It never throws for an errno, and never allocates. It checks
 * nothing: what calls it has validated its arguments and holds its descriptors. Handles are linked when they are first
 * used, from the address and the descriptor that jextract generated, with {@code errno} captured, which jextract itself
 * cannot ask for.
 */
package io.github.epoll4j.internal.sys;
