/**
 * The programs that compare poll and epoll in the source documents, under their names, and sweeps over what they leave
 * out: the number of connections, the part of them that is active, and the trigger.
 *
 * <p>One engine serves all programs: a server that waits with select, poll or epoll ({@code Watcher}), and a client in
 * a second thread of the same process that checks each byte. Sockets are connected pairs of Unix streams, or TCP on the
 * loopback; both ends are non-blocking. {@code bench/programs/c/programs.c} does the same work in C, in a process of
 * its own.
 *
 * <p>{@link io.github.epoll4j.bench.programs.ProgramMeasurement} and
 * {@link io.github.epoll4j.bench.programs.SweepMeasurement} measure and print nothing; the commands print.
 */
package io.github.epoll4j.bench.programs;
