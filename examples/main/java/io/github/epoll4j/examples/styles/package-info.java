/**
 * The four styles of a server, which differ in one thing: how long it waits. For ever, until the world's next tick, not
 * at all, or for ever in a thread of its own. Each file is one style; what they share, who is connected and what line
 * somebody said, is in {@link io.github.epoll4j.examples.styles.Clients}.
 */
package io.github.epoll4j.examples.styles;
