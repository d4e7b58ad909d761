package io.github.epoll4j.fd;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.errno.errno_h;
import io.github.epoll4j.internal.gen.pidfd.child_info;
import io.github.epoll4j.internal.gen.pidfd.pidfd_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.io.FdCalls;
import io.github.epoll4j.internal.io.FileOwner;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A process as a descriptor: readable once the process has ended, and from then on. Any process can be watched, not
 * only a child. Nothing can be read from it.
 *
 * <p>The number of a process is free for a new one once its parent has fetched the exit status. The descriptor, once
 * open, refers to the same process for good.
 *
 * {@snippet lang=java :
 * try (PidFd process = PidFd.of(child)) {       // null if the child has ended already
 *     if (process != null) {
 *         epoll.add(process, EPOLLIN, CHILD);
 *         …                                     // readable
 *         System.out.println(process.exitStatus());
 *     }
 * }
 * }
 *
 * <p>Thread-safe. Ownership: the caller closes the descriptor, which has no effect on the process.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/pidfd_open.2.html">pidfd_open(2)</a>
 */
public final class PidFd extends OwnedFd {
    private static final int LARGEST_SIGNAL = 64;

    private final long pid;
    /** The JVM's child, or null; the JVM fetches the exit status of its children itself. */
    private final Process child;

    private PidFd(int fd, long pid, Process child) {
        super(fd);
        this.pid = pid;
        this.child = child;
    }

    /**
     * {@code pidfd_open(pid, 0)}: opens a process by its number. The kernel makes the descriptor close-on-exec.
     *
     * <p>The number may belong to another process since the caller read it; {@link #of(ProcessHandle)} excludes that.
     *
     * @param pid the number of a process, not of a thread, in this process's PID namespace; 1 or more
     * @return the process's descriptor, to be closed by the caller
     * @throws ErrnoException ESRCH if there is no such process, or its exit status was fetched; EINVAL or ENOENT if it
     *     is a thread's number; EMFILE, ENFILE, ENODEV or ENOMEM; EPERM in a sandbox that does not know the call
     * @throws IllegalArgumentException if the number cannot be a process's
     * @throws UnsupportedOperationException if the kernel lacks the call (before Linux 5.3), the platform is not
     *     supported, or native access is denied
     */
    public static PidFd open(long pid) throws ErrnoException {
        int result = pidfdOpen(pid);
        if (result < 0) {
            throw new ErrnoException("pidfd_open", "pid=" + pid, -result);
        }
        return new PidFd(result, pid, null);
    }

    /**
     * {@code pidfd_open(pid, 0)}: opens a process that this JVM started.
     *
     * <p>The JVM fetches the exit status of its children as soon as they end, which frees the number. A child that has
     * ended is therefore no error: {@link Process#exitValue()} has its exit code.
     *
     * @param process the process
     * @return its descriptor, to be closed by the caller; null if it has ended
     * @throws ErrnoException EMFILE, ENFILE, ENODEV or ENOMEM; EPERM in a sandbox that does not know the call
     * @throws UnsupportedOperationException as {@link #open(long)}
     */
    public static PidFd of(Process process) throws ErrnoException {
        return of(process.toHandle(), process);
    }

    /**
     * {@code pidfd_open(pid, 0)}: opens a process, and compares its start time afterwards, so that it is not another
     * process with the same number.
     *
     * @param process the process
     * @return its descriptor, to be closed by the caller; null if it has ended
     * @throws ErrnoException EMFILE, ENFILE, ENODEV or ENOMEM; EPERM in a sandbox that does not know the call
     * @throws UnsupportedOperationException as {@link #open(long)}
     */
    public static PidFd of(ProcessHandle process) throws ErrnoException {
        return of(process, null);
    }

    private static PidFd of(ProcessHandle process, Process child) throws ErrnoException {
        int result = pidfdOpen(process.pid());
        if (result == -Errno.ESRCH) {
            return null;
        }
        ErrnoException.check(result, "pidfd_open", "pid=" + process.pid());
        if (!process.isAlive()) {
            FdCalls.close(result);
            return null;
        }
        return new PidFd(result, process.pid(), child);
    }

    private static int pidfdOpen(long pid) {
        if (pid < 1 || pid > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("not a process identifier: " + pid);
        }
        Platform.require();
        int result;
        try (CallState state = CallState.take()) {
            result = (int) state.result(unistd_h.syscall(state.errno(), unistd_h.SYS_pidfd_open, (int) pid, 0));
        }
        if (result == -Errno.ENOSYS) {
            throw new UnsupportedOperationException("pidfd_open needs Linux 5.3 or later: "
                    + Errno.describe(Errno.ENOSYS));
        }
        return result;
    }

