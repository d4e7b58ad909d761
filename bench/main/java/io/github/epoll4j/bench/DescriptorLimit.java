package io.github.epoll4j.bench;

/** How many descriptors this process and its children may have. */
public final class DescriptorLimit {
    private static final int SOFT = 0;
    private static final int HARD = 1;

    private DescriptorLimit() {
    }

    /**
     * Gives the limit that holds now, which a JVM has raised to the hard one.
     *
     * @return the soft limit of RLIMIT_NOFILE; the largest long if there is none
     */
    public static long now() {
        return limit(SOFT);
    }

    /** Gives the hard limit, up to which a JVM and the programs in C raise their own. */
    static long most() {
        return limit(HARD);
    }

    /** Where the kernel does not tell there is no limit: the calls themselves will say it. */
    private static long limit(int which) {
        return KernelFile.value("/proc/self/limits", "Max open files")
                .map(limits -> limits.split(" ")[which])
                .filter(limit -> !limit.equals("unlimited"))
                .map(Long::valueOf)
                .orElse(Long.MAX_VALUE);
    }
}
