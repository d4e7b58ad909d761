/**
 * What epoll4j costs: the launcher {@code bench/run}, the C programs that stand beside each measurement, and tables.
 *
 * <p>No number here means anything alone. C and Java are measured in turn, in the same minutes on the same machine, and
 * the ratio of the two is what to read.
 */
package io.github.epoll4j.bench;
