package io.github.epoll4j.fd;

import io.github.epoll4j.internal.gen.signalfd.signalfd_h;

/**
 * The numbers of signals, and the codes of their origin ({@link SignalInfo#code()}), in their C spelling.
 *
 * <p>Real-time signals have no names: 64 is the last, and the first that the C library leaves to programs is 34 with
 * glibc and 35 with musl.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/signal.7.html">signal(7)</a>
 */
public final class Signals {
    /** The terminal is gone. HotSpot shuts down. */
    public static final int SIGHUP = signalfd_h.SIGHUP;
    /** Interrupted from the terminal. HotSpot shuts down. */
    public static final int SIGINT = signalfd_h.SIGINT;
    /** Quit from the terminal. HotSpot prints a thread dump. */
    public static final int SIGQUIT = signalfd_h.SIGQUIT;
    /** Illegal instruction. HotSpot needs it. */
    public static final int SIGILL = signalfd_h.SIGILL;
    /** A debugger's trap. */
    public static final int SIGTRAP = signalfd_h.SIGTRAP;
    /** From abort(3). */
    public static final int SIGABRT = signalfd_h.SIGABRT;
    /** A page that cannot be had. HotSpot needs it. */
    public static final int SIGBUS = signalfd_h.SIGBUS;
    /** An arithmetic fault. HotSpot needs it. */
    public static final int SIGFPE = signalfd_h.SIGFPE;
    /** Ends the process; can be neither blocked nor fetched. */
    public static final int SIGKILL = signalfd_h.SIGKILL;
    /** Free for programs. */
    public static final int SIGUSR1 = signalfd_h.SIGUSR1;
    /** A memory fault. HotSpot needs it. */
    public static final int SIGSEGV = signalfd_h.SIGSEGV;
    /** Free for programs in C; HotSpot suspends threads with it, for Flight Recorder among others. */
    public static final int SIGUSR2 = signalfd_h.SIGUSR2;
    /** A write to a pipe or socket without a reader. HotSpot handles it, and writes fail with {@code EPIPE}. */
    public static final int SIGPIPE = signalfd_h.SIGPIPE;
    /** From alarm(2). */
    public static final int SIGALRM = signalfd_h.SIGALRM;
    /** A request to end. HotSpot shuts down. */
    public static final int SIGTERM = signalfd_h.SIGTERM;
    /** Not used. */
    public static final int SIGSTKFLT = signalfd_h.SIGSTKFLT;
    /** A child process stopped or ended. */
    public static final int SIGCHLD = signalfd_h.SIGCHLD;
    /** Goes on after a stop. */
    public static final int SIGCONT = signalfd_h.SIGCONT;
    /** Stops the process; can be neither blocked nor fetched. */
    public static final int SIGSTOP = signalfd_h.SIGSTOP;
    /** Stop from the terminal. */
    public static final int SIGTSTP = signalfd_h.SIGTSTP;
    /** A background process reads from the terminal. */
    public static final int SIGTTIN = signalfd_h.SIGTTIN;
    /** A background process writes to the terminal. */
    public static final int SIGTTOU = signalfd_h.SIGTTOU;
    /** Urgent data on a socket. */
    public static final int SIGURG = signalfd_h.SIGURG;
    /** The limit of processor time is reached. */
    public static final int SIGXCPU = signalfd_h.SIGXCPU;
    /** The limit of file size is reached. */
    public static final int SIGXFSZ = signalfd_h.SIGXFSZ;
    /** A timer of processor time. */
    public static final int SIGVTALRM = signalfd_h.SIGVTALRM;
    /** A profiling timer. */
    public static final int SIGPROF = signalfd_h.SIGPROF;
    /** The terminal's window changed its size. */
    public static final int SIGWINCH = signalfd_h.SIGWINCH;
    /** A descriptor is ready, see fcntl(2) F_SETSIG. */
    public static final int SIGIO = signalfd_h.SIGIO;
    /** Power failure. */
    public static final int SIGPWR = signalfd_h.SIGPWR;
    /** A system call that is not allowed. */
    public static final int SIGSYS = signalfd_h.SIGSYS;
    /** Sent by kill(2). */
    public static final int SI_USER = signalfd_h.SI_USER;
    /** Sent by the kernel. */
    public static final int SI_KERNEL = signalfd_h.SI_KERNEL;
    /** Sent by sigqueue(3), with a value. */
    public static final int SI_QUEUE = signalfd_h.SI_QUEUE;
    /** Sent by a timer of timer_create(2). */
    public static final int SI_TIMER = signalfd_h.SI_TIMER;
    /** Sent to one thread, by pthread_kill(3) or tgkill(2). */
    public static final int SI_TKILL = signalfd_h.SI_TKILL;

    private static final String[] NAMES = {
        null, "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP",
        "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",
        "SIGPWR", "SIGSYS",
    };

    private Signals() {
    }

    /**
     * Returns the name of a signal, such as {@code SIGUSR1} for 10.
     *
     * @param signal the number of a signal
     * @return the name, or the decimal number where there is none
     */
    public static String name(int signal) {
        return signal > 0 && signal < NAMES.length ? NAMES[signal] : Integer.toString(signal);
    }
}
