package io.github.epoll4j.internal.sys;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/** The calls of {@code sys/inotify.h}. */
public final class InotifyCalls {
    private static final CFunction INOTIFY_INIT1 = CFunction.of("inotify_init1");
    private static final CFunction INOTIFY_ADD_WATCH = CFunction.of("inotify_add_watch");
    private static final CFunction INOTIFY_RM_WATCH = CFunction.of("inotify_rm_watch");

    private InotifyCalls() {
    }

    /** {@code inotify_init1(flags)}. */
    public static int init1(CallState state, int flags) {
        return state.result((int) INOTIFY_INIT1.call(state, flags));
    }

    /** {@code inotify_add_watch(fd, pathname, mask)} with a path that ends in a zero byte. */
    public static int addWatch(CallState state, int fd, MemorySegment path, int mask) {
        int result = state.result((int) INOTIFY_ADD_WATCH.call(state, fd, path.address(), mask));
        Reference.reachabilityFence(path);
        return result;
    }

    /** {@code inotify_rm_watch(fd, wd)}. */
    public static int rmWatch(CallState state, int fd, int watch) {
        return state.result((int) INOTIFY_RM_WATCH.call(state, fd, watch));
    }
}
