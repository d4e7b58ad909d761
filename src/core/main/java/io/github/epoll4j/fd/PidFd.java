package io.github.epoll4j.fd;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.unistd.unistd_h;

/**
 * A process that can be waited for: readable from the moment when it has ended, and for good. Any process may be
 * watched, not only a child; nothing can be read from the descriptor.
 *
 * <p>A process identifier is free for a new process as soon as the ended one was reaped, that is when its parent has
 * fetched its exit status. The descriptor, once open, keeps meaning the process that it was opened for. The JVM reaps
 * the processes that it started on its own as soon as they end: their exit status comes from
 * {@link Process#exitValue()} or {@link Process#onExit()}, which may be a moment later than this descriptor's
 * readiness, and a {@code Process} that has ended can no longer be opened.
 *
 * <p>Thread-safe. Ownership: closing the descriptor does nothing to the process.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/pidfd_open.2.html">pidfd_open(2)</a>
 */
public final class PidFd extends OwnedFd {
    private final long pid;

    private PidFd(int fd, long pid) {
        super(fd);
        this.pid = pid;
    }

    /**
     * {@code pidfd_open(pid, 0)}: opens a process by its number. Whether the number still means the process that the
     * caller thinks of is for the caller to know; {@link #of(ProcessHandle)} makes sure of it. The kernel makes the
     * descriptor close-on-exec.
     *
     * @param pid the identifier of a process (not of a thread), 1 or more, as this process's PID name space has it
     * @return the process's descriptor, to be closed by the caller
     * @throws ErrnoException ESRCH if there is no such process, or it has ended and was reaped; EINVAL or ENOENT if it
     *     is a thread's number; EMFILE, ENFILE, ENODEV or ENOMEM; EPERM in a sandbox that does not know the call
     * @throws IllegalArgumentException if the number cannot be a process's
     * @throws UnsupportedOperationException if the kernel lacks the call (before Linux 5.3), the platform is not
     *     supported, or native access is denied
     */
    public static PidFd open(long pid) throws ErrnoException {
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
        if (result < 0) {
            throw new ErrnoException("pidfd_open", "pid=" + pid, -result);
        }
        return new PidFd(result, pid);
    }

    /**
     * {@code pidfd_open(pid, 0)}: opens a process that this JVM started.
     *
     * @param process the process
     * @return its descriptor, to be closed by the caller
     * @throws ErrnoException ESRCH if it has ended; EMFILE, ENFILE, ENODEV or ENOMEM
     * @throws UnsupportedOperationException as {@link #open(long)}
     */
    public static PidFd of(Process process) throws ErrnoException {
        return of(process.toHandle());
    }

    /**
     * {@code pidfd_open(pid, 0)}: opens a process, and makes sure afterwards that its number has not passed to another
     * one, by the time when it was started.
     *
     * @param process the process
     * @return its descriptor, to be closed by the caller
     * @throws ErrnoException ESRCH if it has ended; EMFILE, ENFILE, ENODEV or ENOMEM
     * @throws UnsupportedOperationException as {@link #open(long)}
     */
    public static PidFd of(ProcessHandle process) throws ErrnoException {
        PidFd opened = open(process.pid());
        if (!process.isAlive()) {
            opened.close();
            throw new ErrnoException("pidfd_open", "pid=" + process.pid(), Errno.ESRCH);
        }
        return opened;
    }

    /**
     * Tells which process this is.
     *
     * @return its identifier, which may belong to another process once this one has ended
     */
    public long pid() {
        return pid;
    }
}
