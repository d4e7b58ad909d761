/**
 * Messages out of a stream of bytes: lines of text, and frames with their length in front.
 *
 * <p>TCP keeps the order of the bytes, not the cuts between what was sent: what one read brings may be half a message,
 * or three and a half. A decoder, one for each connection, takes whatever arrives and calls back for each message that
 * is whole. What it throws is the cause to close the connection with:
 *
 * {@snippet :
 * final class Shouter implements ConnectionHandler {
 *     private final LineDecoder lines = LineDecoder.of(1024);
 *
 *     public void onData(Connection connection, ByteBuffer data) throws IOException {
 *         lines.decode(data, line -> connection.write(UTF_8.encode(line.toUpperCase(Locale.ROOT) + "\n")));
 *     }
 * }
 * }
 *
 * <p>Frames are alike, with a {@link io.github.epoll4j.reactor.codec.FrameFormat} that both ends share:
 *
 * {@snippet :
 * var format = new FrameFormat(4, ByteOrder.BIG_ENDIAN, false, 65_536);
 * connection.write(FrameEncoder.of(format).encode(body));          // at one end
 * frames.decode(data, body -> connection.write(body));             // at the other: frames = FrameDecoder.of(format)
 * }
 *
 * <p>A line, whole in what arrived, is not copied before it becomes a string, and a frame is not copied at all. When
 * the stream ends, {@code finish} gives out a last line without an ending, and reports a frame that was cut off.
 */
package io.github.epoll4j.reactor.codec;
