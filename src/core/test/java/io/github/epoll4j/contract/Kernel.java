package io.github.epoll4j.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The kernel that the tests run on. */
final class Kernel {
    private Kernel() {
    }

    /** Tells its version and architecture, such as "Linux 6.18, x86-64". */
    static String described() {
        String[] version = System.getProperty("os.version").split("[.-]");
        String arch = System.getProperty("os.arch").equals("amd64") ? "x86-64" : System.getProperty("os.arch");
        return "Linux " + version[0] + "." + version[1] + ", " + arch;
    }

    /** Skips the test on an older kernel. */
    static void assumeAtLeast(int major, int minor) {
        String[] version = System.getProperty("os.version").split("[.-]");
        int here = Integer.parseInt(version[0]) * 1000 + Integer.parseInt(version[1]);
        assumeTrue(here >= major * 1000 + minor, "needs Linux " + major + "." + minor);
    }
}
