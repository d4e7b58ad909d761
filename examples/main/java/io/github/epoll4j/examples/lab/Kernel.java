package io.github.epoll4j.examples.lab;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kernel that a scenario is played on.
 *
 * @param release      as {@code uname -r} prints it
 * @param architecture as {@code uname -m} prints it
 */
record Kernel(String release, String architecture) {
    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\.(\\d{1,4}).*");

    static Kernel running() {
        return new Kernel(System.getProperty("os.version"), architecture(System.getProperty("os.arch")));
    }

    /** As the kernel names it, which Java does not. */
    private static String architecture(String name) {
        return name.equals("amd64") ? "x86_64" : name;
    }

    /** Whether this kernel is of a version that has the call; an unreadable version is taken for a new one. */
    boolean has(KernelCall call) {
        Matcher version = VERSION.matcher(release);
        if (!version.matches()) {
            return true;
        }
        int major = Integer.parseInt(version.group(1));
        return major > call.major() || major == call.major() && Integer.parseInt(version.group(2)) >= call.minor();
    }

    String lacks(KernelCall call) {
        return call.name() + " came with Linux " + call.major() + "." + call.minor() + "; this is " + release;
    }

    /** What is said of a call that the kernel answers with ENOSYS. */
    String refuses(String call) {
        return "the kernel lacks " + call + KernelCall.named(call)
                .map(known -> ", which came with Linux " + known.major() + "." + known.minor()).orElse("")
                + "; this is " + release;
    }

    @Override
    public String toString() {
        return "Linux " + release + " " + architecture;
    }
}
