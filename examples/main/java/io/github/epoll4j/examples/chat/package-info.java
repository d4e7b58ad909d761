/**
 * A chat with names, rooms, private messages and a history: lines over TCP for {@code nc}, {@code telnet} and the
 * terminal client here, and a page for browsers.
 *
 * <p>The way of a line through the server: {@link io.github.epoll4j.examples.chat.LineInput} cuts it out of the bytes
 * of a {@link io.github.epoll4j.examples.chat.LineSession}, or a {@link
 * io.github.epoll4j.examples.chat.PageSession} gets it as a message of a WebSocket,
 * {@link io.github.epoll4j.examples.chat.Visitor} carries it to the loop that owns the chat as an
 * {@link io.github.epoll4j.examples.chat.Op}, {@link io.github.epoll4j.examples.chat.Log} puts it in order,
 * {@link io.github.epoll4j.examples.chat.Commands} understands it, and {@link io.github.epoll4j.examples.chat.Chat}
 * knows who is where. What it says to them is an {@link io.github.epoll4j.examples.chat.Event}; the {@link
 * io.github.epoll4j.examples.chat.Client} of a member has it encoded in its {@link
 * io.github.epoll4j.examples.chat.Form}, once for all that have the same form.
 *
 * <p>One loop owns the chat: all {@link io.github.epoll4j.examples.chat.Member}s and
 * {@link io.github.epoll4j.examples.chat.Room}s are touched by its thread alone. So there is no lock, and everybody
 * sees the same lines in the same order. Further loops read, cut lines and write for their connections; what they have
 * for the chat they hand over as tasks of its loop.
 *
 * <p>On several machines each node has the whole chat, and applies the same operations in the same order, which a
 * stream in Redis keeps: {@link io.github.epoll4j.examples.chat.RedisLog}, which also says what a partition does.
 */
package io.github.epoll4j.examples.chat;
