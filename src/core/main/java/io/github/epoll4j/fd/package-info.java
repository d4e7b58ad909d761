/**
 * Things one can wait for besides sockets: counters, timers, pipes, signals, processes and file changes, each as a
 * descriptor that select, poll and epoll report readable when there is something to fetch.
 *
 * <p>All are opened close-on-exec and non-blocking. Fetching what is not there yet is an expected outcome and answered
 * by a value, not an exception; each method says which.
 */
package io.github.epoll4j.fd;
