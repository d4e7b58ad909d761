package io.github.epoll4j.bench.micro;

import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * One fork of one benchmark.
 *
 * @param nanos      the nanoseconds of each operation, in each iteration
 * @param bytesPerOp what the fork's threads allocated for each operation, in bytes
 */
record JmhRun(List<Double> nanos, double bytesPerOp) {
    /** Runs a subject in a JVM of its own. */
    static JmhRun of(Subject subject, int millis, int iterations, List<String> jvmArguments) throws RunnerException {
        TimeValue time = TimeValue.milliseconds(millis);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(subject.include())
                .forks(1)
                .threads(1)
                .warmupIterations(iterations)
                .warmupTime(time)
                .measurementIterations(iterations)
                .measurementTime(time)
                .jvmArgsAppend("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
                .jvmArgsPrepend(jvmArguments.toArray(String[]::new))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        subject.parameters().forEach(options::param);
        Collection<RunResult> results = new Runner(options.build()).run();
        if (results.size() != 1) {
            throw new RunnerException(subject.include() + " names " + results.size() + " benchmarks");
        }
        RunResult result = results.iterator().next();
        List<Double> nanos = result.getBenchmarkResults().iterator().next().getIterationResults().stream()
                .map(iteration -> iteration.getPrimaryResult().getScore())
                .toList();
        return new JmhRun(nanos, result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
    }
}
