/** A soak test: all kinds of clients, on all mechanisms, for as long as one likes. */
package io.github.epoll4j.examples.soak;
