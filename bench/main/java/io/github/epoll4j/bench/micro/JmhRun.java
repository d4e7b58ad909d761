package io.github.epoll4j.bench.micro;

import io.github.epoll4j.bench.Stat;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.results.IterationResult;
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
 * @param bytesPerOp what the measuring thread allocated for each operation, in bytes, in the median iteration
 */
record JmhRun(List<Double> nanos, double bytesPerOp) {
    /** Runs a subject in a JVM of its own. */
    static JmhRun of(Subject subject, int millis, int iterations, List<String> jvmArguments) throws RunnerException {
        TimeValue time = TimeValue.milliseconds(millis);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(subject.include())
                .forks(1)
                .threads(1)
                .warmupIterations(Math.max(iterations, subject.leastWarmUp()))
                .warmupTime(time)
                .measurementIterations(iterations)
                .measurementTime(time)
                .jvmArgsAppend("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow")
                .jvmArgsPrepend(jvmArguments.toArray(String[]::new))
                .addProfiler(WorkerAllocation.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        subject.parameters().forEach(options::param);
        Collection<RunResult> results = new Runner(options.build()).run();
        if (results.size() != 1) {
            throw new RunnerException(subject.include() + " names " + results.size() + " benchmarks");
        }
        RunResult result = results.iterator().next();
        Collection<IterationResult> iterationResults =
                result.getBenchmarkResults().iterator().next().getIterationResults();
        List<Double> bytes = new ArrayList<>();
        List<Double> nanos = new ArrayList<>();
        for (IterationResult iteration : iterationResults) {
            nanos.add(iteration.getPrimaryResult().getScore());
            bytes.add(iteration.getSecondaryResults().get(WorkerAllocation.RESULT).getScore());
        }
        return new JmhRun(nanos, Stat.of(bytes).median());
    }
}
