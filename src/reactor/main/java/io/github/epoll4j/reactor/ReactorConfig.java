package io.github.epoll4j.reactor;

import io.github.epoll4j.reactor.loop.FailureHandler;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;

/**
 * The loops of a {@link Reactor}. Begin with {@link #DEFAULT} and change what is to be different.
 *
 * {@snippet :
 * var config = ReactorConfig.DEFAULT.withLoops(1).withBlockedLoopLimit(Duration.ofSeconds(1));
 * }
 *
 * @param loops the number of loops and threads, above 0
 * @param mechanism the call that they wait with
 * @param failureHandler receives the failures of handlers, tasks and timers, on the loops' threads
 * @param name the beginning of the threads' names, which a number follows
 * @param threadFactory creates the threads, which should be platform threads; null for ones that keep the program
 *     running
 * @param blockedLoopLimit the time after which a loop that is blocked by a handler is logged once with its stack; zero
 *     is disabled
 */
public record ReactorConfig(int loops, Mechanism mechanism, FailureHandler failureHandler, String name,
        ThreadFactory threadFactory, Duration blockedLoopLimit) {
    /** One loop for each processor, on epoll; failures are logged; threads are named {@code reactor-loop-0} etc. */
    public static final ReactorConfig DEFAULT = new ReactorConfig(Runtime.getRuntime().availableProcessors(),
            Mechanism.EPOLL, FailureHandler.LOGGING, "reactor-loop-", null, Duration.ZERO);

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if the number is not above 0, or the limit is negative
     */
    public ReactorConfig {
        Objects.requireNonNull(mechanism);
        Objects.requireNonNull(failureHandler);
        Objects.requireNonNull(name);
        if (loops <= 0 || blockedLoopLimit.isNegative()) {
            throw new IllegalArgumentException("loops " + loops + ", limit for a blocked loop " + blockedLoopLimit);
        }
    }

    /**
     * Returns this configuration with another number of loops.
     *
     * @param loops the number of loops and threads, above 0
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ReactorConfig withLoops(int loops) {
        return new ReactorConfig(loops, mechanism, failureHandler, name, threadFactory, blockedLoopLimit);
    }

    /**
     * Returns this configuration with another mechanism.
     *
     * @param mechanism the call that they wait with
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ReactorConfig withMechanism(Mechanism mechanism) {
        return new ReactorConfig(loops, mechanism, failureHandler, name, threadFactory, blockedLoopLimit);
    }

    /**
     * Returns this configuration with another failure handler.
     *
     * @param failureHandler receives the failures of handlers, tasks and timers, on the loops' threads
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ReactorConfig withFailureHandler(FailureHandler failureHandler) {
        return new ReactorConfig(loops, mechanism, failureHandler, name, threadFactory, blockedLoopLimit);
    }

    /**
     * Returns this configuration with another name.
     *
     * @param name the beginning of the threads' names, which a number follows
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ReactorConfig withName(String name) {
        return new ReactorConfig(loops, mechanism, failureHandler, name, threadFactory, blockedLoopLimit);
    }

    /**
     * Returns this configuration with another thread factory.
     *
     * @param threadFactory creates the threads, which should be platform threads; null for ones that keep the program
     *     running
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ReactorConfig withThreadFactory(ThreadFactory threadFactory) {
        return new ReactorConfig(loops, mechanism, failureHandler, name, threadFactory, blockedLoopLimit);
    }

    /**
     * Returns this configuration with another limit for a blocked loop.
     *
     * @param blockedLoopLimit the time after which a loop that is blocked by a handler is logged once with its stack;
     *     zero is disabled
     * @return the new configuration
     * @throws IllegalArgumentException as the constructor
     */
    public ReactorConfig withBlockedLoopLimit(Duration blockedLoopLimit) {
        return new ReactorConfig(loops, mechanism, failureHandler, name, threadFactory, blockedLoopLimit);
    }
}
