package io.github.epoll4j.style;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceCheckTest {
    @TempDir
    private Path module;

    @BeforeEach
    void declare() throws IOException {
        Files.writeString(module.resolve("module-info.java"), "/** A module. */ module m { exports m.open; }");
        Files.createDirectories(module.resolve("m/open"));
        Files.createDirectories(module.resolve("m/hidden"));
    }

    private List<String> check(String name, String source) throws IOException {
        Files.writeString(module.resolve(name), source);
        WordList words = WordList.parse(Files.readString(Path.of("../../.style/words.txt")));
        return new SourceCheck(words).violations(module).stream().map(SourceCheck.Violation::toString)
                .map(text -> text.substring(module.toString().length() + 1)).toList();
    }

    private List<String> checkSentence(String sentence) throws IOException {
        return check("m/hidden/A.java", "package m.hidden;\nclass A {\n    /** " + sentence + " */\n    int a;\n}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "public class Rehearsal { }",
        "public class A { protected int room() { return 0; } }",
        "public class A { public A(int place) { } }",
        "public class A { public int loopTurns; }",
        "public class A { public static class Datum { } }",
        "public interface A { boolean isGoingOn(); }",
        "public interface A { interface Home { } }",
        "public record A(int datum) { }",
        "public enum A { LOOK_AWAY }",
    })
    void shouldBeRefusedWhenANameOfAnExportedPackageIsPublic(String type) throws IOException {
        assertThat(check("m/open/A.java", "package m.open;\n\n" + type)).singleElement().asString()
                .startsWith("m/open/A.java:3: the name ").contains("better: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "class Rehearsal { public void datum() { } }",
        "public class A { int room() { return 0; } private int datum; }",
        "public class A { public void a() { int place = 0; } }",
        "public record A(int a) { static int datum; }",
        "public class A { public int bathrooms, returns, homeland; public int placement() { return 0; } }",
    })
    void shouldBeInStyleWhenANameIsHiddenOrAnotherWord(String type) throws IOException {
        assertThat(check("m/open/A.java", "package m.open;\n" + type)).isEmpty();
    }

    @Test
    void shouldBeInStyleWhenTheNamesOfAPackageAreNotExported() throws IOException {
        assertThat(check("m/hidden/A.java", "package m.hidden;\npublic class A { public int datum; }")).isEmpty();
    }

    @Test
    @DisplayName("the message names file, line, word and the better one")
    void shouldNameTheBetterWordWhenItRefusesOne() throws IOException {
        assertThat(check("m/open/A.java", "package m.open;\n\npublic class A {\n    public int datum;\n}\n"))
                .containsExactly("m/open/A.java:4: the name datum has \"datum\"; better: data");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Tells the size.", "Gives the size.", "Says no.", "Makes one.", "Knows the size.", "Asks the kernel.",
        "Counts the open and the closed.", "Answers the size.", "What is left.", "Who waits.", "Where it lies.",
        "Not free is the start.", "Nothing is left.",
    })
    void shouldBeRefusedWhenASentenceBeginsBadly(String sentence) throws IOException {
        assertThat(checkSentence(sentence)).singleElement().asString()
                .startsWith("m/hidden/A.java:3: the first sentence begins with ");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "The place of an entry.", "Returns the room.", "Runs one turn.", "Holds the siblings.", "Notifies if told to.",
    })
    void shouldBeRefusedWhenASentenceHasARefusedWord(String sentence) throws IOException {
        assertThat(checkSentence(sentence)).singleElement().asString()
                .startsWith("m/hidden/A.java:3: the first sentence has ");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "Returns the size.", "Counts the members.", "Notable entries.", "Used in place of a copy, in turn.",
        "Returns a {@code datum room} that cannot be told apart.", "{@code epoll_wait}: waits. Tells nothing.",
        "{@return the size}", "{@inheritDoc}", "@see A", "Turns bytes into numbers.",
        "No such file.", "Not a folder.",
    })
    void shouldBeInStyleWhenASentenceIsPlain(String sentence) throws IOException {
        assertThat(checkSentence(sentence.replace("datum", "data"))).isEmpty();
    }

    @Test
    void shouldBeRefusedWhenASentenceHas25Words() throws IOException {
        String words = IntStream.range(0, 22).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
        assertThat(checkSentence("Returns {@code a b} " + words + ". Then more.")).isEmpty();
        assertThat(checkSentence("Returns {@code a b} - " + words + " w22. Then more."))
                .containsExactly("m/hidden/A.java:3: the first sentence has 25 words, more than 24");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/** Tells a. */ module m { }", "/** Tells a. */ open module m { }",
    })
    void shouldBeRefusedWhenTheSentenceIsOfAModule(String source) throws IOException {
        assertThat(check("module-info.java", source)).singleElement().asString().startsWith("module-info.java:1: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/** Tells a. */ class A { }", "class A { /** Tells a. */ void a() { } }",
        "class A { /** Tells a. */ A() { } }", "enum A { /** Tells a. */ A }",
        "/// Tells a.\nclass A { }", "class A { class B { /** Tells a. */ int a; } }",
    })
    void shouldBeRefusedWhenTheSentenceIsOfADeclaration(String type) throws IOException {
        assertThat(check("m/hidden/A.java", "package m.hidden;\n" + type)).hasSize(1);
    }

    @Test
    void shouldBeRefusedWhenTheSentenceIsOfAPackage() throws IOException {
        assertThat(check("m/hidden/package-info.java", "/** Tells a. */\npackage m.hidden;\n"))
                .singleElement().asString().startsWith("m/hidden/package-info.java:1: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/** A. Nobody waits. */ class A { }", "class A { /* looks\n * away */ }", "class A { } // whoever",
        "class A { char c = '\"'; /* rehearsed */ }",
    })
    void shouldBeRefusedWhenACommentHasARefusedWord(String type) throws IOException {
        assertThat(check("m/hidden/A.java", "package m.hidden;\n\n" + type)).singleElement().asString()
                .startsWith("m/hidden/A.java:3: a comment has ");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "class A { String a = \"nobody // nobody \\\" // nobody\"; }",
        "class A { String a = \"\"\"\n    // nobody\n    \"\"\"; }", "class A { int nobody; }",
    })
    void shouldBeInStyleWhenAWordStandsInCode(String type) throws IOException {
        assertThat(check("m/hidden/A.java", "package m.hidden;\n" + type)).isEmpty();
    }
}
