package io.github.epoll4j.examples.websocket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;

/** A client that writes each byte itself, and waits 20 seconds for an answer. */
final class RawClient implements AutoCloseable {
    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    static final int FIN = 0x80;

    final Socket socket;
    private final DataInputStream in;

    /** A frame of the server. */
    record Frame(int head, byte[] payload) {
        int opcode() {
            return head & 0x0F;
        }

        String text() {
            return new String(payload, UTF_8);
        }

        int code() {
            return (payload[0] & 0xFF) << 8 | payload[1] & 0xFF;
        }
    }

    RawClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new DataInputStream(socket.getInputStream());
    }

    static String handshake() {
        return "GET /ws HTTP/1.1\r\nHost: a:1\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
    }

    RawClient open() throws IOException {
        send(handshake().getBytes(ISO_8859_1));
        assertThat(head()).startsWith("HTTP/1.1 101 ")
                .contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"); // RFC 6455, 1.3
        return this;
    }

    void send(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Returns a masked frame with the shortest length. */
    static byte[] frame(int head, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(head);
        if (payload.length < 126) {
            frame.write(0x80 | payload.length);
        } else if (payload.length < 65536) {
            frame.write(0x80 | 126);
            frame.write(payload.length >> 8);
            frame.write(payload.length);
        } else {
            frame.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) {
                frame.write((int) ((long) payload.length >> shift));
            }
        }
        byte[] mask = {1, -2, 3, -4};
        frame.writeBytes(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.write(payload[i] ^ mask[i % 4]);
        }
        return frame.toByteArray();
    }

    static byte[] frame(int head, String text) {
        return frame(head, text.getBytes(UTF_8));
    }

    /** Reads the head of an answer. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
            head.append((char) in.readUnsignedByte());
        }
        return head.toString();
    }

    byte[] bytes(int count) throws IOException {
        return in.readNBytes(count);
    }

    Frame frame() throws IOException {
        int head = in.readUnsignedByte();
        int length = in.readUnsignedByte(); // a server does not mask
        length = length == 126 ? in.readUnsignedShort() : length == 127 ? Math.toIntExact(in.readLong()) : length;
        byte[] payload = new byte[length];
        in.readFully(payload);
        return new Frame(head, payload);
    }

    void assertText(String text) throws IOException {
        Frame frame = frame();
        assertThat(frame.head()).isEqualTo(FIN | TEXT);
        assertThat(frame.text()).isEqualTo(text);
    }

    /** Reads a close frame with a code, and the end. */
    void assertClosed(int code) throws IOException {
        Frame frame = frame();
        assertThat(frame.opcode()).isEqualTo(CLOSE);
        assertThat(frame.code()).as(frame.text()).isEqualTo(code);
        assertEnd();
    }

    void assertEnd() throws IOException {
        assertThat(in.read()).isEqualTo(-1);
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
