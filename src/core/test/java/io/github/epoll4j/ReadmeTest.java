package io.github.epoll4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Commands;
import java.io.IOException;
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
