package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Loads that end without a word. */
class LoadRunTest {
    private static final List<String> SERVER = List.of("sh", "-c", "echo listening on 127.0.0.1:1; read line");

    @Test
    @DisplayName("a load that measured nothing is said in words")
    void shouldSayWhatIsMissingWhenTheLoadSaysNothing() throws IOException {
        try (ServerProcess process = new ServerProcess(SERVER)) {
            assertThatIOException().isThrownBy(() -> LoadRun.of(List.of("echo", "nanos 1"), process))
                    .withMessage("the load ended without measuring a message");
        }
    }

    @Test
    @DisplayName("the message of a load that ends before its time is its last line")
    void shouldSayItsLastLineWhenTheLoadEndsEarly() throws IOException {
        try (ServerProcess process = new ServerProcess(SERVER)) {
            BufferedReader lines = new BufferedReader(new StringReader("begin\nload: connection 1 was lost\n"));

            assertThatIOException().isThrownBy(() -> LoadRun.read(lines, "done", process, List.of()))
                    .withMessage("load: connection 1 was lost");
        }
    }

    @Test
    @DisplayName("results are read up to a line, and those after it are left")
    void shouldLeaveTheRestWhenTheLastLineIsRead() throws IOException {
        try (ServerProcess process = new ServerProcess(SERVER)) {
            BufferedReader lines = new BufferedReader(new StringReader("second 7\nsecond 8\ndone\nmessages 5\n"));

            assertThat(LoadRun.read(lines, "done", process, List.of()).seconds()).containsExactly(7L, 8L);
            assertThat(lines.readLine()).isEqualTo("messages 5");
        }
    }
}
