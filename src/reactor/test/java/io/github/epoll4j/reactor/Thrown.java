package io.github.epoll4j.reactor;

import java.util.function.Supplier;

/** What user code can throw, declared or not, that must end only the thing that has thrown it. */
public enum Thrown {
    CHECKED(() -> new InterruptedException("undeclared")),
    RUNTIME(() -> new IllegalArgumentException("runtime")),
    ASSERTION(() -> new AssertionError("error")),
    LINKAGE(() -> new NoClassDefFoundError("class")),
    MEMORY(() -> new OutOfMemoryError("thrown")),
    STACK(Thrown::overflow),
    ZIP(() -> new InternalError("a subclass is not the JVM's own") { });

    private final Supplier<Throwable> maker;

    Thrown(Supplier<Throwable> maker) {
        this.maker = maker;
    }

    public Throwable make() {
        return maker.get();
    }

    /** Throws anything, undeclared, as generic casts and other languages can. */
    @SuppressWarnings("unchecked")
    public static <T extends Throwable> RuntimeException sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    private static Throwable overflow() {
        try {
            throw new AssertionError(depth(0));
        } catch (StackOverflowError e) {
            return e;
        }
    }

    private static int depth(int depth) {
        return depth(depth + 1) + 1;
    }
}
