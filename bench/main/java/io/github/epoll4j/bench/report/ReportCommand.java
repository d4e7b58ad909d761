package io.github.epoll4j.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bench/run report}: the report of measurements that were made before. */
@Command(name = "report", description = "Writes REPORT.md and the charts anew, from the CSV files of a "
        + "folder, and from its notes.md, which is for whoever has something to say about the run.")
public final class ReportCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "the folder, as bench/run all makes it")
    private Path folder;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "print this help")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    ReportCommand() {
    }

    @Override
    public Integer call() throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new CommandLine.ParameterException(spec.commandLine(), folder + " is no folder");
        }
        spec.commandLine().getOut().println("written to " + MarkdownReport.write(folder));
        return 0;
    }
}
