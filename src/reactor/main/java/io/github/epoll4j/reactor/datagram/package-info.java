/**
 * UDP sockets on an event loop.
 *
 * <p>A {@link io.github.epoll4j.reactor.datagram.DatagramEndpoint} is a socket on one
 * {@link io.github.epoll4j.reactor.loop.EventLoop}, and stays there. Its
 * {@link io.github.epoll4j.reactor.datagram.DatagramHandler} is called on the loop's thread and so needs no lock. This
 * program echoes on every address of the host:
 *
 * {@snippet :
 * try (EventLoop loop = EventLoop.open()) {
 *     var address = new InetSocketAddress("0.0.0.0", 7000);
 *     var endpoint = DatagramEndpoint.open(loop, address, DatagramConfig.DEFAULT,
 *             (echo, data, sender) -> echo.send(data, sender));       // from the address that the sender used
 *     System.out.println(endpoint);                                   // DatagramEndpoint[/0.0.0.0:7000]
 *     loop.run();
 * }
 * }
 *
 * <p>The kernel answers from an address that it chooses if the socket is bound to a wildcard address, and a client
 * that has connected its own socket drops such an answer. The endpoint therefore sends an answer from the address that
 * the datagram was sent to. For an answer after the handler's call, keep that address:
 *
 * {@snippet :
 * public void onDatagram(DatagramEndpoint endpoint, ByteBuffer data, InetSocketAddress sender) {
 *     InetAddress asked = endpoint.currentDatagram().localAddress();
 *     endpoint.loop().schedule(Duration.ofMillis(50), () -> endpoint.send(ByteBuffer.allocate(1), sender, asked));
 * }
 * }
 *
 * <p>A handler that throws ends its endpoint alone. Errors of single datagrams, such as ECONNREFUSED from a connected
 * peer or EMSGSIZE, reach {@code onError}, and the endpoint stays open.
 */
package io.github.epoll4j.reactor.datagram;
