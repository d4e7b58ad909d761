package io.github.epoll4j.style;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommitCheckTest {
    private CommitCheck check;

    @BeforeEach
    void read() throws IOException {
        check = new CommitCheck(WordList.parse(Files.readString(Path.of("../../.style/words.txt"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Rebind jextract's functions to one errno-capturing handle",
        "Feed the decoder in pieces\n\nA peer may send one byte at a time.",
        "Pass EPOLLPRI on\n",
        "Focus the test of wake-ups",
        "Bring back the audit",
        "Address the listener by path",
    })
    void shouldBeInStyleWhenTheSubjectIsImperative(String message) {
        assertThat(check.violations(message)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Added a check", "Adds a check", "Adding a check", "The check is added", "A check of words", "What is checked",
        "Who wakes when two wait", "README says how", "Nothing is left", "Checkstyle is run first",
    })
    void shouldBeRefusedWhenTheSubjectIsNotImperative(String message) {
        assertThat(check.violations(message)).singleElement().asString().startsWith("the subject begins with");
    }

    @Test
    void shouldBeRefusedWhenTheSubjectIsTooLong() {
        assertThat(check.violations("Add " + "x".repeat(68))).isEmpty();
        assertThat(check.violations("Add " + "x".repeat(69)))
                .containsExactly("the subject has 73 characters, more than 72");
    }

    @Test
    void shouldBeRefusedWhenTheSubjectEndsWithAPeriod() {
        assertThat(check.violations("Add a check.")).containsExactly("the subject ends with a period");
    }

    @ParameterizedTest
    @ValueSource(strings = {"add a check", "", "\n\nAdd a check"})
    void shouldBeRefusedWhenTheSubjectBeginsWithoutACapital(String message) {
        assertThat(check.violations(message)).containsExactly("the subject does not begin with a capital letter");
    }

    @Test
    void shouldBeRefusedWhenTheBodyFollowsWithoutABlankLine() {
        assertThat(check.violations("Add a check\nof words")).containsExactly("no blank line after the subject");
    }
}
