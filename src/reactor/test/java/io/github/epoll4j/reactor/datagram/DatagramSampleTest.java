package io.github.epoll4j.reactor.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The samples of the package's page. */
@Timeout(120)
class DatagramSampleTest {
    private static final Path PAGE = Path.of("main/java/io/github/epoll4j/reactor/datagram/package-info.java");
    private static final Pattern SNIPPET = Pattern.compile("\\{@snippet :\n(.*?)\n \\* }\n \\*\n", Pattern.DOTALL);
    private static final Pattern READY = Pattern.compile("DatagramEndpoint\\[/0\\.0\\.0\\.0:(\\d+)]");
    private static final String PROGRAM = """
            import io.github.epoll4j.reactor.datagram.*;
            import io.github.epoll4j.reactor.loop.EventLoop;
            import java.net.*;
            import java.nio.ByteBuffer;
            import java.time.Duration;

            public class Program {
                public static void main(String[] args) throws Exception {
            %s
                }

                static class Later implements DatagramHandler {
            %s
                }
            }
            """;

    @Test
    @DisplayName("the package's samples compile; the first prints what it says, and answers from the address asked")
    void shouldAnswerWhenTheProgramIsTakenFromThePage(@TempDir Path folder) throws Exception {
        List<String> snippets = SNIPPET.matcher(Files.readString(PAGE)).results().map(DatagramSampleTest::code)
                .toList();
        assertThat(snippets).hasSize(2);
        String anyPort = snippets.getFirst().replace("\"0.0.0.0\", 7000", "\"0.0.0.0\", 0");
        assertThat(anyPort).isNotEqualTo(snippets.getFirst()).contains("// DatagramEndpoint[/0.0.0.0:7000]");
        Path source = Files.writeString(
                folder.resolve("Program.java"), PROGRAM.formatted(anyPort, snippets.getLast()));
        Path errors = folder.resolve("errors");

        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path", System.getProperty("jdk.module.path"), "--add-modules", "io.github.epoll4j.reactor",
                "--enable-native-access=io.github.epoll4j", source.toString()).redirectError(errors.toFile()).start();
        try {
            String line = process.inputReader().readLine();
            assertThat(line).as(Files.readString(errors)).isNotNull();
            Matcher ready = READY.matcher(line);
            assertThat(ready.matches()).as(line).isTrue();
            try (DatagramSocket client = new DatagramSocket()) {
                client.setSoTimeout(20_000);
                client.connect(new InetSocketAddress("127.0.0.2", Integer.parseInt(ready.group(1))));
                client.send(new DatagramPacket("hello".getBytes(), 5));
                DatagramPacket answer = new DatagramPacket(new byte[9], 9);
                client.receive(answer);
                assertThat(new String(answer.getData(), 0, answer.getLength())).isEqualTo("hello");
            }
            assertThat(errors).isEmptyFile();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String code(MatchResult snippet) {
        return snippet.group(1).replaceAll("(?m)^ \\* ?", "");
    }
}
