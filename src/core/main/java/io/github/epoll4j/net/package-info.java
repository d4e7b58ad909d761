/**
 * Non-blocking sockets: TCP, UDP and Unix, for programs that wait with select, poll or epoll.
 *
 * <p>Every socket is opened non-blocking and close-on-exec, and has an {@link io.github.epoll4j.OwnedFd#fd() fd()} to
 * register. The calls never wait: an operation that cannot be done now has a return value of its own.
 *
 * {@snippet :
 * try (var listener = TcpListener.bind(new InetSocketAddress("127.0.0.1", 7000), TCP_NODELAY.with(true))) {
 *     // … when the listener is readable:
 *     for (TcpStream stream; (stream = listener.accept()) != null; ) {
 *         epoll.add(stream.fd(), EPOLLIN | EPOLLRDHUP, …);
 *     }
 *     // … when a stream is readable:
 *     int count = stream.read(buffer);    // > 0 bytes, 0 would block, -1 end of the stream
 * }
 * }
 *
 * <h2>Addresses and options</h2>
 *
 * <p>Internet addresses are the JDK's. A Unix address is a {@link io.github.epoll4j.net.UnixAddress}: a path, an
 * abstract name, or none. Options are {@link io.github.epoll4j.net.LinuxSocketOptions}, the JDK's, or any other that
 * {@link io.github.epoll4j.net.LinuxSocketOption} describes.
 *
 * <h2>Open in steps</h2>
 *
 * <p>{@code bind} and {@code connect} open a socket, apply settings and do all in one call. The same in steps:
 *
 * {@snippet :
 * TcpStream stream = TcpStream.open(StandardProtocolFamily.INET, SO_MARK.with(7));
 * stream.bindTo(new InetSocketAddress("192.0.2.7", 0));
 * stream.connectTo(new InetSocketAddress("192.0.2.80", 443));
 * }
 *
 * <h2>Read and write</h2>
 *
 * <p>A read returns the bytes that have arrived, a write takes the bytes that fit, and either may be fewer than asked.
 * Under level trigger one call per event is enough; under edge trigger go on until 0. Keep the bytes that a write did
 * not take, wait for EPOLLOUT while there are any, and no longer: a socket is nearly always writable.
 *
 * <p>Several parts of memory go by one call with {@link io.github.epoll4j.net.IoVectors}, a file with
 * {@link io.github.epoll4j.net.StreamSocket#sendFile sendFile}, bytes of another socket with
 * {@link io.github.epoll4j.fd.Splice}. A loop that reads many streams owns a {@link io.github.epoll4j.net.ReadBuffer}.
 *
 * <h2>Messages</h2>
 *
 * <p>Sockets that keep messages whole have one rule for all methods that return a number. It differs from the one of
 * streams, because a message may be empty:
 *
 * <table>
 * <caption>The result of a read or receive</caption>
 * <tr><th>Result</th><th>Messages</th><th>Streams</th></tr>
 * <tr><td>n</td><td>a message of n bytes</td><td>n bytes</td></tr>
 * <tr><td>0</td><td>an empty message, or the end of sequenced packets</td><td>no bytes now</td></tr>
 * <tr><td>-1</td><td>no message now</td><td>the end of the stream</td></tr>
 * </table>
 *
 * <p>So a loop that reads all messages goes on while the result is 0 or more, of sequenced packets while it is above 0.
 * A write returns 0 if it would block, as on streams; {@code send} returns false, also for an empty message.
 *
 * <p>{@link io.github.epoll4j.net.AnySocket} is a socket of any other family, such as netlink.
 *
 * <h2>Datagrams</h2>
 *
 * <p>{@link io.github.epoll4j.net.DatagramInfo} has what came with a datagram, and
 * {@link io.github.epoll4j.net.DatagramArray} moves many by one call. A server on a wildcard address replies from the
 * address that was asked:
 *
 * {@snippet :
 * socket.reportLocalAddresses(true);
 * // … when the socket is readable:
 * while (socket.receive(buffer.clear(), info) >= 0) {
 *     socket.reply(answer(buffer.flip()), info);
 * }
 * }
 *
 * <h2>Connect</h2>
 *
 * <p>{@link io.github.epoll4j.net.TcpStream#connect} starts an attempt. When it is over, the stream becomes writable,
 * and {@link io.github.epoll4j.net.TcpStream#finishConnect()} returns true or throws the error. A Unix socket connects
 * or fails at once.
 *
 * <h2>The end</h2>
 *
 * <p>Each direction ends on its own. {@link io.github.epoll4j.net.StreamSocket#shutdownOutput()} ends the output; the
 * peer reads the rest and then -1, and may go on sending. So read to the end before acting on a hang-up: EPOLLRDHUP
 * comes while bytes are still unread. {@code close} ends both directions. With bytes unread, or with SO_LINGER zero, it
 * resets the connection: the peer's next read throws ECONNRESET, and bytes that were on their way to it may be lost.
 * Writing to a peer that is closed throws EPIPE; no SIGPIPE is raised.
 *
 * <h2>Out of descriptors</h2>
 *
 * <p>accept takes a descriptor before it looks for a connection. With the table full it therefore throws EMFILE even
 * when no connection waits, so that a loop that accepts until null can end in EMFILE; and a connection that waits stays
 * in the queue. Under level trigger the listener is then reported by every wait: remove its interest for a while. Under
 * edge trigger it is not reported again until another connection comes: try again by a timer.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>
 */
package io.github.epoll4j.net;
