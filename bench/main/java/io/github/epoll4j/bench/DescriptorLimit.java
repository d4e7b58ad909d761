package io.github.epoll4j.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How many descriptors this process and its children may have. */
final class DescriptorLimit {
    private static final String NAME = "Max open files";

    private DescriptorLimit() {
    }

    /** Gives the hard limit, up to which a JVM and the programs in C raise their own. */
    static long most() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
            return lines.filter(line -> line.startsWith(NAME))
                    .map(line -> line.substring(NAME.length()).strip().split("\\s+")[1])
                    .mapToLong(hard -> hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard))
                    .findFirst().orElse(Long.MAX_VALUE);
        } catch (IOException e) {
            return Long.MAX_VALUE; // the calls themselves will say it
        }
    }
}
