package io.github.epoll4j.internal.ffi;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.Set;

/** The platform: whether this JVM runs where the bindings were proved, and may call native code. */
public final class Platform {
    /** The reason why calls are impossible here, or null. */
    private static final String PROBLEM = problem(System.getProperty("os.name"), System.getProperty("os.arch"));

    private Platform() {
    }

    /** Returns the reason why calls are impossible here, or null if they are possible. */
    public static String problem() {
        return PROBLEM;
    }

    /**
     * Checks the platform. Every method that opens or allocates something begins with it, so that this fails first and
     * not a class's initialiser.
     *
     * @throws UnsupportedOperationException if this is not Linux on x86-64 or aarch64, or native access is denied
     */
    public static void require() {
        if (PROBLEM != null) {
            throw new UnsupportedOperationException(PROBLEM);
        }
    }

    static boolean isX86(String osArch) {
        return Set.of("amd64", "x86_64").contains(osArch.toLowerCase(Locale.ROOT));
    }

    static boolean isArm(String osArch) {
        return Set.of("aarch64", "arm64").contains(osArch.toLowerCase(Locale.ROOT));
    }

    static String problem(String osName, String osArch) {
        if (!osName.equals("Linux") || !isX86(osArch) && !isArm(osArch)) {
            return "epoll4j needs Linux on x86-64 or aarch64; this is " + osName + " on " + osArch;
        }
        return isNativeAccessDenied() ? accessDenied(Platform.class.getModule()) : null;
    }

    static String accessDenied(Module module) {
        return "native access is denied to epoll4j; start java with --enable-native-access="
                + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
    }

    @SuppressWarnings("restricted") // on purpose: the cheapest call that the JVM would deny
    private static boolean isNativeAccessDenied() {
        try {
            MemorySegment.NULL.reinterpret(0);
            return false;
        } catch (IllegalCallerException e) {
            return true;
        }
    }
}
