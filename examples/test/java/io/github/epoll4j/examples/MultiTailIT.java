package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.testing.Eventually;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MultiTailIT {
    @TempDir
    private Path folder;

    @Test
    @DisplayName("lines of two FIFOs, a file and a command are printed as they come; the command's end ends all")
    void shouldPrintTheLinesOfEverySourceUntilOneEnds() throws Exception {
        Path first = fifo("first");
        Path second = fifo("second");
        Path end = fifo("end");
        Path file = Files.writeString(folder.resolve("file"), "before\n");
        String command = "echo begin; read line <" + end + "; echo $line; exit 3";
        Process process = Programs.launch("multitail", "--fifo", first.toString(), "--fifo", second.toString(),
                "--file", file.toString(), "--command", command, "--limit", "1000");
        try {
            BufferedReader out = process.inputReader(UTF_8);
            assertThat(Programs.firstLine(process)).isEqualTo("multitail follows 4 sources");
            assertThat(out.readLine()).isEqualTo(command + ": begin");
            Files.writeString(second, "two\n");
            assertThat(out.readLine()).isEqualTo(second + ": two");
            Files.writeString(first, "o");
            Files.writeString(first, "ne\nand\n");
            assertThat(out.readLine()).isEqualTo(first + ": one");
            assertThat(out.readLine()).isEqualTo(first + ": and");
            // the file may be watched a moment later than the others
            appendUntilRead(file, out);

            Files.writeString(end, "bye\n");

            assertThat(out.readLine()).isEqualTo(command + ": bye");
            assertThat(out.readLine()).isEqualTo(command + ": status 3");
            assertThat(out.readLine()).isNull();
            assertThat(process.waitFor()).isZero();
            assertThat(process.getErrorStream().readAllBytes()).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void appendUntilRead(Path file, BufferedReader out) throws Exception {
        Eventually.await("the file is watched", () -> {
            Files.writeString(file, "x\n", StandardOpenOption.APPEND);
            return out.ready();
        });
        assertThat(out.readLine()).isEqualTo(file + ": x");
        Files.writeString(file, "last\n", StandardOpenOption.APPEND);
        String line = out.readLine();
        while (line.equals(file + ": x")) {
            line = out.readLine();
        }
        assertThat(line).isEqualTo(file + ": last");
    }

    @Test
    @DisplayName("a source that is silent for too long ends all with status 1, and a child with them")
    void shouldEndWhenASourceIsSilent() throws Exception {
        Path quiet = fifo("quiet");
        Programs.Result result = Programs.run("multitail", "--fifo", quiet.toString(), "--limit", "0.2",
                "--command", "while echo line; do sleep 0.01; done");

        assertThat(result.status()).isOne();
        assertThat(result.out()).contains(quiet + ": silent for too long");
        assertThat(result.err()).isEmpty();
    }

    @Test
    @DisplayName("a file that cannot be opened: one line, status 1, and the others are cancelled")
    void shouldSayInOneLineWhenAFileIsMissing() throws Exception {
        Programs.Result result = Programs.run("multitail", "--fifo", fifo("quiet").toString(),
                "--file", folder.resolve("missing").toString());

        assertThat(result.status()).isOne();
        assertThat(result.err()).contains("ENOENT").hasLineCount(1);
    }

    @Test
    @DisplayName("SIGTERM ends it with 143")
    void shouldEndWhenSignalled() throws Exception {
        Process process = Programs.launch("multitail", "--fifo", fifo("quiet").toString());
        try {
            Programs.firstLine(process);
            assertThat(Programs.signal(process, "TERM")).isEqualTo(143);
            assertThat(process.getErrorStream().readAllBytes()).isEmpty();
        } finally {
            process.destroyForcibly();
        }
    }

    private Path fifo(String name) throws Exception {
        Path path = folder.resolve(name);
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor()).isZero();
        return path;
    }
}
