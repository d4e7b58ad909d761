package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollInstance;
import java.io.File;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The README's server, taken from it. */
@Timeout(120)
class ReactorReadmeTest {
    private static final Pattern SERVER =
            Pattern.compile("```java\n(import io\\.github\\.epoll4j\\.reactor\\..*?)```", Pattern.DOTALL);
    private static final Pattern READY = Pattern.compile("Listener\\[/127\\.0\\.0\\.1:(\\d+)]");

    @Test
    @DisplayName("the README's server compiles, runs without a warning, prints what it says, and echoes")
    void shouldEchoWhenTheServerIsTakenFromTheReadme(@TempDir Path folder) throws Exception {
        Matcher server = SERVER.matcher(Files.readString(Path.of("../../README.md")));
        assertThat(server.find()).isTrue();
        assertThat(server.group(1)).contains("// Listener[/127.0.0.1:7000]");
        String anyPort = server.group(1).replace("\"127.0.0.1\", 7000", "\"127.0.0.1\", 0");
        assertThat(anyPort).isNotEqualTo(server.group(1));
        Path source = Files.writeString(folder.resolve("Server.java"), anyPort);
        Path errors = folder.resolve("errors");

        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path", place(EpollInstance.class) + File.pathSeparator + Path.of("target/classes"),
                "--add-modules", "io.github.epoll4j.reactor", "--enable-native-access=io.github.epoll4j",
                source.toString()).redirectError(errors.toFile()).start();
        try {
            String line = process.inputReader().readLine();
            assertThat(line).as(Files.readString(errors)).isNotNull();
            Matcher ready = READY.matcher(line);
            assertThat(ready.matches()).as(line).isTrue();
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(ready.group(1)))) {
                client.setSoTimeout(20_000);
                client.getOutputStream().write("hello".getBytes());
                client.shutdownOutput();
                InputStream in = client.getInputStream();
                assertThat(in.readAllBytes()).asString().isEqualTo("hello");
            }
            assertThat(errors).isEmptyFile();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The folder or the jar that a class of another module comes from. */
    private static Path place(Class<?> type) throws Exception {
        return Path.of(type.getModule().isNamed()
                ? type.getModule().getLayer().configuration().findModule(type.getModule().getName()).orElseThrow()
                        .reference().location().orElseThrow()
                : type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
