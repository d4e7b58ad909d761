package io.github.epoll4j.reactor.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.codec.CodecException.Kind;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecExamplesTest {
    private static final Pattern SNIPPET =
            Pattern.compile("\\{@snippet id=(?:\\w+) :\n(.*?)\n \\* }\n", Pattern.DOTALL);

    /** Keeps what a handler leaves, as a connection does, and gives it again in front of new bytes. */
    private static final class Fake {
        private final Connection connection = (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, this::called);
        private final StringBuilder written = new StringBuilder();
        private ConnectionHandler handler;
        private ByteBuffer left = ByteBuffer.allocate(0);
        private boolean isInMessage;
        private int ended;

        Fake(ConnectionHandler handler) {
            this.handler = handler;
        }

        private Object called(Object proxy, Method method, Object... arguments) {
            switch (method.getName()) {
                case "write" -> written.append(UTF_8.decode((ByteBuffer) arguments[0]));
                case "handler" -> handler = (ConnectionHandler) arguments[0];
                case "inMessage" -> {
                    ended += isInMessage && arguments[0].equals(false) ? 1 : 0;
                    isInMessage = (boolean) arguments[0];
                }
                default -> throw new AssertionError(method);
            }
            return null;
        }

        void receive(ByteBuffer data) throws IOException {
            left = ByteBuffer.allocate(left.remaining() + data.remaining()).put(left).put(data).flip();
            ConnectionHandler before;
            do {
                before = handler;
                before.onData(connection, left);
            } while (handler != before && left.hasRemaining());
        }

        void receive(String text, int piece) throws IOException {
            for (ByteBuffer data : Cuts.every(piece, text.getBytes(UTF_8))) {
                receive(data);
            }
        }
    }

    private static String code(String text) {
        return text.lines().map(line -> line.replaceFirst("^ \\*( |$)", "").strip()).filter(line -> !line.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    @Test
    @DisplayName("each class of the package page is the class that these tests run")
    void shouldBeTheSameCodeWhenThePageShowsAClass() throws IOException {
        String folder = "io/github/epoll4j/reactor/codec/";
        String page = Files.readString(Path.of("main/java/" + folder + "package-info.java"));
        String examples = code(Files.readString(Path.of("test/java/" + folder + "CodecExamples.java")));
        List<String> classes = SNIPPET.matcher(page).results().map(snippet -> code(snippet.group(1)))
                .filter(snippet -> snippet.startsWith("final class ")).toList();
        assertThat(classes).hasSize(3).allSatisfy(snippet -> assertThat(examples).contains(snippet));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 100})
    void shouldShoutWhereverTheStreamIsCut(int piece) throws IOException {
        Fake connection = new Fake(new CodecExamples.Shout());
        connection.receive("one\ntwo\r\nth", piece);
        assertThat(connection.written).hasToString("ONE\nTWO\n");
        assertThat(connection.isInMessage).isTrue();
        connection.receive("ree\n", piece);
        assertThat(connection.written).hasToString("ONE\nTWO\nTHREE\n");
        assertThat(connection.isInMessage).isFalse();
    }

    @Test
    @DisplayName("the time for a message ends with the message, also if the next one has begun in the same read")
    void shouldEndTheTimeForAMessageWhenTheNextOneHasBegun() throws IOException {
        Fake lines = new Fake(new CodecExamples.Shout());
        lines.receive("one\ntwo\nthree\n", 5);
        assertThat(lines.ended).isEqualTo(2);
        Fake values = new Fake(new CodecExamples.Values());
        values.receive("$2\r\nab\r\n$2\r\ncd\r\n$2\r\nef\r\n", 9);
        assertThat(values.ended).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 100})
    void shouldHandTheRestToTheNextHandlerWhenTheStreamIsSwitched(int piece) throws IOException {
        StringBuilder encrypted = new StringBuilder();
        Fake connection = new Fake(new CodecExamples.Mail((on, data) -> encrypted.append(UTF_8.decode(data))));
        connection.receive("EHLO me\r\nSTARTTLS\r\nhello\nSTARTTLS\nmore", piece);
        assertThat(connection.written).hasToString("250 EHLO me\r\n220 ready\r\n");
        assertThat(encrypted).hasToString("hello\nSTARTTLS\nmore");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void shouldEchoValuesWhereverTheStreamIsCut(int piece) throws IOException {
        Fake connection = new Fake(new CodecExamples.Values());
        connection.receive("$5\r\nhello\r\n$0\r\n\r\n$6\r\na\r\nb$1\r\n$3\r\n", piece);
        assertThat(connection.written).hasToString("helloa\r\nb$1");
        assertThat(connection.isInMessage).isTrue();
        connection.receive("end\r\n", piece);
        assertThat(connection.written).hasToString("helloa\r\nb$1end");
        assertThat(connection.isInMessage).isFalse();

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> connection.receive("$-1\r\n", piece))
                .withMessage("no length: $-1");
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> new Fake(new CodecExamples.Values()).receive("$99999999\r\n", piece))
                .satisfies(e -> assertThat(e.kind()).isEqualTo(Kind.TOO_LONG));
    }
}
