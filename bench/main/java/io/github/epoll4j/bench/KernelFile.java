package io.github.epoll4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Files below {@code /proc}: lines, each a name and what the kernel tells of it. */
public final class KernelFile {
    private KernelFile() {
    }

    /**
     * Reads what stands behind a name.
     *
     * @param file the file
     * @param name how its line begins; empty for the first line
     * @return the words behind the name and its colon, with a space between each two; nothing if there is no such line,
     *     or the file cannot be read
     */
    public static Optional<String> value(String file, String name) {
        try {
            // not readString: it asks such a file for one byte first, and gets no more
            return Files.readAllLines(Path.of(file)).stream()
                    .filter(line -> line.startsWith(name))
                    .findFirst()
                    .map(line -> line.substring(name.length()).replaceFirst("^\\s*:", "").strip()
                            .replaceAll("\\s+", " "));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Names the processor.
     *
     * @return its model, or the architecture where the kernel tells no model
     */
    public static String processor() {
        return value("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch"));
    }
}
