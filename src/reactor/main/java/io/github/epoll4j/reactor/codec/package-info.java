/**
 * Decoders that split a stream of bytes into messages.
 *
 * <p>TCP keeps the order of the bytes, not the cuts between them. One read may return half a message, or three and a
 * half. A decoder, one for each connection, reads the bytes that arrived and returns the messages that are whole:
 *
 * <table>
 * <caption>Decoders</caption>
 * <tr><th>class</th><th>shape in the stream</th><th>message</th></tr>
 * <tr><td>{@link io.github.epoll4j.reactor.codec.LineDecoder}</td>
 *     <td>text, LF or CR LF</td><td>a String</td></tr>
 * <tr><td>{@link io.github.epoll4j.reactor.codec.FrameDecoder}</td>
 *     <td>length, body</td><td>the body</td></tr>
 * <tr><td>{@link io.github.epoll4j.reactor.codec.DelimiterDecoder}</td>
 *     <td>bytes, delimiter</td><td>the bytes</td></tr>
 * <tr><td>{@link io.github.epoll4j.reactor.codec.BytesDecoder}</td>
 *     <td>as many bytes as another message announced</td><td>the bytes, whole or in parts</td></tr>
 * </table>
 *
 * <p>{@link io.github.epoll4j.reactor.codec.Decoder#decode decode} calls a function for each message:
 *
 * {@snippet id=shout :
 * final class Shout implements ConnectionHandler {
 *     private final LineDecoder lines = LineDecoder.of(1024);
 *
 *     public void onData(Connection connection, ByteBuffer data) throws IOException {
 *         lines.decode(data, line -> {
 *             connection.inMessage(false); // each message has the time of ConnectionConfig.messageTimeout
 *             connection.write(UTF_8.encode(line.toUpperCase(Locale.ROOT) + "\n"));
 *         });
 *         connection.inMessage(lines.isInside());
 *     }
 * }
 * }
 *
 * <p>A line of more than 1024 bytes throws a {@link io.github.epoll4j.reactor.codec.CodecException}, which ends the
 * connection and is logged as an error; the last paragraph says how a server that any peer can reach answers it.
 *
 * <p>{@link io.github.epoll4j.reactor.codec.Decoder#next next} returns one message, and reads no byte behind it. Call
 * it in a loop when the messages decide how to go on, since a loop can end anywhere. The connection keeps the bytes
 * that stay in the buffer, up to 64 KB. They come again in front of new bytes, when reading is resumed, and to a new
 * handler:
 *
 * {@snippet id=starttls :
 * final class Mail implements ConnectionHandler {
 *     private final LineDecoder lines = LineDecoder.of(1024);
 *     private final ConnectionHandler encrypted;
 *
 *     Mail(ConnectionHandler encrypted) {
 *         this.encrypted = encrypted;
 *     }
 *
 *     public void onData(Connection connection, ByteBuffer data) throws IOException {
 *         for (String line = lines.next(data); line != null; line = lines.next(data)) {
 *             if (line.equals("STARTTLS")) {
 *                 connection.write(UTF_8.encode("220 ready\r\n"));
 *                 connection.handler(encrypted); // gets the bytes behind this line
 *                 return;
 *             }
 *             connection.write(UTF_8.encode("250 " + line + "\r\n"));
 *         }
 *     }
 * }
 * }
 *
 * <p>Several decoders share a stream in this way. Redis sends a value as a line with its length, the bytes, and CR LF:
 *
 * {@snippet id=values :
 * final class Values implements ConnectionHandler {
 *     private final LineDecoder lines = LineDecoder.of(32);
 *     private final BytesDecoder values = BytesDecoder.whole(1 << 20);
 *
 *     public void onData(Connection connection, ByteBuffer data) throws IOException {
 *         while (true) {
 *             if (!values.isInside()) {
 *                 String line = lines.next(data); // such as $5
 *                 if (line == null) {
 *                     break;
 *                 }
 *                 values.expect(length(line) + 2);
 *             }
 *             ByteBuffer value = values.next(data);
 *             if (value == null) {
 *                 break;
 *             }
 *             connection.inMessage(false);
 *             connection.write(value.limit(value.limit() - 2)); // without CR LF
 *         }
 *         connection.inMessage(lines.isInside() || values.isInside());
 *     }
 *
 *     private static int length(String line) throws IOException {
 *         if (!line.matches("\\$[0-9]{1,8}")) {
 *             throw new IOException("no length: " + line);
 *         }
 *         return Integer.parseInt(line.substring(1));
 *     }
 * }
 * }
 *
 * <p>A limit lets other connections of the loop run before a long batch goes on:
 *
 * {@snippet id=fair :
 * lines.decode(data, 100, this::answer);
 * if (data.hasRemaining()) {
 *     connection.pauseReading();
 *     connection.loop().execute(connection::resumeReading); // the rest comes then
 * }
 * }
 *
 * <p>Frames have a {@link io.github.epoll4j.reactor.codec.FrameFormat} that both ends share:
 *
 * {@snippet id=frames :
 * var format = new FrameFormat(4, ByteOrder.BIG_ENDIAN, false, 65_536);
 * connection.write(FrameEncoder.of(format).encode(body)); // at one end
 * frames.decode(data, body -> connection.write(body));    // at the other: frames = FrameDecoder.of(format)
 * }
 *
 * <p>A {@link io.github.epoll4j.reactor.codec.CodecException} has the kind and the offset of the fault, and ends the
 * connection when a handler throws it. The exception is then reported to the {@link
 * io.github.epoll4j.reactor.loop.FailureHandler}, which logs it as an error. Where any peer can cause that, catch it,
 * and call {@code close()} behind an answer, or {@code closeNow} with the exception as the cause. Neither is reported.
 * When the stream ends, {@code finish} refuses a message that was cut off.
 */
package io.github.epoll4j.reactor.codec;
