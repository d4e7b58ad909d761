/**
 * The ground of generated code: the handles that call C, the slot that {@code errno} is captured into, and the check of
 * the platform.
 *
 * <p>A raw call answers {@code >= 0} or, by {@link io.github.epoll4j.internal.ffi.CallState#result}, {@code -errno}. It
 * never throws for an errno, and never allocates. It checks nothing but the memory that it is passed: its caller has
 * validated the arguments and holds the descriptors.
 */
package io.github.epoll4j.internal.ffi;
