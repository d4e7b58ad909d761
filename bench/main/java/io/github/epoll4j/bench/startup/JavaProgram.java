package io.github.epoll4j.bench.startup;

import io.github.epoll4j.bench.CProgram;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A Java program in a jar of its own, which asks for native access in its manifest: the same on the command line costs
 * the JVM its archived module graph.
 */
final class JavaProgram {
    private final String title;
    private final String name;
    private final Path jar;
    private final Path folder;

    /** Writes the jar. */
    JavaProgram(String title, Class<?> program) throws IOException {
        this.title = title;
        this.name = program.getSimpleName();
        this.folder = Files.createDirectories(CProgram.home().toAbsolutePath().resolve("target/archives"));
        this.jar = folder.resolve(name + ".jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, program.getName());
        attributes.put(Attributes.Name.CLASS_PATH, classPath().toUri().toString());
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
    }

    private static Path classPath() {
        return Path.of(System.getProperty("java.class.path")).toAbsolutePath();
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
        String archive = folder.resolve(name + "-" + way.replaceAll("\\W+", "-")).toString();
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
