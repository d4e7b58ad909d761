/**
 * Descriptors besides sockets: counters, timers, pipes, signals, processes, file events, and files of any kind.
 *
 * <p>All are close-on-exec, and all but {@link io.github.epoll4j.fd.FileFd} non-blocking. A read without data is an
 * expected outcome: it returns a value and throws no exception.
 *
 * <p>A number that other code opened becomes an owner by the {@code adopt} method of its type, which checks the kind.
 *
 * <table class="striped">
 * <caption>Readiness and the result of a read</caption>
 * <tr><th scope="col">class</th><th scope="col">readable</th><th scope="col">read</th>
 *     <th scope="col">without data</th></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.EventFd}</th><td>while the counter is above zero</td>
 *     <td>the counter</td><td>0</td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.TimerFd}</th><td>after an expiration</td>
 *     <td>the number of expirations</td><td>0</td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.Pipe}</th><td>while there are bytes, and after the write end is
 * closed</td>
 *     <td>the bytes, -1 at the end</td><td>0</td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.Inotify}</th><td>while there are events</td>
 *     <td>the oldest events</td><td>an empty list</td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.SignalFd}</th><td>while a signal is pending</td>
 *     <td>one signal</td><td>null</td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.PidFd}</th><td>once the process has ended</td>
 *     <td>none; {@link io.github.epoll4j.fd.PidFd#exitStatus()}</td><td></td></tr>
 * <tr><th scope="row">{@link io.github.epoll4j.fd.FileFd}</th><td>depends on the {@linkplain
 *     io.github.epoll4j.fd.FileFd#kind() kind}</td><td>the bytes, -1 at the end</td><td>0</td></tr>
 * </table>
 *
 * <p><b>Signals in a JVM.</b> {@link io.github.epoll4j.fd.SignalFd} works for signals to a thread that blocks them, and
 * for signals to the process only if the JVM's parent has blocked them. To stop on SIGTERM or SIGINT use a shutdown
 * hook; for most other signals use {@code sun.misc.Signal}. Either runs on a thread of its own. It ends the wait of an
 * event loop by a write to an {@link io.github.epoll4j.fd.EventFd} that the loop watches, or with
 * {@link io.github.epoll4j.epoll.EpollInstance#wakeup()}:
 *
 * {@snippet lang=java :
 * Runtime.getRuntime().addShutdownHook(new Thread(() -> {
 *     running = false;      // volatile
 *     epoll.wakeup();       // the loop reads the flag, and ends
 *     ended.join();         // a CompletableFuture; the JVM ends when the hook does
 * }));
 * }
 */
package io.github.epoll4j.fd;
