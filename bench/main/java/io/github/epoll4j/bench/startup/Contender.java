package io.github.epoll4j.bench.startup;

import io.github.epoll4j.bench.CProgram;
import io.github.epoll4j.bench.Stat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One program, started in one way, and the times of its runs. */
final class Contender {
    private final String title;
    private final String way;
    private final List<String> command;
    private final Map<String, List<Double>> millis = new LinkedHashMap<>();

    Contender(String title, String way, List<String> command) {
        this.title = title;
        this.way = way;
        this.command = command;
    }

    /** Starts the program, whose lines name moments of the monotonic clock, and keeps the time from start to each. */
    void run() throws IOException {
        long start = System.nanoTime();
        for (String line : CProgram.run(command)) {
            int space = line.lastIndexOf(' ');
            double time = (Long.parseLong(line.substring(space + 1)) - start) / 1e6;
            millis.computeIfAbsent(line.substring(0, space), name -> new ArrayList<>()).add(time);
        }
    }

    String title() {
        return title;
    }

    String way() {
        return way;
    }

    /** Gives the times of one name, in milliseconds. */
    Stat stat(String name) {
        return Stat.of(millis.get(name));
    }

    /** Gives a line of the table. */
    String line() {
        return String.format(Locale.ROOT, "%-16s%-36s%9.1f%9.1f (%.1f-%.1f)", title, way, stat("main").median(),
                stat("event").median(), stat("event").min(), stat("event").max());
    }

    /** Gives a line of the file. */
    String csvLine() {
        return String.format(Locale.ROOT, "%s,%s,%.3f,%.3f,%.3f,%.3f", title, way, stat("main").median(),
                stat("event").median(), stat("event").min(), stat("event").max());
    }
}
