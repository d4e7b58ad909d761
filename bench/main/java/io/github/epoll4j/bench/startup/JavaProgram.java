package io.github.epoll4j.bench.startup;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.LaunchJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Java program in a jar of its own. */
final class JavaProgram {
    private final String title;
    private final String name;
    private final Path jar;

    /** Writes the jar. */
    JavaProgram(String title, Class<?> program) throws IOException {
        this.title = title;
        this.name = program.getSimpleName();
        this.jar = LaunchJar.write(program);
    }

    String title() {
        return title;
    }

    /** Starts it with java's own flags. */
    Contender plain() {
        return with("", List.of());
    }

    /** Starts it with flags. */
    Contender with(String way, List<String> flags) {
        return new Contender(title, way, command(flags, ""));
    }

    /** Starts it with native access on the command line instead of in the manifest. */
    Contender byFlag() {
        return with("--enable-native-access", List.of("--enable-native-access=ALL-UNNAMED"));
    }

    /**
     * Lets a training run leave an archive behind, and starts it with that.
     *
     * @param way      what the table says about it
     * @param training the flags of the training run, where %s stands for the archive's file
     * @param flags    the flags of the measured runs, likewise
     */
    Contender trained(String way, List<String> training, List<String> flags) throws IOException {
        String archive = jar.resolveSibling(name + "-" + way.replaceAll("\\W+", "-")).toString();
        CProgram.run(command(training, archive));
        return new Contender(title, way, command(flags, archive));
    }

    private List<String> command(List<String> flags, String archive) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xlog:disable"); // the JVM's remarks would stand between the lines that are read
        flags.forEach(flag -> command.add(flag.replace("%s", archive)));
        command.addAll(List.of("-jar", jar.toString()));
        return command;
    }
}
