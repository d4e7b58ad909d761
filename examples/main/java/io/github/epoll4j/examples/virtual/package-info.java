/**
 * Plain blocking-style code in virtual threads, with {@link io.github.epoll4j.wait.Readiness}: an echo server with a
 * thread for each connection, and a program that follows descriptors of several kinds.
 */
package io.github.epoll4j.examples.virtual;
