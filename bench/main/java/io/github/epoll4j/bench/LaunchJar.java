package io.github.epoll4j.bench;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * A jar that names a main class on this JVM's class path and asks for native access in its manifest: the same on the
 * command line costs a JVM its archived module graph.
 */
public final class LaunchJar {
    private LaunchJar() {
    }

    /**
     * Writes the jar; processes that do so at once each put a whole one into its place.
     *
     * @param program the main class
     * @return its file, in a folder for what JVMs keep of its classes
     * @throws IOException if it cannot be written
     */
    public static Path write(Class<?> program) throws IOException {
        Path folder = Files.createDirectories(CProgram.home().toAbsolutePath().normalize().resolve("target/archives"));
        Path jar = folder.resolve(program.getSimpleName() + ".jar");
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> relative(folder, Path.of(entry).toAbsolutePath().normalize()))
                .collect(Collectors.joining(" "));
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, program.getName());
        attributes.put(Attributes.Name.CLASS_PATH, classPath);
        attributes.putValue("Enable-Native-Access", "ALL-UNNAMED");
        Path written = folder.resolve(program.getSimpleName() + "." + ProcessHandle.current().pid());
        try (OutputStream out = Files.newOutputStream(written)) {
            new JarOutputStream(out, manifest).close();
        }
        return Files.move(written, jar, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The JVM takes what it keeps of classes only from a path that is relative to the jar. */
    private static String relative(Path folder, Path entry) {
        String path = folder.relativize(entry) + (Files.isDirectory(entry) ? "/" : "");
        try {
            return new URI(null, null, path, null).getRawPath();
        } catch (URISyntaxException e) {
            throw new AssertionError(e); // any path can be encoded
        }
    }
}
