package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The package page is compared with what is on the stack of a server that real bytes have reached. */
@Timeout(60)
class PackageMapTest {
    private static final Path MAIN = Path.of("main/java/io/github/epoll4j/reactor");
    private static final Pattern ROW = Pattern.compile(
            "<tr><td>([\\w ]+)</td>\\W*<td>((?:\\{@code \\w+\\}(?:, )?)+)</td></tr>");
    private static final Pattern CODE = Pattern.compile("\\{@code (\\w+)\\}");

    private final Map<String, List<String>> stacks = new ConcurrentHashMap<>();

    /** Notes the library's classes on the stack, from the outermost, each at its first frame. */
    private void note(String call) {
        List<StackWalker.StackFrame> frames = StackWalker.getInstance().walk(Stream::toList).reversed();
        Set<String> classes = new LinkedHashSet<>();
        for (StackWalker.StackFrame frame : frames) {
            String name = frame.getClassName();
            if (name.startsWith("io.github.epoll4j.reactor") && !name.contains("Test")) {
                classes.add(name.substring(name.lastIndexOf('.') + 1).replaceAll("\\$.*", ""));
            }
        }
        stacks.put(call, List.copyOf(classes));
    }

    private static Map<String, List<String>> documented() throws Exception {
        String page = Files.readString(MAIN.resolve("package-info.java"));
        Map<String, List<String>> rows = new LinkedHashMap<>();
        Matcher row = ROW.matcher(page);
        while (row.find()) {
            rows.put(row.group(1), CODE.matcher(row.group(2)).results().map(result -> result.group(1)).toList());
        }
        return rows;
    }

    @Test
    @DisplayName("the classes on the stack of the user's code are those of the package page, in their order")
    void shouldHaveTheDocumentedClassesOnTheStack() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        ConnectionConfig config = ConnectionConfig.DEFAULT.withIdleTimeout(Duration.ofMillis(50));
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1))) {
            Listener listener = reactor.listen(ConnectionFixture.ANY, config, connection -> {
                note("handler factory");
                return new ConnectionHandler() {
                    @Override
                    public void onData(Connection same, ByteBuffer data) {
                        note("onData");
                        same.write(data, (written, cause) -> note("WriteCompletion"));
                    }

                    @Override
                    public boolean onTimeout(Connection same, IdleTimeoutException timeout) {
                        note("onTimeout");
                        return false;
                    }

                    @Override
                    public void onClosed(Connection same, Throwable cause) {
                        note("onClosed");
                        closed.countDown();
                    }
                };
            });
            try (Socket client = ConnectionFixture.connect(listener)) {
                client.getOutputStream().write(1);
                assertThat(client.getInputStream().read()).isOne();
                assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
            }
        }
        assertThat(documented()).isNotEmpty().isEqualTo(stacks);
    }

    @Test
    @DisplayName("each class that the page names in code is there")
    void shouldNameClassesThatExist() throws Exception {
        Set<String> sources;
        try (Stream<Path> files = Files.walk(MAIN)) {
            sources = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        String page = Files.readString(MAIN.resolve("package-info.java"));
        List<String> names = CODE.matcher(page).results().map(result -> result.group(1))
                .filter(name -> Character.isUpperCase(name.charAt(0))).distinct().toList();
        assertThat(names).hasSizeGreaterThan(10).filteredOn(name -> !name.equals("ReadBuffer"))
                .as("ReadBuffer is the core's").isSubsetOf(sources);
    }
}
