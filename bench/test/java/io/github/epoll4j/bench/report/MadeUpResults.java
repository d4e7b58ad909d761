package io.github.epoll4j.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Files like those of a run, from what things are said to cost: made up, to test what is made of them.
 *
 * @param scanNanos   what poll and select take for each connection
 * @param searchNanos what a search takes for each connection
 * @param edge        edge's time by level's
 * @param java        Java's time by C's
 */
record MadeUpResults(double scanNanos, double searchNanos, double edge, double java) {
    private static final List<String> MECHANISMS = List.of("poll", "epoll_level", "epoll_edge");

    void write(Path folder) throws IOException {
        write(folder, "sweeps", "sweep,mechanism,trigger,language,x,runs,ns_median,ns_min,ns_max,waits,events,"
                + "ctl_calls", sweeps());
        write(folder, "programs", "program,language,mechanism,trigger,lookup,transport,connections,rounds,bytes,runs,"
                + "seconds_median,seconds_min,seconds_max,waits,events,ctl_calls,data_calls", programs());
        write(folder, "workers", "handler,threads,workers,runs,per_s_median,per_s_min,per_s_max,p50_us,p99_us",
                List.of("cpu,platform,1,5,8000,7000,8100,100,200",
                        "cpu,platform,2,5,15000,14000,15100,90,180",
                        "blocking,virtual,1,5,900,880,910,1000,2000",
                        "blocking,virtual,16,5,9000,8800,9100,900,1800"));
        write(folder, "micro", "subject,rounds,c_median_ns,c_min_ns,c_max_ns,java_median_ns,java_min_ns,java_max_ns,"
                + "ratio_median,ratio_min,ratio_max,bytes_per_op", List.of(
                "await-0,5,210,200,300," + stat(200 * java) + "," + stat(java) + ",0.01",
                "selector-0,5,210,200,300," + stat(230) + "," + stat(1.15) + ",0.01"));
        write(folder, "servers", "load,server,rounds,cpu_ns_median,cpu_ns_min,cpu_ns_max,cpu_ratio_median,"
                + "cpu_ratio_min,cpu_ratio_max,per_s_median,per_s_min,per_s_max,compiler_busy,bytes_per_message,p50_us,"
                + "p99_us,p999_us,rate",
                List.of(server("64x64B", "c-level", 1), server("64x64B", "reactor-level", java),
                        server("64x64B", "reactor-poll", java), server("64x64B", "reactor-select", java),
                        server("64x64B", "raw-edge", java), server("64x64B", "raw-oneshot", java),
                        server("10000idle+64", "c-level", 1), server("10000idle+64", "reactor-level", java)));
        write(folder, "servers-rounds", "load,server,round,repeats,messages,nanos,server_cpu_ns,compiler_cpu_ns,"
                + "others_cpu_ns", List.of(round("c-level", 1, 1, 0, 9), round("c-level", 2, 1, 0, -3),
                        round("reactor-level", 1, java, 12, 2), round("reactor-level", 2, java, 12, 2),
                        round("reactor-poll", 1, java, 12, 2), round("reactor-select", 1, java, 12, 2),
                        round("raw-oneshot", 1, java, 12, 2), round("raw-edge", 1, java, 21, 70),
                        round("raw-edge", 2, java, 20, -80)));
        write(folder, "servers-seconds", "load,server,second,per_s_min,per_s_lower,per_s_median,per_s_upper,"
                + "per_s_max", List.of("64x64B,c-level,1,1,2,3,4,5", "64x64B,c-level,2,2,3,4,5,6",
                        "64x64B,nio,1,1,2,3,4,5"));
        write(folder, "servers-footprint", "server,heap_bytes_median,heap_bytes_min,heap_bytes_max,rss_bytes_median,"
                + "rss_bytes_min,rss_bytes_max,first_echo_ms_median,first_echo_ms_min,first_echo_ms_max,"
                + "archived_first_echo_ms_median,archived_first_echo_ms_min,archived_first_echo_ms_max,"
                + "idle_runs,starts", List.of(
                "c-level,,,," + stat(500) + "," + stat(2) + ",,,,3,4",
                footprint("reactor-level", 240 * java, 600, 200 * java, 90),
                footprint("raw-oneshot", 140 * java, 600, 190 * java, 80), footprint("nio", 688, 1200, 180, 70)));
        write(folder, "startup", "program,flags,main_median_ms,event_median_ms,event_min_ms,event_max_ms",
                List.of("C,,0.4,0.5,0.4,0.6", "epoll4j,,50,80,70,100"));
    }

