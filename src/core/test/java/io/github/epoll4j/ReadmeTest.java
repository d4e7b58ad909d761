package io.github.epoll4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.testing.Commands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {
    private static final Path ROOT = Path.of("../..");
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)[^)]*\\)");

    @Test
    @DisplayName("the README's example compiles, runs as the README says, without a warning, and prints what it says")
    void shouldRunWhenTheExampleIsTakenFromTheReadme(@TempDir Path folder) throws Exception {
        Matcher example = JAVA.matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(example.find()).isTrue();
        assertThat(example.group(1).lines()).hasSizeLessThanOrEqualTo(15);
        Path source = Files.writeString(folder.resolve("Example.java"), example.group(1));
        Path module = Path.of("target/classes").toAbsolutePath();

        Commands.Result result = Commands.run(folder, Map.of(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path", module.toString(), "--add-modules", "io.github.epoll4j",
                "--enable-native-access=io.github.epoll4j", source.toString());

        assertThat(result.output()).isEqualTo("EpollEvent[EPOLLIN, data=42]\n");
        assertThat(result.status()).isZero();
        assertThat(example.group(1)).contains("// EpollEvent[EPOLLIN, data=42]");
    }

    @Test
    @DisplayName("the README's example of a FIFO, a timer and a child compiles, and prints what became of each")
    void shouldWatchAnyDescriptorWhenTheExampleIsTakenFromTheReadme(@TempDir Path folder) throws Exception {
        Matcher example = JAVA.matcher(Files.readString(ROOT.resolve("README.md")));
        assertThat(example.find() && example.find() && example.find()).isTrue();
        assertThat(example.group(1)).contains("FileFd.open(Path.of(args[0])", "// child exited with 3");
        Path source = Files.writeString(folder.resolve("Example.java"), example.group(1));
        Path fifo = folder.resolve("fifo");
        assertThat(Commands.run(folder, Map.of(), "mkfifo", fifo.toString()).status()).isZero();

        try (FileFd writer = FileFd.open(fifo, OpenFlags.O_RDWR | OpenFlags.O_NONBLOCK)) {
            assertThat(writer.write(ByteBuffer.wrap(new byte[5]))).isEqualTo(5);
            Commands.Result result = Commands.run(folder, Map.of(),
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--module-path", Path.of("target/classes").toAbsolutePath().toString(),
                    "--add-modules", "io.github.epoll4j", "--enable-native-access=io.github.epoll4j",
                    source.toString(), fifo.toString());

            assertThat(result.output().lines()).contains("fifo: 5 bytes", "timer: 1", "child exited with 3");
            assertThat(result.status()).isZero();
        }
    }

    @Test
    void shouldLeadSomewhereWhenALinkIsRelative() throws IOException {
        for (String page : List.of("README.md", "CONTRIBUTING.md", "jextract-config/README.md")) {
            String text = Files.readString(ROOT.resolve(page));
            try (Stream<String> links = LINK.matcher(text).results().map(link -> link.group(1))) {
                links.filter(link -> !link.contains("://")).forEach(link ->
                        assertThat(ROOT.resolve(page).resolveSibling(link)).as("a link in %s", page).exists());
            }
        }
    }
}
