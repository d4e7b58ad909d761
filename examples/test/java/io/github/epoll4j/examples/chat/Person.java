package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;

/** Somebody at the other end, who gives up after 20 seconds of silence. */
final class Person implements AutoCloseable {
    final Socket socket = new Socket();
    private final BufferedReader in;
    private int marks;

    Person(InetSocketAddress address, int receiveBuffer, Charset charset) throws IOException {
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        socket.connect(address);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), charset));
    }

    void says(String line) throws IOException {
        sends((line + "\n").getBytes(UTF_8));
    }

    void sends(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Reads the next line. */
    String line() {
        try {
            return in.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads bytes that are no text. */
    int[] bytes(int count) throws IOException {
        int[] bytes = new int[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = in.read();
        }
        return bytes;
    }

    /** Reads the next lines, which must be these. */
    void reads(String... lines) throws IOException {
        for (String line : lines) {
            assertThat(in.readLine()).isEqualTo(line);
        }
    }

    /** Reads up to a line, and gives what came before it. */
    List<String> readsUpTo(String last) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = in.readLine(); !last.equals(line); line = in.readLine()) {
            assertThat(line).as("instead of %s, after %s", last, lines).isNotNull();
            lines.add(line);
        }
        return lines;
    }

    /** Reads all that the chat has sent until now: what comes before the answer to a command. */
    List<String> readsToNow() throws IOException {
        String mark = "/mark" + ++marks;
        says(mark);
        return readsUpTo("* There is no " + mark + ". /help tells what there is.");
    }

    /** Nothing but the end comes any more. */
    void readsTheEnd() throws IOException {
        assertThat(in.readLine()).isNull();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
