package io.github.epoll4j.bench.report;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** Where one run of all measurements puts its files: each measurement's lines under one name. */
final class RunFolder {
    private final Path folder;

    private RunFolder(Path folder) {
        this.folder = folder;
    }

    /** Takes a folder that holds no results, and makes it if it is not there. */
    static RunFolder create(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
        } catch (FileSystemException e) {
            throw new IOException("cannot make the folder " + folder + ": name one that can be written by --out", e);
        }
        if (!Files.isWritable(folder)) {
            throw new IOException("cannot write into the folder " + folder + ": name another by --out");
        }
        if (holdsResults(folder)) {
            throw new IOException(folder + " holds results already: name another folder by --out");
        }
        return new RunFolder(folder);
    }

    /** Names a folder of today that holds no results. */
    static Path ofToday(Path results) throws IOException {
        String name = LocalDate.now() + "-" + Environment.machineName();
        Path folder = results.resolve(name);
        for (int i = 2; holdsResults(folder); i++) {
            folder = results.resolve(name + "-" + i);
        }
        return folder;
    }

    private static boolean holdsResults(Path folder) throws IOException {
        return Files.isDirectory(folder)
                && (Files.exists(folder.resolve(Environment.FILE)) || !Results.files(folder).isEmpty());
    }

    Path path() {
        return folder;
    }

    /** Adds the lines of another folder's files to the files of the same names, and takes them away there. */
    void take(Path other) throws IOException {
        for (Path file : Results.files(other)) {
            List<String> lines = Files.readAllLines(file);
            Path target = folder.resolve(file.getFileName());
            List<String> added = new ArrayList<>(lines);
            if (Files.exists(target)) {
                List<String> there = Files.readAllLines(target);
                if (!heading(there).equals(heading(lines))) {
                    throw new IOException(target + " and " + file + " have other columns");
                }
                added = lines.subList(lines.indexOf(heading(lines)) + 1, lines.size());
            }
            Files.write(target, added, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            Files.delete(file);
        }
    }

    private static String heading(List<String> lines) {
        return lines.stream().filter(line -> !line.startsWith("#")).findFirst().orElse("");
    }
}
