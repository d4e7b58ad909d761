package io.github.epoll4j.internal.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.Commands;
import io.github.epoll4j.Commands.Result;
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
 * <p>It names the uncaptured handles too, which jextract's holders link for themselves: a holder links when its address
 * is first asked for, so without them each call would fail in an image.
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
        assertThat(linked).as("epoll_wait, and ioctl on an epoll descriptor")
                .contains("""
                        {"returnType": "int", "parameterTypes": ["int", "void*", "int", "int"], \
                        "options": {"captureCallState": true}}""")
                .contains("""
                        {"returnType": "int", "parameterTypes": ["int", "long", "void*"], \
                        "options": {"captureCallState": true, "firstVariadicArg": 2}}""");
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
        assumeTrue(result.status() != LinkedDowncalls.SYMBOL_MISSING, result::output);
        assertThat(result.status()).as(result.output()).isZero();
        return result.output();
    }
}
