package io.github.epoll4j.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The source of a test class of any module, and which statements the display names of its tests give.
 *
 * @param path    where it lies, from the root of the repository
 * @param name    the class
 * @param ids     the statements, each once
 * @param methods the tests
 */
record TestSource(Path path, String name, Set<String> ids, Set<String> methods) {
    /** The root of the repository, as seen from the folder that the tests run in. */
    static final Path ROOT = Path.of("../..");
    private static final List<String> FOLDERS = List.of("src/core/test/java", "src/reactor/test/java",
            "examples/test/java", "bench/test/java", "bench/programs/test/java");
    private static final String LITERAL = "\"(?:[^\"\\\\]|\\\\.)*\"";
    private static final Pattern DISPLAY_NAME =
            Pattern.compile("@DisplayName\\(\\s*(" + LITERAL + "(?:\\s*\\+\\s*" + LITERAL + ")*)\\s*\\)");
    private static final Pattern ID = Pattern.compile("\\b(?:[CJK]\\d{1,3}|S\\d\\d-\\d{1,2}|(?:epoll_create1_"
            + "|epoll_create|epoll_ctl|epoll_wait|epoll_pwait|ppoll|poll|pselect|select"
            + "|eventfd2_|eventfd|timerfd_create"
            + "|timerfd_gettime|timerfd_settime|timerfd|signalfd4_|signalfd)\\d\\d)\\b");
    private static final Pattern METHOD = Pattern.compile("\\bvoid (should\\w+)\\(");

    /** Reads all of all modules, in the order of their paths. */
    static List<TestSource> all() throws IOException {
        List<TestSource> sources = new ArrayList<>();
        for (String folder : FOLDERS) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
                    sources.add(read(file));
                }
            }
        }
        return sources;
    }

    private static TestSource read(Path file) throws IOException {
        String text = Files.readString(file);
        Set<String> ids = DISPLAY_NAME.matcher(text).results()
                .map(result -> result.group(1).replaceAll("\"\\s*\\+\\s*\"", ""))
                .flatMap(displayName -> ID.matcher(displayName).results())
                .map(MatchResult::group)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Set<String> methods = METHOD.matcher(text).results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return new TestSource(ROOT.relativize(file), file.getFileName().toString().replace(".java", ""), ids, methods);
    }

    /** Tells whether this is the class, or has the method, that a reference such as ATest#shouldB means. */
    boolean matches(String reference) {
        String[] parts = reference.split("#");
        return parts[0].equals(name) && (parts.length == 1 || methods.contains(parts[1]));
    }
}
