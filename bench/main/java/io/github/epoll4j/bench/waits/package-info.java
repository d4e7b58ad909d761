/** What a wait for a descriptor costs a thread: round trips between two threads, and the memory of one that waits. */
package io.github.epoll4j.bench.waits;
