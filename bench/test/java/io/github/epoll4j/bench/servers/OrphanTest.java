package io.github.epoll4j.bench.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Survivors;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Server and load in C whose parent is killed. */
@Timeout(120)
class OrphanTest {
    private static final Pattern LISTENING = Pattern.compile("listening on \\S*:(\\d+)");

    @Test
    @DisplayName("the server in C and the load end when who started them is killed")
    void shouldEndWhenTheParentIsKilled() throws Exception {
        Optional<CProgram> echo = CProgram.build("echo");
        Optional<CProgram> load = CProgram.build("load");
        assumeTrue(echo.isPresent() && load.isPresent(), "there is no C compiler here");
        Process parent = parentOf(echo.get().command());
        Process parentOfLoad = null;
        try (BufferedReader lines = parent.inputReader()) {
            ProcessHandle server = process(lines.readLine());
            Matcher listening = LISTENING.matcher(lines.readLine());
            assertThat(listening.matches()).isTrue();
            parentOfLoad = parentOf(load.get().command(
                    "--port", listening.group(1), "--connections", "1", "--hold"));
            BufferedReader words = parentOfLoad.inputReader();
            ProcessHandle loading = process(words.readLine());
            assertThat(words.readLine()).isEqualTo("ready");

            parentOfLoad.destroyForcibly();
            Survivors.requireEnd(loading);
            parent.destroyForcibly();
            Survivors.requireEnd(server);
        } finally {
            parent.destroyForcibly();
            if (parentOfLoad != null) {
                parentOfLoad.destroyForcibly();
            }
        }
    }

    private static ProcessHandle process(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    /** Starts a shell that starts a program, which reads from a pipe that stays open, and waits for it. */
    private static Process parentOf(List<String> command) throws IOException {
        List<String> all = new ArrayList<>(List.of("sh", "-c",
                "exec 3<&0; sh -c 'echo $$; exec \"$@\"' sh \"$@\" <&3 & wait", "sh"));
        all.addAll(command);
        return new ProcessBuilder(all).start();
    }
}