    /**
     * {@code fcntl(F_SETFL, O_NONBLOCK)}: takes ownership of a process's descriptor that other code opened. Sets it to
     * non-blocking, which duplicates share, and close-on-exec.
     *
     * @param fd the number of an open descriptor; it stays the caller's if this throws
     * @return its owner, to be closed by the caller
     * @throws ErrnoException EBADF if the number is not open
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static PidFd adopt(int fd) throws IOException {
        FdKind.PIDFD.require(fd);
        int pid = FdKind.info(fd, "Pid");
        FdCalls.setNonBlockingAndCloseOnExec(fd);
        return new PidFd(fd, pid, null);
    }

    /**
     * Takes ownership of a process's descriptor that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static PidFd adopt(FileFd file) throws IOException {
        return FileOwner.pass(file, PidFd::adopt);
    }

    /**
     * Returns the number of the process.
     *
     * @return the number, which may belong to another process once this one has ended; of an adopted descriptor 0 if
     *     the process is in another PID namespace, and -1 if it had ended
     */
    public long pid() {
        return pid;
    }

    /**
     * {@code pidfd_send_signal(fd, signal, NULL, 0)}: sends a signal to the process. It never reaches another process
     * that got the same number.
     *
     * @param signal the signal, see {@link Signals}; 0 sends none and only checks
     * @return true if it was sent; false if the process has ended and its exit status was fetched
     * @throws ErrnoException EPERM if this process may not signal the other one; EINVAL if the other one is in a PID
     *     namespace that is not visible here
     * @throws IllegalArgumentException if the number is not a signal's
     * @throws IllegalStateException if this descriptor is closed
     * @throws UnsupportedOperationException if the kernel lacks the call (before Linux 5.1)
     * @see <a href="https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html">pidfd_send_signal(2)</a>
     */
    public boolean signal(int signal) throws ErrnoException {
        if (signal < 0 || signal > LARGEST_SIGNAL) {
            throw new IllegalArgumentException("not a signal: " + signal);
        }
        int fd = acquire();
        int result;
        try (CallState state = CallState.take()) {
            result = (int) state.result(unistd_h.syscall(
                    state.errno(), unistd_h.SYS_pidfd_send_signal, fd, signal, MemorySegment.NULL, 0));
        } finally {
            release();
        }
        if (result == -Errno.ESRCH) {
            return false;
        }
        if (result == -Errno.ENOSYS) {
            throw new UnsupportedOperationException("pidfd_send_signal needs Linux 5.1 or later: "
                    + Errno.describe(Errno.ENOSYS));
        }
        if (result < 0) {
            throw new ErrnoException("pidfd_send_signal", "pid=" + pid + ", " + Signals.name(signal), -result);
        }
        return true;
    }

    /**
     * {@code waitid(P_PIDFD, WEXITED | WNOHANG | WNOWAIT)}: returns whether and how the process has ended. The status
     * stays in the kernel, for {@code Process} or other code to fetch.
     *
     * <p>The JVM fetches the status of its own children first. For a descriptor of {@link #of(Process)} the result then
     * comes from {@link Process#exitValue()}, which this method waits for during the moment that the JVM takes. It has
     * one number for both ends: a child that a signal killed is {@code EXITED} with 128 plus the signal.
     *
     * @return the status; {@link ExitStatus.State#UNKNOWN} if the process is not a child of this one, or its status was
     *     fetched
     * @throws ErrnoException EINVAL before Linux 5.4
     * @throws IllegalStateException if this descriptor is closed
     * @see <a href="https://man7.org/linux/man-pages/man2/waitid.2.html">waitid(2)</a>
     */
    public ExitStatus exitStatus() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            state.bytes().putInt(child_info.pid$OFFSET, 0);
            int result;
            do {
                result = state.result(pidfd_h.waitid(state.errno(), pidfd_h.P_PIDFD, fd, state.scratch(),
                        pidfd_h.WEXITED | pidfd_h.WNOHANG | pidfd_h.WNOWAIT));
            } while (result == -Errno.EINTR);
            if (result == -errno_h.ECHILD) {
                return statusOfChild();
            }
            ErrnoException.check(result, "waitid", "P_PIDFD, pid=" + pid);
            if (state.bytes().getInt(child_info.pid$OFFSET) == 0) {
                return new ExitStatus(ExitStatus.State.RUNNING, 0);
            }
            boolean isExit = state.bytes().getInt(child_info.code$OFFSET) == pidfd_h.CLD_EXITED;
            return new ExitStatus(isExit ? ExitStatus.State.EXITED : ExitStatus.State.KILLED,
                    state.bytes().getInt(child_info.status$OFFSET));
        } finally {
            release();
        }
    }

    private ExitStatus statusOfChild() {
        // alive, and not a child in the kernel's eyes: a Process of a subclass
        if (child == null || child.toHandle().isAlive()) {
            return new ExitStatus(ExitStatus.State.UNKNOWN, 0);
        }
        return new ExitStatus(ExitStatus.State.EXITED, child.onExit().join().exitValue());
    }
}
