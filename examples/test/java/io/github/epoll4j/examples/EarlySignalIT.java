package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.testing.Eventually;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A signal that comes between a program's ready line and its first step: the line is held back by a full pipe. */
@Timeout(120)
class EarlySignalIT {
    @ParameterizedTest
    @ValueSource(strings = {"multitail --command cat", "echo --port 0 --verbose", "vecho --port 0"})
    @DisplayName("SIGTERM before the first step ends it with 143, and nothing on standard error")
    void shouldEndInOrderWhenSignalledEarly(String command) throws Exception {
        try (Pipe out = Pipe.open()) {
            ByteBuffer filling = ByteBuffer.allocate(64 << 10);
            assertThat(out.writer().write(filling)).isEqualTo(64 << 10);
            Path output = Path.of("/proc/" + ProcessHandle.current().pid() + "/fd/" + out.writer().fd());
            Process process = Programs.builder(Stream.concat(Stream.of(Programs.LAUNCHER),
                    Stream.of(command.split(" "))).toList()).redirectOutput(output.toFile()).start();
            try {
                Eventually.await("the ready line waits for room in the pipe",
                        () -> hasThread(process, "wchan", name -> name.contains("pipe_write")));
                process.toHandle().destroy(); // SIGTERM, and the streams stay open
                Eventually.await("the program is being stopped", () -> hasThread(process, "comm", "stop"::equals));
                out.writer().close();
                while (process.isAlive() && out.reader().read(filling.clear()) >= 0) {
                    process.waitFor(1, TimeUnit.MILLISECONDS);
                }
                assertThat(process.waitFor()).isEqualTo(143);
                assertThat(new String(process.getErrorStream().readAllBytes(), UTF_8)).isEmpty();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static boolean hasThread(Process process, String file, Predicate<String> name) {
        File[] threads = new File("/proc/" + process.pid() + "/task").listFiles();
        return threads != null && Stream.of(threads).anyMatch(thread -> name.test(read(thread.toPath().resolve(file))));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return ""; // the thread has ended
        }
    }
}
