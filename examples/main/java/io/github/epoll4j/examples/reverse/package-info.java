/**
 * A server of two threads that two bounded rings join: one waits by epoll, edge-triggered, reads and writes; the other
 * works. Neither waits for the other while there is something else to do, and both sleep when there is nothing.
 */
package io.github.epoll4j.examples.reverse;
