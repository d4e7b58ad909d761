package io.github.epoll4j.examples.reverse;

/**
 * The bytes of one read, on their way from a client to the worker and back. The array belongs to the thread that took
 * the chunk out of a ring.
 */
record Chunk(Client client, byte[] bytes) {
}
