package io.github.epoll4j.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.github.epoll4j.testing.Commands;
import io.github.epoll4j.testing.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A headless Chromium that a test drives by the DevTools protocol. */
public final class Browser implements AutoCloseable {
    private static final String[] COMMANDS = {"chromium-headless-shell", "chromium", "chromium-browser",
            "google-chrome", "google-chrome-stable"};
    private static final String ANNOUNCEMENT = "DevTools listening on ";
    private static final int PATIENCE_SECONDS = 60;

    private final Process process;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<Map<String, Object>>> answers = new ConcurrentHashMap<>();
    private final Map<String, Tab> tabs = new ConcurrentHashMap<>();

    private Browser(Process process, String address) throws Exception {
        this.process = process;
        this.socket = http.newWebSocketBuilder().buildAsync(URI.create(address), new Events())
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Starts a browser, or skips the test if there is none.
     *
     * @param profile an empty folder
     * @param options further options of the command
     */
    public static Browser start(Path profile, String... options) throws Exception {
        String command = Commands.assumePresent(COMMANDS);
        ProcessBuilder builder = new ProcessBuilder(command, "--headless", "--no-sandbox", "--disable-gpu",
                "--disable-background-networking", "--no-first-run", "--user-data-dir=" + profile,
                "--remote-debugging-port=0");
        builder.command().addAll(List.of(options));
        Process process = builder.start();
        Browser browser = null;
        try {
            BufferedReader printed = process.errorReader(UTF_8);
            String line = printed.readLine();
            while (line != null && !line.startsWith(ANNOUNCEMENT)) {
                line = printed.readLine();
            }
            assertThat(line).as("the address of DevTools").isNotNull();
            Thread.ofVirtual().start(() -> printed.lines().forEach(ignored -> { }));
            browser = new Browser(process, line.substring(ANNOUNCEMENT.length()));
            return browser;
        } finally {
            if (browser == null) {
                end(process);
            }
        }
    }

    /** Opens a page in a context of its own, without what others have stored. */
    public Tab open(String url, int width, int height, boolean isDark) throws Exception {
        String context = (String) call(null, "Target.createBrowserContext", Map.of()).get("browserContextId");
        String target = (String) call(null, "Target.createTarget",
                Map.of("url", "about:blank", "browserContextId", context)).get("targetId");
        String session = (String) call(null, "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId");
        Tab tab = new Tab(session);
        tabs.put(session, tab);
        tab.call("Runtime.enable", Map.of());
        tab.call("Log.enable", Map.of());
        tab.call("Page.enable", Map.of());
        tab.call("Emulation.setDeviceMetricsOverride", Map.of("width", width, "height", height,
                "deviceScaleFactor", 1, "mobile", width < 600));
        tab.call("Emulation.setEmulatedMedia", Map.of("features", List.of(
                Map.of("name", "prefers-color-scheme", "value", isDark ? "dark" : "light"))));
        tab.call("Page.navigate", Map.of("url", url));
        tab.await("document.readyState === 'complete' && location.href !== 'about:blank'");
        return tab;
    }

    private Map<String, Object> call(String session, String method, Map<String, Object> params) throws Exception {
        int id = lastId.incrementAndGet();
        CompletableFuture<Map<String, Object>> answer = new CompletableFuture<>();
        answers.put(id, answer);
        Map<String, Object> command = session == null ? Map.of("id", id, "method", method, "params", params)
                : Map.of("id", id, "method", method, "params", params, "sessionId", session);
        synchronized (this) {
            socket.sendText(JSON.std.asString(command), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Ends all processes of the browser: the command may be a script that starts it. */
    private static void end(Process process) {
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(each -> each.onExit().join());
    }

    @Override
    public void close() {
        end(process);
        http.shutdownNow();
    }

    /** A page. */
    public final class Tab {
        /** What was wrong on the page: exceptions, and errors in the console. */
        public final Queue<String> errors = new ConcurrentLinkedQueue<>();
        private final String session;

        Tab(String session) {
            this.session = session;
        }

        private Map<String, Object> call(String method, Map<String, Object> params) throws Exception {
            return Browser.this.call(session, method, params);
        }

        /** Evaluates a JavaScript expression, and returns its value as JSON has it. */
        @SuppressWarnings("unchecked")
        public Object evaluate(String expression) throws Exception {
            Map<String, Object> answer = call("Runtime.evaluate",
                    Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
            assertThat(answer).as(expression).doesNotContainKey("exceptionDetails");
            return ((Map<String, Object>) answer.get("result")).get("value");
        }

        /** Waits until an expression is true. */
        public void await(String condition) {
            Eventually.await(condition, () -> Boolean.TRUE.equals(evaluate(condition)));
        }

        /** Types into the focused element. */
        public void type(String text) throws Exception {
            call("Input.insertText", Map.of("text", text));
        }

        /**
         * Presses a key.
         *
         * @param key       such as {@code Enter} or {@code ArrowDown}
         * @param code      the code of Windows for it
         * @param modifiers 1 for Alt, 8 for Shift
         */
        public void press(String key, int code, int modifiers) throws Exception {
            for (String type : new String[] {"keyDown", "keyUp"}) {
                call("Input.dispatchKeyEvent", Map.of("type", type, "key", key, "code", key,
                        "windowsVirtualKeyCode", code, "modifiers", modifiers,
                        "text", key.equals("Enter") && type.equals("keyDown") ? "\r" : ""));
            }
        }

        /** Presses Enter. */
        public void enter() throws Exception {
            press("Enter", 13, 0);
        }

        /** Returns what one sees, as PNG. */
        public byte[] screenshot() throws Exception {
            return Base64.getDecoder().decode((String) call("Page.captureScreenshot", Map.of()).get("data"));
        }
    }

    /** Passes answers to those that wait, and errors to their pages. */
    private final class Events implements WebSocket.Listener {
        private final StringBuilder message = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
            message.append(data);
            if (isLast) {
                try {
                    handle(JSON.std.mapFrom(message.toString()));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                message.setLength(0);
            }
            from.request(1);
            return null;
        }

        @SuppressWarnings("unchecked")
        private void handle(Map<String, Object> event) {
            if (event.get("id") instanceof Integer id) {
                CompletableFuture<Map<String, Object>> answer = answers.remove(id);
                if (event.containsKey("error")) {
                    answer.completeExceptionally(new IOException(event.get("error").toString()));
                } else {
                    answer.complete((Map<String, Object>) event.get("result"));
                }
                return;
            }
            Tab tab = event.get("sessionId") instanceof String session ? tabs.get(session) : null;
            String params = String.valueOf(event.get("params"));
            if (tab != null && ("Runtime.exceptionThrown".equals(event.get("method"))
                    || "Log.entryAdded".equals(event.get("method")) && params.contains("level=error"))) {
                tab.errors.add(params);
            }
        }
    }
}
