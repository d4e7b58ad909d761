package io.github.epoll4j.internal.sys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Commands.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What GraalVM's native-image must be told of the calls that this library links: it makes their stubs while it builds
 * the image, and a call that it was not told of fails when it is linked. The file follows the section {@code foreign}
 * of GraalVM's reachability-metadata-schema-v1.2.0.json (the same in v1.1.0), as GraalVM 25 reads it for Linux on
 * x86-64 and aarch64.
 *
 * <p>Proved here: that the file names each descriptor with its options that a JVM's linker is asked for, and no other.
 * Not proved: that an image runs; there was no GraalVM to build one with.
 *
 * <p>{@code mvn -pl src/core test -Dtest=NativeImageMetadataTest -Depoll4j.write=true} writes the file anew.
 */
class NativeImageMetadataTest {
    private static final Path FILE = Path.of(
            "main/resources/META-INF/native-image/io.github.epoll4j/epoll4j/reachability-metadata.json");

    @Test
    void shouldNameWhatIsLinkedWhenCallsChange() throws IOException, InterruptedException {
        String linked = linked();
        assertThat(linked).as("the one way of calling").contains("""
                        {"returnType": "long", "parameterTypes": ["long", "long", "long", "long", "long", "long"], \
                        "options": {"captureCallState": true}}""");
        if (Boolean.getBoolean("epoll4j.write")) {
            Files.writeString(FILE, linked);
        }
        assertThat(FILE).as("to be written by -Depoll4j.write=true").content().isEqualTo(linked);
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
