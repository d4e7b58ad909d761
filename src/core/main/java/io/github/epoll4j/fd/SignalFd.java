package io.github.epoll4j.fd;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.signalfd.signalfd_h;
import io.github.epoll4j.internal.gen.signalfd.signalfd_siginfo;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A set of signals that can be waited for; readable while one of them is pending for the calling thread.
 *
 * <p><b>In a JVM it sees less than in C.</b> A signal becomes pending only where it is blocked; where it is not, its
 * handler or default action is taken at once, which for most signals ends the process. So what can be fetched is:
 *
 * <ul>
 * <li>a signal to <em>one thread</em> (pthread_kill, tgkill, a timer of timer_create with SIGEV_THREAD_ID), if that
 *     thread has {@linkplain #block blocked} it;
 * <li>a signal to <em>the process</em> (kill, the terminal), only if all threads have blocked it. Those of the JVM run
 *     before the program's first line and do not block it, and no call changes another thread's mask. A mask is
 *     inherited, however: have the parent block the signal, as in {@code env --block-signal=USR1 java …}.
 * </ul>
 *
 * <p>So today HotSpot keeps what it inherits, except that all its threads unblock SIGSEGV, SIGBUS, SIGFPE, SIGILL,
 * SIGUSR2 (with which it suspends threads), and without {@code -Xrs} also SIGHUP, SIGINT and SIGTERM; SIGQUIT is
 * unblocked in one of them. None of these is for a descriptor when it is sent to the process: it may be seen
 * there for a moment, until a thread that has it unblocked takes it. Instead, use
 * {@link Runtime#addShutdownHook} for the wish to end, and {@code sun.misc.Signal} (module jdk.unsupported) for the
 * others: a handler of either kind wakes an event loop with {@link EventFd#write}.
 *
 * <p><b>Wait and read on the thread that has blocked the signal.</b> The kernel judges by the thread that asks: a
 * signal that is pending for another thread is neither readiness nor data, and an epoll wait of a thread that finds
 * nothing takes the event away from the others. Platform threads only: a virtual thread runs on changing threads.
 *
 * <p>Blocked signals that nobody fetches stay pending; those below 32 are not counted, real-time signals are queued.
 *
 * <p>Thread-safe, as far as the above makes sense.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/signalfd.2.html">signalfd(2)</a>
 */
public final class SignalFd extends OwnedFd {
    private static final int NEW = -1;

    private SignalFd(int fd) {
        super(fd);
    }

    /**
     * {@code signalfd(-1, mask, SFD_CLOEXEC | SFD_NONBLOCK)}: opens a descriptor for a set of signals. It blocks none
     * of them: {@link #block} does, on the thread that will read, and should come first.
     *
     * @param signals the signals, see {@link Signals}; SIGKILL and SIGSTOP are ignored by the kernel
     * @return the descriptor, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE, ENODEV or ENOMEM
     * @throws IllegalArgumentException if a number is not a signal's, or one that the C library keeps for itself
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static SignalFd open(int... signals) throws ErrnoException {
        Platform.require();
        return new SignalFd(signalfd(NEW, signals));
    }

    /**
     * {@code fcntl(F_SETFL, O_NONBLOCK)}: takes ownership of a set of signals that other code opened. Sets it to
     * non-blocking, which duplicates share, and close-on-exec.
     *
     * @param fd the number of an open descriptor; it stays the caller's if this throws
     * @return its owner, to be closed by the caller
     * @throws ErrnoException EBADF if the number is not open
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     */
    public static SignalFd adopt(int fd) throws IOException {
        return new SignalFd(FdKind.SIGNALFD.adopt(fd));
    }

    /**
     * {@code signalfd(fd, mask, flags)}: replaces the set of signals that this descriptor fetches. It blocks and
     * unblocks none of them.
     *
     * @param signals the signals, see {@link Signals}
     * @throws ErrnoException if the kernel refuses it
     * @throws IllegalArgumentException if a number is not a signal's, or one that the C library keeps for itself
     * @throws IllegalStateException if this descriptor is closed
     */
    public void signals(int... signals) throws ErrnoException {
        int fd = acquire();
        try {
            signalfd(fd, signals);
        } finally {
            release();
        }
    }

    /**
     * {@code read(2)}: fetches a signal that is pending for the calling thread, or for the process.
     *
     * @return the signal, no longer pending; null if there is none
     * @throws ErrnoException if the kernel refuses it otherwise
     * @throws IllegalStateException if this descriptor is closed
     */
    public SignalInfo read() throws ErrnoException {
        int fd = acquire();
        try (CallState state = CallState.take()) {
            long result = Transfer.READ.move(state, fd, state.scratch(), signalfd_siginfo.SIZEOF, 0);
            if (Transfer.READ.orWouldBlock(fd, result) == 0) {
                return null;
            }
            ByteBuffer info = state.bytes();
            return new SignalInfo(info.getInt(signalfd_siginfo.ssi_signo$OFFSET),
                    info.getInt(signalfd_siginfo.ssi_code$OFFSET), info.getInt(signalfd_siginfo.ssi_pid$OFFSET),
                    info.getInt(signalfd_siginfo.ssi_uid$OFFSET), info.getInt(signalfd_siginfo.ssi_status$OFFSET),
                    info.getLong(signalfd_siginfo.ssi_ptr$OFFSET));
        } finally {
            release();
        }
    }

    /**
     * {@code pthread_sigmask(SIG_BLOCK)}: blocks signals in the calling thread, and in those that it starts from now
     * on, so that they become pending instead of being handled. Processes that the JVM starts may inherit the mask.
     *
     * @param signals the signals to block besides those that are blocked already, see {@link Signals}
     * @throws ErrnoException if the C library refuses it
     * @throws IllegalArgumentException if a number is not a signal's, or one that the C library keeps for itself; if it
     *     is SIGSEGV, SIGBUS, SIGFPE or SIGILL, whose faults the JVM handles, and of which a blocked one ends it
     * @throws WrongThreadException if this is a virtual thread, which has no mask of its own
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man3/pthread_sigmask.3.html">pthread_sigmask(3)</a>
     */
    public static void block(int... signals) throws ErrnoException {
        for (int signal : signals) {
            if (signal == Signals.SIGSEGV || signal == Signals.SIGBUS || signal == Signals.SIGFPE
                    || signal == Signals.SIGILL) {
                throw new IllegalArgumentException("the JVM dies of a blocked " + Signals.name(signal));
            }
        }
        Platform.require();
        threadMask(signalfd_h.SIG_BLOCK, "SIG_BLOCK", signals);
    }

    /**
     * {@code pthread_sigmask(SIG_UNBLOCK)}: takes signals out of the calling thread's mask. One that is pending is
     * handled at once, which for most signals without a handler ends the process: read first.
     *
     * @param signals the signals, see {@link Signals}
     * @throws ErrnoException if the C library refuses it
     * @throws IllegalArgumentException if a number is not a signal's, or one that the C library keeps for itself
     * @throws WrongThreadException if this is a virtual thread, which has no mask of its own
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man3/pthread_sigmask.3.html">pthread_sigmask(3)</a>
     */
    public static void unblock(int... signals) throws ErrnoException {
        Platform.require();
        threadMask(signalfd_h.SIG_UNBLOCK, "SIG_UNBLOCK", signals);
    }

    private static void threadMask(int how, String howName, int[] signals) throws ErrnoException {
        if (Thread.currentThread().isVirtual()) {
            throw new WrongThreadException("a virtual thread has no signal mask of its own");
        }
        if (signalfd_h.pthread_sigmask$address().address() == 0) { // glibc before 2.32 has it in libpthread
            throw new UnsupportedOperationException("this C library has no pthread_sigmask");
        }
        try (CallState state = CallState.take()) {
            // returns its error and leaves errno alone
            int error = signalfd_h.pthread_sigmask(state.errno(), how, set(state, signals), MemorySegment.NULL);
            ErrnoException.check(-error, "pthread_sigmask", howName);
        }
    }

    private static int signalfd(int fd, int[] signals) throws ErrnoException {
        try (CallState state = CallState.take()) {
            int result = state.result(signalfd_h.signalfd(
                    state.errno(), fd, set(state, signals), signalfd_h.SFD_NONBLOCK | signalfd_h.SFD_CLOEXEC));
            return ErrnoException.check(result, "signalfd", "fd=" + fd);
        }
    }

    /** Fills the scratch memory with a {@code sigset_t}. */
    private static MemorySegment set(CallState state, int[] signals) {
        signalfd_h.sigemptyset(state.errno(), state.scratch());
        for (int signal : signals) {
            if (signalfd_h.sigaddset(state.errno(), state.scratch(), signal) < 0) {
                throw new IllegalArgumentException("not a signal: " + signal);
            }
        }
        return state.scratch();
    }
}
