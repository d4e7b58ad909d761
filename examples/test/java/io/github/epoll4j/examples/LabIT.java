package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LabIT {
    @Test
    @DisplayName("C77: 2 KB are written, 1 KB is read, as a user plays it")
    void shouldPlayAScenarioWhenItsIdIsNamed() throws Exception {
        Programs.Result result = Programs.run("lab", "C77");

        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
        assertThat(result.out()).startsWith("Linux ").contains("C77  half-read", "as expected")
                .containsPattern("write 2048 bytes +2048 +2048")
                .containsPattern("read 1024 bytes +1024 +1024")
                .containsPattern("edge +silent +silent");
    }

    @Test
    void shouldPlayAllAndDrawThem(@TempDir Path folder) throws Exception {
        Path page = folder.resolve("lab.html");

        Programs.Result result = Programs.run("lab", "all", "--html", page.toString());

        assertThat(result.status()).as(result.out()).isZero();
        assertThat(result.out()).endsWith("written: " + page + "\n");
        assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains("<svg").endsWith("</html>\n");
    }

    @Test
    void shouldListTheScenariosWhenOneIsUnknown() throws Exception {
        Programs.Result list = Programs.run("lab", "--list");
        assertThat(list.status()).isZero();
        assertThat(list.out()).contains("half-read", "C77", "edge-vs-level", "digital-signal");

        Programs.Result unknown = Programs.run("lab", "C999");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.out()).isEmpty();
        assertThat(unknown.err()).isEqualTo("no scenario C999; there are:\n" + list.out());
    }

    @Test
    void shouldSayInOneLineWhenThePageCannotBeWritten() throws Exception {
        Programs.Result result = Programs.run("lab", "C77", "--html", "/no/such/folder/lab.html");

        assertThat(result.status()).isOne();
        assertThat(result.err()).isEqualTo("cannot write /no/such/folder/lab.html: NoSuchFileException\n");
    }
}
