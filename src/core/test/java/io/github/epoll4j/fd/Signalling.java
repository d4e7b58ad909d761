package io.github.epoll4j.fd;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** Sends signals, which the library itself has no need to. */
public final class Signalling {
    private static final MethodHandle PTHREAD_SELF = link("pthread_self", FunctionDescriptor.of(JAVA_LONG));
    private static final MethodHandle PTHREAD_KILL =
            link("pthread_kill", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle KILL = link("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    /** The union is passed like the pointer in it. */
    private static final MethodHandle SIGQUEUE =
            link("sigqueue", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));

    private Signalling() {
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    /** Gives the calling thread's name for {@link #sendTo}. */
    public static long self() {
        try {
            return (long) PTHREAD_SELF.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Sends a signal to one thread of this process. */
    public static void sendTo(long thread, int signal) {
        try {
            check((int) PTHREAD_KILL.invokeExact(thread, signal));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Sends a signal to this process. */
    static void sendToProcess(int signal) {
        try {
            check((int) KILL.invokeExact((int) ProcessHandle.current().pid(), signal));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Sends a signal to this process, with a value. */
    static void queueToProcess(int signal, long value) {
        try {
            check((int) SIGQUEUE.invokeExact((int) ProcessHandle.current().pid(), signal, value));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void check(int result) {
        if (result != 0) {
            throw new AssertionError("not sent: " + result);
        }
    }
}
