/**
 * {@code sys/select.h}: three sets of descriptors go in, and come out with those that are ready.
 *
 * <p>An {@link io.github.epoll4j.select.FdSet} is a bitmap with one bit for each descriptor <em>number</em>. A wait
 * overwrites the sets it is given, so a program keeps the interest and passes a copy:
 *
 * {@snippet :
 * FdSet interest = FdSet.allocate();
 * interest.set(pipe.readFd());
 * FdSet ready = interest.copy();
 * int count = Select.select(ready, null, null, Duration.ofMillis(200));
 * for (int fd = ready.next(0); fd >= 0; fd = ready.next(fd + 1)) {
 *     // fd is readable
 * }
 * }
 *
 * <h2>What surprises</h2>
 *
 * <ul>
 * <li>FD_SETSIZE, 1024, limits the number of a descriptor, not how many there are, and it is the C library's limit: the
 *     kernel takes any size, and so does {@link io.github.epoll4j.select.FdSet#allocate(int)}.
 * <li>The result counts bits: a descriptor that is readable and writable counts twice.
 * <li>The third set is for urgent data, not for errors. A reset connection is readable and writable.
 * <li>Each wait costs as much as the highest number is high, here and in the kernel, whatever is ready.
 * </ul>
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/select.2.html">select(2)</a>
 */
package io.github.epoll4j.select;
