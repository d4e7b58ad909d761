/**
 * Threads for work that takes long, beside the threads of the event loops.
 *
 * <p>A handler that blocks or computes for long delays every connection of its loop. A
 * {@link io.github.epoll4j.reactor.worker.WorkerPool} calls it on another thread instead:
 *
 * {@snippet id=resolve :
 * final class Resolve implements ConnectionHandler {
 *     public void onData(Connection connection, ByteBuffer data) throws IOException {
 *         String name = UTF_8.decode(data).toString().strip();
 *         String address = InetAddress.getByName(name).getHostAddress(); // may block for seconds
 *         connection.write(UTF_8.encode(address + "\n"));
 *     }
 * }
 * }
 *
 * {@snippet id=listen :
 * reactor.listen(address, connection -> pool.handler(new Resolve()));
 * }
 *
 * <p>One worker at a time has a connection, and makes its calls in their order, so that this handler needs no lock
 * either. The connection is not read meanwhile.
 *
 * <p>A handler that stays on the loop submits single pieces of work, and gets the result on the loop's thread:
 *
 * {@snippet id=submit :
 * final class ResolveElsewhere implements ConnectionHandler {
 *     public void onData(Connection connection, ByteBuffer data) {
 *         String name = UTF_8.decode(data).toString().strip();
 *         boolean isAccepted = pool.submit(connection.loop(), () -> InetAddress.getByName(name), (address, failure) ->
 *                 connection.write(UTF_8.encode(failure == null ? address.getHostAddress() + "\n" : "unknown\n")));
 *         if (!isAccepted) {
 *             connection.write(UTF_8.encode("try later\n")); // the queue is full
 *         }
 *     }
 * }
 * }
 *
 * <p>{@link io.github.epoll4j.reactor.worker.WorkerPool#register register} does the same for any descriptor that a loop
 * can watch: a {@link io.github.epoll4j.reactor.worker.WorkHandler} has it until it returns, and the loop does not
 * watch it meanwhile.
 *
 * <table>
 * <caption>Where the threads come from</caption>
 * <tr><td>{@code WorkerPool.open(8, 1024)}</td><td>8 platform threads</td></tr>
 * <tr><td>{@code WorkerPool.open(8, 1024, Thread.ofVirtual().factory())}</td><td>8 virtual threads</td></tr>
 * <tr><td>{@code WorkerPool.on(executor, 8, 1024)}</td><td>an executor of the program, of which at most 8 threads are
 *     used</td></tr>
 * </table>
 */
package io.github.epoll4j.reactor.worker;
