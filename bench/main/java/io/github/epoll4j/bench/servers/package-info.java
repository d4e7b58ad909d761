/**
 * Echo servers side by side: each a process alone on one processor, loaded from another one by a program of our own
 * that checks each byte.
 */
package io.github.epoll4j.bench.servers;
