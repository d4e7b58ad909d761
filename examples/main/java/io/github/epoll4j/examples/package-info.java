/** The examples' common parts: the list of them, and how a server is started and stopped. */
package io.github.epoll4j.examples;
