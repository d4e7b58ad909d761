package io.github.epoll4j.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Where results go: a table for the reader, and a file if one is asked for. */
public final class Report {
    /** How the line begins that names a file. */
    public static final String PLACE = "written to ";

    private final PrintWriter out;

    /**
     * Reports to a reader.
     *
     * @param out where tables go
     */
    public Report(PrintWriter out) {
        this.out = out;
    }

    /**
     * Prints a table, with the machine that it was measured on.
     *
     * @param header the heading
     * @param lines  the lines
     */
    public void table(String header, List<String> lines) {
        out.println(machine());
        out.println();
        out.println(header);
        lines.forEach(out::println);
        out.flush();
    }

    /**
     * Writes a file {@code <name>.csv}, or adds the lines to it if it is there.
     *
     * @param folder where; made if it is not there
     * @param name   what was measured
     * @param header the names of the columns
     * @param lines  the lines
     * @throws IOException if it cannot be written, or has other columns
     */
    public void csv(Path folder, String name, String header, List<String> lines) throws IOException {
        Path file = Files.createDirectories(folder).resolve(name + ".csv");
        List<String> content = new ArrayList<>();
        if (!Files.exists(file)) {
            content.addAll(List.of("# " + machine(), header));
        } else if (!Files.readAllLines(file).contains(header)) {
            throw new IOException(file + " has other columns: name another folder by --out");
        }
        content.addAll(lines);
        Files.write(file, content, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        out.println();
        out.println(PLACE + file);
        out.flush();
    }

    private static String machine() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + KernelFile.processor() + ", " + Runtime.getRuntime().availableProcessors() + " processors, "
                + System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version");
    }
}
