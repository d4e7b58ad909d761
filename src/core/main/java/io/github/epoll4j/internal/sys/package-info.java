/**
 * The raw tier: the only place that knows a method handle.
 *
 * <p>A raw call answers {@code >= 0} or {@code -errno}. It never throws for an errno, and never allocates. It checks
 * nothing: what calls it has validated its arguments and holds its descriptors. The functions are looked up by name and
 * called in one way, with {@code errno} captured, which jextract cannot ask for; constants and layouts are those that
 * jextract generated, and tests hold whatever is written down here besides against its prototypes and layouts. Memory
 * that a call takes is native, and its caller's to keep until the call is over: the scratch memory of a
 * {@link io.github.epoll4j.internal.sys.CallState}, as a rule.
 */
package io.github.epoll4j.internal.sys;
