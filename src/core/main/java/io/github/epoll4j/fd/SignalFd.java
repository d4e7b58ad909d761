package io.github.epoll4j.fd;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.Platform;
import io.github.epoll4j.internal.gen.signalfd.signalfd_h;
import io.github.epoll4j.internal.gen.signalfd.signalfd_siginfo;
import io.github.epoll4j.internal.io.FileOwner;
import io.github.epoll4j.internal.io.Transfer;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A set of signals as a descriptor: readable while one of them is pending for the calling thread.
 *
 * <p><b>In a JVM it receives less than in C.</b> A signal becomes pending only where it is blocked. Where it is not,
 * its handler or default action runs at once, which for most signals ends the process. It receives:
 *
 * <ul>
 * <li>a signal to <em>one thread</em> (pthread_kill, tgkill, a timer of timer_create with SIGEV_THREAD_ID), if that
 *     thread has {@linkplain #block blocked} it;
 * <li>a signal to <em>the process</em> (kill, the terminal), only if all threads have blocked it. The JVM's threads
 *     start before the program and do not block it, and no call changes another thread's mask. A mask is inherited,
 *     however: let the parent block the signal, as in {@code env --block-signal=USR1 java …}.
 * </ul>
 *
 * <p>HotSpot 25 keeps the inherited mask, except that all its threads unblock SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGUSR2
 * (with which it suspends threads), and without {@code -Xrs} also SIGHUP, SIGINT and SIGTERM. One thread unblocks
 * SIGQUIT. None of these can be received when sent to the process: another thread takes it. To stop on SIGTERM or
 * SIGINT use {@link Runtime#addShutdownHook}; for most other signals use {@code sun.misc.Signal} (module
 * jdk.unsupported). A handler of either kind wakes an event loop with {@link EventFd#write}.
 *
 * <p><b>Wait and read on the thread that has blocked the signal.</b> The kernel looks at the thread that calls: a
 * signal that is pending for another thread is neither readiness nor data. An epoll wait of a thread without a pending
 * signal takes the event from the other waiters. Use platform threads: a virtual thread runs on changing threads.
 *
 * <p>Blocked signals stay pending until they are read. Signals below 32 are not counted, real-time signals are queued.
 *
 * <p>Thread-safe.
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
     * of them: call {@link #block} before, on the thread that will read.
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
     * Takes ownership of a set of signals that arrived as a {@link FileFd}, like {@link #adopt(int)}.
     *
     * @param file the owner, closed afterwards; it stays the caller's and open if this throws
     * @return the new owner, to be closed by the caller
     * @throws ErrnoException as {@link #adopt(int)}
     * @throws IOException if {@code /proc} is not mounted
     * @throws IllegalArgumentException if it is of another kind, or borrowed
     * @throws IllegalStateException if the file is closed, or a call holds its number at the moment
     */
    public static SignalFd adopt(FileFd file) throws IOException {
        return FileOwner.pass(file, SignalFd::adopt);
    }

    /**
     * {@code signalfd(fd, mask, flags)}: replaces the set of signals of this descriptor. It blocks and unblocks none.
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
     * {@code read(2)}: reads a signal that is pending for the calling thread, or for the process.
     *
     * @return the signal, no longer pending; null if there is none
     * @throws ErrnoException if the kernel refuses it
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
     * {@code pthread_sigmask(SIG_BLOCK)}: blocks signals in the calling thread and in threads that it starts later.
     * Blocked signals become pending instead of being handled. Processes that the JVM starts may inherit the mask.
     *
     * @param signals the signals to block besides those that are blocked already, see {@link Signals}
     * @throws ErrnoException if the C library refuses it
     * @throws IllegalArgumentException if a number is not a signal's, or one that the C library keeps for itself; if it
     *     is SIGSEGV, SIGBUS, SIGFPE or SIGILL, which end the JVM when they are blocked
     * @throws WrongThreadException if this is a virtual thread, which has no mask of its own
     * @throws UnsupportedOperationException if the platform is not supported, or native access is denied
     * @see <a href="https://man7.org/linux/man-pages/man3/pthread_sigmask.3.html">pthread_sigmask(3)</a>
     */
    public static void block(int... signals) throws ErrnoException {
        int[] checked = signals.clone(); // another thread may change the caller's array
        for (int signal : checked) {
            if (signal == Signals.SIGSEGV || signal == Signals.SIGBUS || signal == Signals.SIGFPE
                    || signal == Signals.SIGILL) {
                throw new IllegalArgumentException("the JVM dies of a blocked " + Signals.name(signal));
            }
        }
        Platform.require();
        threadMask(signalfd_h.SIG_BLOCK, "SIG_BLOCK", checked);
    }

    /**
     * {@code pthread_sigmask(SIG_UNBLOCK)}: unblocks signals in the calling thread. One that is pending is handled
     * at once, which for most signals without a handler ends the process: read first.
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
