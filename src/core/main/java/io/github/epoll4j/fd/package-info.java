/**
 * Things one can wait for besides sockets: counters, timers, pipes, signals, processes and file changes, each as a
 * descriptor that select, poll and epoll report readable when there is something to fetch.
 *
 * <p>All are opened close-on-exec and non-blocking. Fetching what is not there yet is an expected outcome and answered
 * by a value, not an exception; each method says which.
 *
 * <table class="striped">
 * <caption>What is waited for, and what a read answers</caption>
 * <tr><th scope="col">class</th><th scope="col">readable</th><th scope="col">read</th>
 *     <th scope="col">nothing there</th></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.EventFd}</th><td>while the counter is above zero</td>
 *     <td>the counter</td><td>0</td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.TimerFd}</th><td>after an expiration</td>
 *     <td>the number of expirations</td><td>0</td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.Pipe}</th><td>while there are bytes, and when the writer is gone</td>
 *     <td>the bytes, -1 at the end</td><td>0</td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.Inotify}</th><td>while there are events</td>
 *     <td>the oldest events</td><td>an empty list</td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.SignalFd}</th><td>while a signal is pending</td>
 *     <td>one signal</td><td>null</td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.PidFd}</th><td>once the process has ended, for good</td>
 *     <td>nothing to read</td><td></td></tr>
 * </table>
 *
 * <p><b>Signals in a JVM.</b> {@link io.github.epoll4j.fd.SignalFd} works for signals to a thread that blocks them, and
 * for signals to the process only if the JVM's parent has blocked them. For the wish to end (SIGTERM, SIGINT) a
 * shutdown hook is what a JVM is made for, and for most others a handler of {@code sun.misc.Signal}. Either runs on a
 * thread of its own and ends the wait of an event loop by a write to an {@link io.github.epoll4j.fd.EventFd} that the
 * loop watches, or with {@link io.github.epoll4j.epoll.EpollInstance#wakeup()}:
 *
 * {@snippet lang=java :
 * Runtime.getRuntime().addShutdownHook(new Thread(() -> {
 *     running = false;      // volatile
 *     epoll.wakeup();       // the loop looks at it, and ends
 *     ended.join();         // a CompletableFuture; the JVM ends when the hook does
 * }));
 * }
 */
package io.github.epoll4j.fd;
