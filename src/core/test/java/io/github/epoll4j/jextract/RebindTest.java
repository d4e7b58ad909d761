package io.github.epoll4j.jextract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Commands.Result;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code Rebind.java}, compiled as the rest is and run on a sample: what jextract prints for {@code sample.h}, which
 * lies beside it.
 */
class RebindTest {
    private static final Path SOURCE = Path.of("../../jextract-config/Rebind.java");
    private static final Path SAMPLE = Path.of("test/resources/io/github/epoll4j/jextract/sample");
    private static final String SETTINGS = "# of the sample\n\nvariadic sample_variadic int pointer\n";

    @TempDir
    private static Path classes;
    private static Method main;

    @TempDir
    private Path folder;
    private Path root;

    @BeforeAll
    static void compile() throws IOException, InterruptedException, ReflectiveOperationException {
        String javac = Path.of(System.getProperty("java.home"), "bin", "javac").toString();
        Result result = Commands.run(Path.of("."), Map.of(),
                javac, "-Xlint:all", "-Werror", "-J-XX:TieredStopAtLevel=1", "-d", classes.toString(),
                SOURCE.toString());
        assertThat(result).isEqualTo(new Result(0, ""));
        URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, null);
        main = loader.loadClass("Rebind").getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
    }

    @BeforeEach
    void copySample() throws IOException {
        root = Files.createDirectories(folder.resolve("out/sample/gen/sample"));
        try (Stream<Path> files = Files.list(SAMPLE)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (file.toString().endsWith(".java.txt")) {
                    Files.copy(file, root.resolve(file.getFileName().toString().replace(".txt", "")));
                }
            }
        }
    }

    private void rebind(String settings) throws IOException {
        Path file = Files.writeString(folder.resolve("rebind.txt"), settings);
        try {
            Object arguments = Stream.of(folder.resolve("out"), "sample.gen", file, folder.resolve("audit.c"),
                    folder.resolve("metadata.json")).map(Object::toString).toArray(String[]::new);
            main.invoke(null, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private String header() throws IOException {
        return Files.readString(root.resolve("sample_h.java"));
    }

    @Test
    void shouldMakeConstantsLiterals() throws IOException {
        rebind(SETTINGS);

        assertThat(header()).contains("public static final int SAMPLE_NUMBER = 42;",
                        "public static final int SAMPLE_BIT = -2147483648;",
                        "public static final long SAMPLE_LONG = 134515201L;")
                .doesNotContain("SAMPLE_NUMBER()", "return SAMPLE");
    }

    @Test
    void shouldPutErrnoInFrontAndWidenInside() throws IOException {
        rebind(SETTINGS);

        assertThat(header()).contains("public static int sample_six(MemorySegment errno$, int one, MemorySegment two, "
                        + "long three, int four, MemorySegment five, long six) {",
                "(long) Downcall.HANDLE.invokeExact(sample_six.ADDR, errno$, (long) one, Downcall.address(two), three, "
                        + "(long) four, Downcall.address(five), six);",
                "            Reference.reachabilityFence(errno$);\n            Reference.reachabilityFence(two);\n"
                        + "            Reference.reachabilityFence(five);\n            return (int) result$;",
                "public static int sample_none(MemorySegment errno$) {",
                "invokeExact(sample_none.ADDR, errno$, 0L, 0L, 0L, 0L, 0L, 0L);");
        assertThat(header()).doesNotContain("$handle", "loaderLookup", "TRACE", " mh$")
                .contains("sample_six$descriptor()", "sample_six$address()",
                        "SYMBOL_LOOKUP = Linker.nativeLinker().defaultLookup();",
                        " * extern int sample_six(int one, struct sample *two, unsigned long three, int four, "
                                + "const char *five, long six)");
    }

    @Test
    void shouldHaveTwoFormsWhenMemoryAndItsSizeComeSecondAndThird() throws IOException {
        rebind(SETTINGS);

        String parameters =
                "(MemorySegment errno$, int fd, MemorySegment memory, long offset$, long count, int flags) {";
        assertThat(header()).contains("public static long sample_move" + parameters,
                "Downcall.HANDLE.invokeExact(sample_move.ADDR, errno$, (long) fd, "
                        + "Downcall.address(memory, offset$, count), count, (long) flags, 0L, 0L);",
                "public static long sample_move$held" + parameters,
                "Downcall.Held.HANDLE.invokeExact(sample_move.ADDR, errno$, (long) fd, "
                        + "memory.asSlice(offset$, count), count, (long) flags, 0L, 0L);");
    }

    @Test
    void shouldHaveOneExactMethodForEachShapeWhenVariadic() throws IOException {
        rebind(SETTINGS + "variadic sample_variadic long\n");

        assertThat(header()).contains(
                "public static int sample_variadic(MemorySegment errno$, int fixed, int x1, MemorySegment x2) {",
                "(int) sample_variadic$int$pointer.HANDLE.invokeExact(sample_variadic.ADDR, errno$, fixed, x1, x2);",
                "public static int sample_variadic(MemorySegment errno$, int fixed, long x1) {",
                "HANDLE = Downcall.variadic(DESC, 1);").doesNotContain("Object...");
        assertThat(folder.resolve("metadata.json")).content().contains(
                "\"parameterTypes\": [\"int\", \"int\", \"void*\"], "
                        + "\"options\": {\"captureCallState\": true, \"firstVariadicArg\": 1}",
                "\"parameterTypes\": [\"long\", \"void*\", \"long\", \"long\", \"long\", \"long\"]");
    }

    @Test
    void shouldMakeSizesAndOffsetsLiterals() throws IOException {
        rebind(SETTINGS);

        assertThat(Files.readString(root.resolve("sample.java")))
                .contains("public static final int SIZEOF = 16;", "public static final int first$OFFSET = 0;",
                        "public static final int second$OFFSET = 8;", "public static final int SIZEOF = 8;",
                        "public static final int halves$OFFSET = 0;", "layout()")
                .doesNotContain("reinterpret", "sizeof()", "$offset()");
    }

    @Test
    void shouldWriteAnAssertionForEachFact() throws IOException {
        rebind(SETTINGS + "musl SIZE(struct sample, 16); | SIZE(struct sample, 17); | for the sake of the example\n");

        assertThat(Files.readString(folder.resolve("audit.c"))).contains("#include \"headers/sample.h\"\n",
                "CONSTANT(SAMPLE_NUMBER, 42);\n", "BITS(SAMPLE_BIT, 0x80000000);\n",
                "CONSTANT(SAMPLE_LONG, 134515201);\n",
                "#ifdef __GLIBC__\nSIZE(struct sample, 16);\n#else /* musl: for the sake of the example */\n"
                        + "SIZE(struct sample, 17);\n#endif\n",
                "FIELD(struct sample, second, 8, 8);\n", "FIELD(struct sample, second.halves, 8, 8);\n",
                "FUNCTION(sample_six, int(int, struct sample *, unsigned long, int, const char *, long));\n",
                "FUNCTION(sample_none, int(void));\n", "FUNCTION(sample_variadic, int(int, ...));\n",
                "INTEGER(size_t, 8);\n");
    }

    @Test
    void shouldBeANullPointerWhenTheFunctionIsOptional() throws IOException {
        rebind(SETTINGS + "optional sample_none\n");

        assertThat(header()).contains("ADDR = SYMBOL_LOOKUP.find(\"sample_none\").orElse(MemorySegment.NULL);",
                "ADDR = SYMBOL_LOOKUP.findOrThrow(\"sample_six\");");
    }

    @Test
    void shouldRefuseWhatWasReboundAlready() throws IOException {
        rebind(SETTINGS);

        assertThatThrownBy(() -> rebind(SETTINGS)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("sample.java:1: does not begin as jextract begins its files");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "sample_h.java | (int)mh$.invokeExact(one | mh$.invoke(one | a member that jextract does not",
        "sample_h.java | int SAMPLE_NUMBER() | int SAMPLE_NUMBER(int i) | a member that jextract does not",
        "sample_h.java | loaderLookup() | libraryLookup() | is not a header's class",
        "sample_h$shared.java | System.out.printf | System.err.printf | is not the class of C's types",
        "sample.java | groupElement(\"first\")); | groupElement(\"firs\")); | is not a structure",
        "sample.java | C_SHORT.withName(\"first\") | C_WIDE.withName(\"first\") | an unknown layout: sample_h.C_WIDE",
        "sample_h.java | static int sample_none() | static double sample_none() | a member that jextract does not",
    })
    void shouldRefuseTextThatItDoesNotKnow(String file, String text, String other, String problem) throws IOException {
        edit(file, text, other);

        assertThatThrownBy(() -> rebind(SETTINGS)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(problem);
    }

    @Test
    void shouldRefuseTypesThatAreNoIntegersOrPointers() throws IOException {
        edit("sample_h.java", "public static int sample_six(int one,", "public static int sample_six(double one,");

        assertThatThrownBy(() -> rebind(SETTINGS)).isInstanceOf(IllegalStateException.class)
                .hasMessage("sample_six takes double one, which is no integer or pointer");
    }

    @Test
    void shouldRefuseASeventhParameter() throws IOException {
        edit("sample_h.java", "int sample_six(int one,", "int sample_six(int zero, int one,");

        assertThatThrownBy(() -> rebind(SETTINGS)).isInstanceOf(IllegalStateException.class)
                .hasMessage("sample_six has more than 6 parameters");
    }

    @Test
    void shouldRefuseSettingsThatNothingAsksFor() {
        assertThatThrownBy(() -> rebind("")).isInstanceOf(IllegalStateException.class)
                .hasMessage("no variadic parameters of sample_variadic in the settings");
        List<String> unused = List.of("optional nonsense\n", "variadic nonsense int\n");
        for (String setting : unused) {
            assertThatThrownBy(() -> {
                copyAgain();
                rebind(SETTINGS + setting);
            }).isInstanceOf(IllegalStateException.class)
                    .hasMessage("settings for functions that are not bound: [nonsense]");
        }
        assertThatThrownBy(() -> {
            copyAgain();
            rebind(SETTINGS + "musl SIZE(struct nonsense, 1); | | none\n");
        }).isInstanceOf(IllegalStateException.class)
                .hasMessage("settings for musl that nothing asks for: [SIZE(struct nonsense, 1);]");
    }

    private void copyAgain() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        copySample();
    }

    private void edit(String file, String text, String other) throws IOException {
        String before = Files.readString(root.resolve(file));
        assertThat(before).contains(text);
        Files.writeString(root.resolve(file), before.replace(text, other));
    }
}
