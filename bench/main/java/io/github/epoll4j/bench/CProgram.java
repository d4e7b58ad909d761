package io.github.epoll4j.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** A program of {@code bench/c}, built with the machine's C compiler when it is first wanted. */
public final class CProgram {
    private final Path binary;

    private CProgram(Path binary) {
        this.binary = binary;
    }

    /**
     * Builds a program, unless it is newer than its source and the headers beside it. Processes that build at once each
     * put a whole program into its place.
     *
     * @param name the name of its source, without {@code .c}
     * @return the program, or nothing if this machine has no C compiler ({@code $CC}, or {@code cc} on the path)
     * @throws IOException if the compiler refuses the source
     */
    public static Optional<CProgram> build(String name) throws IOException {
        Path source = home().resolve("c").resolve(name + ".c");
        Path binary = Files.createDirectories(home().resolve("target/c")).resolve(name);
        if (!isNewer(binary, source)) {
            List<String> command = new ArrayList<>(compiler());
            if (command.isEmpty()) {
                return Optional.empty();
            }
            Path built = binary.resolveSibling(name + "." + ProcessHandle.current().pid());
            command.addAll(List.of("-O2", "-pthread", "-o", built.toString(), source.toString()));
            run(command);
            Files.move(built, binary, StandardCopyOption.ATOMIC_MOVE);
        }
        return Optional.of(new CProgram(binary));
    }

    /**
     * Gives the folder {@code bench}, which the launcher passes on.
     *
     * @return the folder
     */
    public static Path home() {
        return Path.of(System.getProperty("bench.home", "."));
    }

    /**
     * Gives the command that starts the program.
     *
     * @param arguments its arguments
     * @return the command
     */
    public List<String> command(String... arguments) {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(Arrays.asList(arguments));
        return command;
    }

    /**
     * Runs a command to its end.
     *
     * @param command the command
     * @return the lines that it printed
     * @throws IOException if it cannot be started or fails; the message is what it printed
     */
    public static List<String> run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (Stream<String> lines = process.inputReader().lines()) {
            List<String> output = lines.toList();
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + status + ":\n"
                        + String.join("\n", output));
            }
            return output;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.getFirst() + " ran", e);
        }
    }

    /**
     * Finds a program on the path.
     *
     * @param name its name, or its file
     * @return its file, or nothing if there is no such program
     */
    public static Optional<Path> find(String name) {
        if (name.contains("/")) {
            return Optional.of(Path.of(name)).filter(Files::isExecutable);
        }
        return Arrays.stream(Objects.requireNonNullElse(System.getenv("PATH"), "").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static boolean isNewer(Path binary, Path source) throws IOException {
        if (!Files.isExecutable(binary)) {
            return false;
        }
        FileTime built = Files.getLastModifiedTime(binary);
        try (DirectoryStream<Path> headers = Files.newDirectoryStream(source.getParent(), "*.h")) {
            for (Path header : headers) {
                if (built.compareTo(Files.getLastModifiedTime(header)) < 0) {
                    return false;
                }
            }
        }
        return built.compareTo(Files.getLastModifiedTime(source)) >= 0;
    }

    /** The compiler's command, which may have options of its own; empty if there is no such program. */
    private static List<String> compiler() {
        String named = System.getenv("CC");
        List<String> command = List.of((named == null || named.isBlank() ? "cc" : named.strip()).split("\\s+"));
        return find(command.getFirst()).isPresent() ? command : List.of();
    }
}
