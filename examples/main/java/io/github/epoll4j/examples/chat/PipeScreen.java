package io.github.epoll4j.examples.chat;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.List;

/** Lines in, lines out, for scripts. */
final class PipeScreen implements Screen {
    private final BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    private final PrintStream out = new PrintStream(System.out, false, UTF_8);

    @Override
    public void show(List<String> lines) {
        lines.forEach(out::println);
        out.flush();
    }

    @Override
    public String read() throws IOException {
        return in.readLine();
    }

    @Override
    public void close() {
        out.flush();
    }
}
