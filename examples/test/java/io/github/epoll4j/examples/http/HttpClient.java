package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends text as it is, and reads answers one by one. */
public final class HttpClient implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    /** Connects a client, which waits 20 seconds for each answer. */
    public HttpClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Sends text, of which each character is a byte. */
    public void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    /** Sends a GET request with further fields, each with CR LF. */
    public void get(String target, String... fields) throws IOException {
        send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", fields) + "\r\n");
    }

    void endOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Reads an answer. */
    public Response read() throws IOException {
        Response head = readHead();
        boolean hasBody = head.status != 304 && head.status >= 200;
        return hasBody ? new Response(head.status, head.fields, readBody(head)) : head;
    }

    private byte[] readBody(Response head) throws IOException {
        int length = Integer.parseInt(head.field("content-length"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("the end in a body");
        }
        return body;
    }

    /** Reads an answer without content, such as that to HEAD. */
    Response readHead() throws IOException {
        String line = readLine();
        if (!line.matches("HTTP/1\\.1 \\d{3} .+")) {
            throw new IOException("not a status line: " + line);
        }
        Map<String, String> fields = new TreeMap<>();
        for (String field = readLine(); !field.isEmpty(); field = readLine()) {
            int colon = field.indexOf(": ");
            fields.put(field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 2));
        }
        return new Response(Integer.parseInt(line.substring(9, 12)), fields, new byte[0]);
    }

    private String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the end after: " + line);
            }
            line.write(c);
        }
        String text = line.toString(ISO_8859_1);
        if (!text.endsWith("\r")) {
            throw new IOException("a line without CR: " + text);
        }
        return text.substring(0, text.length() - 1);
    }

    /** Returns whether the stream ends here, in good order. */
    public boolean isAtEnd() throws IOException {
        return in.read() == -1;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** An answer, with the names of its fields in lower case. */
    public record Response(int status, Map<String, String> fields, byte[] body) {
        /** Returns the value of a field; null if there is none. */
        public String field(String name) {
            return fields.get(name);
        }

        /** Returns the body as text. */
        public String text() {
            return new String(body, ISO_8859_1);
        }

        /** Returns whether it is the last answer of its connection. */
        public boolean isLast() {
            return "close".equals(field("connection"));
        }
    }
}
