/**
 * One call at a time: {@code bench/run micro}.
 *
 * <p>To add a subject: a JMH benchmark in a class of this package, its loop in {@code bench/c/micro.c} or
 * {@code bench/c/micro_io.c}, and a constant in {@link io.github.epoll4j.bench.micro.Subject}.
 */
package io.github.epoll4j.bench.micro;