    private static void write(Path folder, String name, String header, List<String> lines) throws IOException {
        List<String> content = new ArrayList<>(List.of("# made up", header));
        content.addAll(lines);
        Files.write(folder.resolve(name + ".csv"), content);
    }

    private List<String> sweeps() {
        List<String> lines = new ArrayList<>();
        for (String language : List.of("java", "c")) {
            double factor = language.equals("java") ? java : 1;
            for (int x : new int[] {100, 1000, 10_000}) {
                double scan = scanNanos * x;
                lines.add("connections,poll,-," + language + "," + x + ",5," + stat((900 + scan) * factor) + ",1,1,1");
                lines.add("connections,epoll,level," + language + "," + x + ",5," + stat(900 * factor) + ",1,1,1");
                double shared = scanNanos * 10_000 / x;
                lines.add("active,poll,-," + language + "," + x + ",5," + stat((900 + shared) * factor) + ",1,1,1");
                lines.add("active,epoll,level," + language + "," + x + ",5," + stat(950 * factor) + ",1,1,1");
                lines.add("triggers,epoll,level," + language + "," + x + ",5," + stat(900 * factor) + ",1,1,1");
                lines.add("triggers,epoll,edge," + language + "," + x + ",5," + stat(900 * edge * factor) + ",1,1,1");
                lines.add("triggers,epoll,oneshot," + language + "," + x + ",5," + stat(1200 * factor) + ",1,1,1");
            }
        }
        return lines;
    }

    private List<String> programs() {
        List<String> lines = new ArrayList<>();
        for (String mechanism : MECHANISMS) {
            program(lines, mechanism, "conn", "-", 1, 1);
            for (int[] run : new int[][] {{100, 1024}, {100, 10_240}, {1000, 1024}}) {
                program(lines, mechanism, "performance", "-", run[0], run[1]);
            }
            for (int[] run : new int[][] {{100, 102_400}, {100, 1024}, {500, 1024}}) {
                program(lines, mechanism, "performance_2", mechanism.equals("poll") ? "index" : "linear", run[0],
                        run[1]);
            }
            program(lines, mechanism, "performance_2", "index", 1000, 1024);
            program(lines, mechanism, "performance_2", "linear", 1000, 1024);
        }
        return lines;
    }

    private void program(List<String> lines, String mechanism, String kind, String lookup, int rounds, int bytes) {
        boolean isConnecting = kind.equals("conn");
        for (int connections : new int[] {1000, 10_000}) {
            double scan = mechanism.equals("poll") ? scanNanos * connections : 0;
            // all are under way in the second kind, so a scan is shared
            double nanos = 20_000 + (kind.endsWith("_2") ? scan / 1000 : scan)
                    + (lookup.equals("linear") ? searchNanos * connections / 2 : 0);
            int number = isConnecting ? 1000 : rounds;
            lines.add(String.join(",", mechanism + "_" + kind, "java", mechanism.split("_")[0], "-", lookup, "unix",
                    "" + connections, "" + number, "" + bytes, "3",
                    stat(nanos * number / 1e9 * (mechanism.equals("epoll_edge") ? edge : 1) * java), "1,1,1,1"));
        }
    }

    private static String server(String load, String name, double ratio) {
        return String.join(",", load, name, "5", stat(4000 * ratio), stat(ratio), stat(250_000 / ratio),
                name.startsWith("c-") ? "0.000," : name.equals("raw-edge") ? "0.021,0.2" : "0.012,0.2",
                "" + 60 * ratio, "" + 200 * ratio, "" + 900 * ratio, "125000.000");
    }

    /** A second under the load 64x64B, of which compilers and others have used so many milliseconds. */
    private static String round(String name, int number, double ratio, int compilers, int others) {
        long messages = Math.round(250_000 / ratio);
        return String.join(",", "64x64B", name, "" + number, "" + (number - 1), "" + messages, "1000000000",
                "" + Math.round(4000 * ratio * messages), compilers + "000000", others + "000000");
    }

    private static String footprint(String server, double heap, double resident, double echo, double archived) {
        return String.join(",", server, stat(heap), stat(resident), stat(echo), stat(archived), "3", "4");
    }

    /** Writes a median, and a minimum and a maximum that are not far. */
    private static String stat(double median) {
        return String.format(Locale.ROOT, "%.9f,%.9f,%.9f", median, median * 0.99, median * 1.04);
    }
}
