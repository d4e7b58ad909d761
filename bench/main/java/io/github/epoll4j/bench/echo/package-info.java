/** Echo servers in Java that {@code bench/run servers} compares, all started by one main class. */
package io.github.epoll4j.bench.echo;
