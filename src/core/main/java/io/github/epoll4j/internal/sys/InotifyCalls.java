package io.github.epoll4j.internal.sys;

import io.github.epoll4j.internal.gen.inotify.inotify_h;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of {@code sys/inotify.h}. */
public final class InotifyCalls {
    private InotifyCalls() {
    }

    /** {@code inotify_init1(flags)}. */
    public static int init1(CallState state, int flags) {
        try {
            return state.result((int) Init1.HANDLE.invokeExact(state.errno(), flags));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code inotify_add_watch(fd, pathname, mask)} with a path that ends in a zero byte. */
    public static int addWatch(CallState state, int fd, MemorySegment path, int mask) {
        try {
            return state.result((int) AddWatch.HANDLE.invokeExact(state.errno(), fd, path, mask));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    /** {@code inotify_rm_watch(fd, wd)}. */
    public static int rmWatch(CallState state, int fd, int watch) {
        try {
            return state.result((int) RmWatch.HANDLE.invokeExact(state.errno(), fd, watch));
        } catch (Throwable e) {
            throw Downcall.rethrow(e);
        }
    }

    private static final class Init1 {
        static final MethodHandle HANDLE =
                Downcall.link(inotify_h.inotify_init1$address(), inotify_h.inotify_init1$descriptor());
    }

    private static final class AddWatch {
        static final MethodHandle HANDLE =
                Downcall.link(inotify_h.inotify_add_watch$address(), inotify_h.inotify_add_watch$descriptor());
    }

    private static final class RmWatch {
        static final MethodHandle HANDLE =
                Downcall.link(inotify_h.inotify_rm_watch$address(), inotify_h.inotify_rm_watch$descriptor());
    }
}
