/** The calls that a loop waits with: each poller knows descriptors, event masks and cookies, and nothing else. */
package io.github.epoll4j.reactor.loop.poller;
