package io.github.epoll4j.examples.lab;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A call or a flag that came with a version of Linux.
 *
 * @param name  its name
 * @param major the version that brought it
 * @param minor its second number
 */
record KernelCall(String name, int major, int minor) {
    static final KernelCall EPOLL_PWAIT2 = new KernelCall("epoll_pwait2", 5, 11);
    static final KernelCall EPOLLEXCLUSIVE = new KernelCall("EPOLLEXCLUSIVE", 4, 5);

    static Optional<KernelCall> named(String name) {
        return Stream.of(EPOLL_PWAIT2, EPOLLEXCLUSIVE).filter(call -> call.name.equals(name)).findFirst();
    }
}
