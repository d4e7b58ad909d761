/**
 * A server of devices: messages with JSON bodies over TCP and UDP, on one loop, handled by workers.
 *
 * <p>A message has a head of 12 bytes, in big-endian order, and a body, which is a JSON object or empty:
 *
 * <pre>
 * offset  bytes
 *      0      2  type: 1 login, 2 heartbeat, 3 notice
 *      2      1  version: 1
 *      3      1  status: 0 in requests; 0 ok, 1 denied, 2 not logged in, 3 replaced in answers
 *      4      8  id: an answer has that of its request
 * </pre>
 *
 * <p>Over TCP the length of a message, 4 bytes, is in front of it; a datagram is one message. A device logs in over
 * TCP by {@code {"user": "device-1", "password": "secret"}} and gets {@code {"session": "..."}}. A heartbeat
 * {@code {"key": 41}} is answered by {@code {"key": 42}}. Over UDP it names the session as well.
 *
 * <p>The way of a message: the loop reads bytes and hands them to a worker of
 * {@link io.github.epoll4j.reactor.worker.WorkerPool}, which has the connection for itself until it is done:
 * {@link io.github.epoll4j.examples.devices.DeviceHandler} cuts them into messages and answers;
 * {@link io.github.epoll4j.examples.devices.Users} asks the database;
 * {@link io.github.epoll4j.examples.devices.Sessions} has the devices that are logged in. A datagram takes the same way
 * through {@link io.github.epoll4j.examples.devices.DatagramBeats}.
 */
package io.github.epoll4j.examples.devices;
