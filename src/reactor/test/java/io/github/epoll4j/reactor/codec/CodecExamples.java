package io.github.epoll4j.reactor.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;

/** The classes of the package page, word for word. */
interface CodecExamples {
    final class Shout implements ConnectionHandler {
        private final LineDecoder lines = LineDecoder.of(1024);

        public void onData(Connection connection, ByteBuffer data) throws IOException {
            lines.decode(data, line -> {
                connection.inMessage(false); // each message has the time of ConnectionConfig.messageTimeout
                connection.write(UTF_8.encode(line.toUpperCase(Locale.ROOT) + "\n"));
            });
            connection.inMessage(lines.isInside());
        }
    }

    final class Mail implements ConnectionHandler {
        private final LineDecoder lines = LineDecoder.of(1024);
        private final ConnectionHandler encrypted;

        Mail(ConnectionHandler encrypted) {
            this.encrypted = encrypted;
        }

        public void onData(Connection connection, ByteBuffer data) throws IOException {
            for (String line = lines.next(data); line != null; line = lines.next(data)) {
                if (line.equals("STARTTLS")) {
                    connection.write(UTF_8.encode("220 ready\r\n"));
                    connection.handler(encrypted); // gets the bytes behind this line
                    return;
                }
                connection.write(UTF_8.encode("250 " + line + "\r\n"));
            }
        }
    }

    final class Values implements ConnectionHandler {
        private final LineDecoder lines = LineDecoder.of(32);
        private final BytesDecoder values = BytesDecoder.whole(1 << 20);

        public void onData(Connection connection, ByteBuffer data) throws IOException {
            while (true) {
                if (!values.isInside()) {
                    String line = lines.next(data); // such as $5
                    if (line == null) {
                        break;
                    }
                    values.expect(length(line) + 2);
                }
                ByteBuffer value = values.next(data);
                if (value == null) {
                    break;
                }
                connection.inMessage(false);
                connection.write(value.limit(value.limit() - 2)); // without CR LF
            }
            connection.inMessage(lines.isInside() || values.isInside());
        }

        private static int length(String line) throws IOException {
            if (!line.matches("\\$[0-9]{1,8}")) {
                throw new IOException("no length: " + line);
            }
            return Integer.parseInt(line.substring(1));
        }
    }
}
