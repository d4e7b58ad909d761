package io.github.epoll4j.fd;

/**
 * One signal that {@link SignalFd#read()} returned: the fields of {@code struct signalfd_siginfo} that are of use.
 * Which of them the kernel fills depends on where the signal comes from; the others are 0.
 *
 * @param signal the signal's number, one of {@link Signals} or a real-time signal's
 * @param code   where it comes from: {@link Signals#SI_USER} and the like, or a positive number that depends on the
 *     signal
 * @param pid    the process that sent it, or for SIGCHLD the child; 0 for one outside this PID name space
 * @param uid    that process's real user, an unsigned number
 * @param status the child's exit status or signal, for SIGCHLD
 * @param value  what {@code sigqueue} passed along, as the 64 bits of a {@code sival_ptr}; for a {@code sival_int} cast
 *     it to {@code int}
 * @see <a href="https://man7.org/linux/man-pages/man2/signalfd.2.html">signalfd(2)</a>
 */
public record SignalInfo(int signal, int code, int pid, int uid, int status, long value) {
    /**
     * Returns the signal as text.
     *
     * @return such as {@code SignalInfo[SIGUSR1, code=0, pid=4711, uid=1000, status=0, value=0]}
     */
    @Override
    public String toString() {
        return "SignalInfo[" + Signals.name(signal) + ", code=" + code + ", pid=" + pid + ", uid="
                + Integer.toUnsignedString(uid) + ", status=" + status + ", value=" + value + "]";
    }
}
