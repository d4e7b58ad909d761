package io.github.epoll4j.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.bench.echo.JavaServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

class LaunchJarTest {
    @Test
    void shouldNameTheClassPathRelativelyWhenItIsWritten() throws IOException {
        Path jar = LaunchJar.write(JavaServer.class);
        List<Path> classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                .toList();

        String[] entries;
        try (JarFile file = new JarFile(jar.toFile())) {
            entries = file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH).split(" ");
        }
        assertThat(entries).allSatisfy(entry -> assertThat(entry).as("what the JVM caches classes of")
                .doesNotContain(":").doesNotStartWith("/"));
        assertThat(entries).extracting(entry -> Path.of(jar.toUri().resolve(entry)))
                .containsExactlyElementsOf(classPath);
    }
}
