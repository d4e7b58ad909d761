package io.github.epoll4j.jextract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The committed bindings, as classes and as text. */
final class Bindings {
    static final Path GENERATED = Path.of("main/generated");
    private static final Path PACKAGES = GENERATED.resolve("io/github/epoll4j/internal/gen");

    private Bindings() {
    }

    /** Returns the source files of the classes with constants and functions. */
    static List<Path> headers() throws IOException {
        return files().filter(file -> file.toString().endsWith("_h.java")).toList();
    }

    /** Returns the classes of structures and unions, those of unnamed ones included. */
    static List<Class<?>> groups() throws IOException {
        return files().filter(file -> !file.toString().matches(".*_h(\\$shared)?\\.java"))
                .map(Bindings::type).flatMap(Bindings::withNested).toList();
    }

    /** Returns the class of a source file, not initialised. */
    static Class<?> type(Path file) {
        String name = GENERATED.relativize(file).toString().replace(".java", "").replace('/', '.');
        try {
            return Class.forName(name, false, Bindings.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static Stream<Class<?>> withNested(Class<?> type) {
        return Stream.concat(Stream.of(type), Arrays.stream(type.getDeclaredClasses()).flatMap(Bindings::withNested));
    }

    private static Stream<Path> files() throws IOException {
        try (Stream<Path> entries = Files.walk(PACKAGES)) {
            return entries.filter(Files::isRegularFile).sorted().toList().stream();
        }
    }
}
