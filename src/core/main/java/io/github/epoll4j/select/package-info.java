/**
 * {@code sys/select.h}: waits on three sets of descriptors and overwrites them with the ready ones.
 *
 * <p>An {@link io.github.epoll4j.select.FdSet} is a bitmap with one bit for each descriptor <em>number</em>. A wait
 * overwrites its arguments, so a program keeps the interest set and passes a copy:
 *
 * {@snippet :
 * FdSet interest = FdSet.allocate();
 * interest.set(pipe.reader());
 * FdSet ready = interest.copy();
 * int count = Select.select(ready, null, null, Duration.ofMillis(200));
 * for (int fd = ready.next(0); fd >= 0; fd = ready.next(fd + 1)) {
 *     // fd is readable
 * }
 * }
 *
 * <h2>Pitfalls</h2>
 *
 * <ul>
 * <li>FD_SETSIZE, 1024, limits the number of a descriptor, not the count of descriptors. It is a limit of the C
 *     library: the kernel accepts any size, and so does {@link io.github.epoll4j.select.FdSet#allocate(int)}.
 * <li>The result counts bits: a descriptor that is readable and writable counts twice.
 * <li>The third set is for urgent data, not for errors. A reset connection is readable and writable.
 * <li>The cost of a wait is proportional to the highest number, here and in the kernel, however few are ready.
 * </ul>
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/select.2.html">select(2)</a>
 */
package io.github.epoll4j.select;
