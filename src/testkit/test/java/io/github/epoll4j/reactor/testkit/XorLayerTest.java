package io.github.epoll4j.reactor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.WriteCompletion;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XorLayerTest {
    private static final byte[] PLAIN = "plain".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;

    private static boolean movesBytes(Method method) {
        return Stream.of(method.getParameterTypes()).anyMatch(
                type -> type == ByteBuffer.class || type == ByteBuffer[].class || type == FileFd.class);
    }

    @Test
    @DisplayName("every method that moves bytes sends them through the layer, never as they are")
    void shouldTransformWhenAMethodMovesBytes() throws Exception {
        List<Method> methods = Stream.of(Connection.class.getMethods()).filter(XorLayerTest::movesBytes).toList();
        assertThat(methods).hasSizeGreaterThan(5);
        for (Method method : methods) {
            Path path = Files.write(folder.resolve("plain"), PLAIN);
            try (var loop = TestLoop.open(); FileFd file = FileFd.open(path, OpenFlags.O_RDONLY)) {
                AtomicReference<Connection> layer = new AtomicReference<>();
                FakeConnection fake = loop.connect(XorLayer.on(connection -> {
                    layer.set(connection);
                    return (on, data) -> { };
                }));
                boolean[] isFirst = {true};
                Object[] arguments = Stream.of(method.getParameterTypes()).map(type -> {
                    if (type == long.class) {
                        boolean isOffset = isFirst[0];
                        isFirst[0] = false;
                        return isOffset ? 0L : (long) PLAIN.length;
                    }
                    return type == FileFd.class ? file : type == WriteCompletion.class ? WriteCompletion.NONE
                            : type == ByteBuffer.class ? ByteBuffer.wrap(PLAIN)
                            : new ByteBuffer[] {ByteBuffer.wrap(PLAIN, 0, 2), ByteBuffer.wrap(PLAIN, 2, 3)};
                }).toArray();
                method.invoke(layer.get(), arguments);
                loop.runUntilIdle();
                byte[] expected = new byte[PLAIN.length];
                for (int i = 0; i < expected.length; i++) {
                    expected[i] = (byte) ~PLAIN[i];
                }
                assertThat(fake.take()).as(method.toString()).isEqualTo(expected);
            }
        }
    }

    @Test
    @DisplayName("a handler that replaces another one on the layer gets plain bytes, and the layer as its connection")
    void shouldStayWhenTheHandlerIsReplaced() {
        try (var loop = TestLoop.open()) {
            StringBuilder got = new StringBuilder();
            ConnectionHandler second = (connection, data) -> {
                assertThat(connection).isInstanceOf(XorLayer.class);
                got.append(StandardCharsets.UTF_8.decode(data));
            };
            FakeConnection fake = loop.connect(XorLayer.on(created -> (connection, data) -> {
                data.get();
                connection.handler(second);
                assertThat(connection.handler()).isSameAs(second);
            }));
            byte[] inverse = PLAIN.clone();
            for (int i = 0; i < inverse.length; i++) {
                inverse[i] = (byte) ~inverse[i];
            }
            fake.receive(inverse);
            assertThat(got).hasToString("lain");
        }
    }
}
