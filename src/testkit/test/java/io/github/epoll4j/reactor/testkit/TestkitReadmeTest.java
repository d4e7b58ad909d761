package io.github.epoll4j.reactor.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.reactor.Connection;
import io.github.epoll4j.reactor.ConnectionConfig;
import io.github.epoll4j.reactor.ConnectionHandler;
import io.github.epoll4j.reactor.IdleTimeoutException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README's test of its server's handler: this class has it, and compares. */
class TestkitReadmeTest {
    private static final Pattern SAMPLE = Pattern.compile("```java\n(@Test\n.*?)```", Pattern.DOTALL);
    private static final Pattern HANDLER = Pattern.compile("\n(class Echo .*?\n}\n)", Pattern.DOTALL);
    private static final Path SOURCE =
            Path.of("test/java/io/github/epoll4j/reactor/testkit/TestkitReadmeTest.java");

    // region handler
    class Echo implements ConnectionHandler {
        public void onData(Connection connection, ByteBuffer data) {
            connection.write(data);
        }
    }
    // end

    // region sample
    @Test
    void shouldEchoWhenBytesArriveAndEndWhenNoneDo() {
        var config = ConnectionConfig.DEFAULT.withIdleTimeout(Duration.ofMinutes(1));
        try (var loop = TestLoop.open()) {                      // iterates in the test's thread
            FakeConnection connection = loop.connect(config, c -> new Echo());
            connection.receive("hello");
            assertThat(connection.takeText()).isEqualTo("hello");
            loop.advance(Duration.ofMinutes(2));                // its clock: this takes no time
            assertThat(connection.cause()).isInstanceOf(IdleTimeoutException.class);
        }
    }
    // end

    @Test
    void shouldBeTheReadmesWhenItIsCompiledHere() throws IOException {
        String readme = Files.readString(Path.of("../../README.md"));

        assertThat(find(SAMPLE, readme)).isEqualTo(region("sample"));
        assertThat(find(HANDLER, readme)).isEqualTo(region("handler"));
    }

    private static String find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        assertThat(matcher.find()).as("%s", pattern).isTrue();
        return matcher.group(1);
    }

    /** Returns a region of this file without the indentation of its class. */
    private static String region(String name) throws IOException {
        Pattern region = Pattern.compile("    // region " + name + "\n(.*?)    // end\n", Pattern.DOTALL);
        return find(region, Files.readString(SOURCE)).indent(-4);
    }
}
