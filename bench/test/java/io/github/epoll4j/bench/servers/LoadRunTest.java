package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Loads that end without a word. */
class LoadRunTest {
    @Test
    @DisplayName("a load that measured nothing is said in words")
    void shouldSayWhatIsMissingWhenTheLoadSaysNothing() throws IOException {
        List<String> server = List.of("sh", "-c", "echo listening on 127.0.0.1:1; read line");
        try (ServerProcess process = new ServerProcess(server)) {
            assertThatIOException().isThrownBy(() -> LoadRun.of(List.of("echo", "nanos 1"), process, false))
                    .withMessage("the load ended without saying messages, cpu, load_cpu, others_cpu");
        }
    }
}
