package io.github.epoll4j.internal.sys;

import java.lang.foreign.MemorySegment;
import java.util.Locale;

/** Whether this JVM runs where the bindings were proved, and may call native code at all. */
public final class Platform {
    /** What is wrong here, or null. */
    private static final String PROBLEM = problem(System.getProperty("os.name"), System.getProperty("os.arch"));

    private Platform() {
    }

    /**
     * Makes sure of the platform; every method that opens or allocates something starts with it, so that the first
     * thing to fail is this and not a class's initialiser.
     *
     * @throws UnsupportedOperationException if this is not Linux on x86-64 or aarch64, or native access is denied
     */
    public static void require() {
        if (PROBLEM != null) {
            throw new UnsupportedOperationException(PROBLEM);
        }
    }

    /** Names the machine's architecture as jextract's targets do: x86_64 or aarch64. */
    static String architecture(String osArch) {
        return switch (osArch.toLowerCase(Locale.ROOT)) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "aarch64";
            default -> osArch;
        };
    }

    static String problem(String osName, String osArch) {
        String architecture = architecture(osArch);
        if (!osName.equals("Linux") || !(architecture.equals("x86_64") || architecture.equals("aarch64"))) {
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
