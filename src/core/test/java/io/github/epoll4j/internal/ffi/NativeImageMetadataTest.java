package io.github.epoll4j.internal.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Commands.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The metadata that GraalVM's native-image needs, held against the handles that a JVM links for every class of the
 * library. The file follows the section {@code foreign} of GraalVM's reachability-metadata-schema-v1.2.0.json.
 *
 * <p>Not shown: that an image runs; there was no GraalVM to build one with.
 */
class NativeImageMetadataTest {
    private static final Path FILE = Path.of(
            "main/resources/META-INF/native-image/io.github.epoll4j/epoll4j/reachability-metadata.json");

    @Test
    void shouldNameWhatIsLinkedWhenCallsChange() throws IOException, InterruptedException {
        String linked = linked();
        assertThat(linked).as("the shared handle").contains("""
                        {"returnType": "long", "parameterTypes": ["long", "long", "long", "long", "long", "long"], \
                        "options": {"captureCallState": true}}""");
        assertThat(FILE).content().isEqualTo(linked);
    }

    private static String linked() throws IOException, InterruptedException {
        Result result = Commands.run(Path.of("."), Map.of(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", "target/classes:target/test-classes",
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens=java.base/jdk.internal.foreign.abi=ALL-UNNAMED",
                LinkedDowncalls.class.getName(), "target/classes");
        assertThat(result.status()).as(result.output()).isZero();
        return result.output();
    }
}
