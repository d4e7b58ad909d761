/** What the first event of a process costs: {@code bench/run startup}. */
package io.github.epoll4j.bench.startup;
