package io.github.epoll4j.fd;

/**
 * The numbers of signals, and of where they come from ({@link SignalInfo#code()}), in their C spelling.
 *
 * <p>Real-time signals have no names: 64 is the last, and the first that the C library leaves to programs is 34 with
 * glibc and 35 with musl.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/signal.7.html">signal(7)</a>
 */
public final class Signals {
    /** The terminal is gone. HotSpot shuts down. */
    public static final int SIGHUP = 1;
    /** Interrupted from the terminal. HotSpot shuts down. */
    public static final int SIGINT = 2;
    /** Quit from the terminal. HotSpot prints a thread dump. */
    public static final int SIGQUIT = 3;
    /** Illegal instruction. HotSpot needs it. */
    public static final int SIGILL = 4;
    /** A debugger's trap. */
    public static final int SIGTRAP = 5;
    /** From abort(3). */
    public static final int SIGABRT = 6;
    /** A page that cannot be had. HotSpot needs it. */
    public static final int SIGBUS = 7;
    /** An arithmetic fault. HotSpot needs it. */
    public static final int SIGFPE = 8;
    /** Ends the process; can be neither blocked nor fetched. */
    public static final int SIGKILL = 9;
    /** Free for programs. */
    public static final int SIGUSR1 = 10;
    /** A memory fault. HotSpot needs it. */
    public static final int SIGSEGV = 11;
    /** Free for programs in C; HotSpot suspends threads with it, for Flight Recorder among others. */
    public static final int SIGUSR2 = 12;
    /** A write that nobody reads. HotSpot handles it, and writes fail with {@code EPIPE}. */
    public static final int SIGPIPE = 13;
    /** From alarm(2). */
    public static final int SIGALRM = 14;
    /** A request to end. HotSpot shuts down. */
    public static final int SIGTERM = 15;
    /** Not used. */
    public static final int SIGSTKFLT = 16;
    /** A child process stopped or ended. */
    public static final int SIGCHLD = 17;
    /** Goes on after a stop. */
    public static final int SIGCONT = 18;
    /** Stops the process; can be neither blocked nor fetched. */
    public static final int SIGSTOP = 19;
    /** Stop from the terminal. */
    public static final int SIGTSTP = 20;
    /** A background process reads from the terminal. */
    public static final int SIGTTIN = 21;
    /** A background process writes to the terminal. */
    public static final int SIGTTOU = 22;
    /** Urgent data on a socket. */
    public static final int SIGURG = 23;
    /** The limit of processor time is reached. */
    public static final int SIGXCPU = 24;
    /** The limit of file size is reached. */
    public static final int SIGXFSZ = 25;
    /** A timer of processor time. */
    public static final int SIGVTALRM = 26;
    /** A profiling timer. */
    public static final int SIGPROF = 27;
    /** The terminal's window changed its size. */
    public static final int SIGWINCH = 28;
    /** A descriptor is ready, see fcntl(2) F_SETSIG. */
    public static final int SIGIO = 29;
    /** Power failure. */
    public static final int SIGPWR = 30;
    /** A system call that is not allowed. */
    public static final int SIGSYS = 31;
    /** Sent by kill(2). */
    public static final int SI_USER = 0;
    /** Sent by the kernel. */
    public static final int SI_KERNEL = 128;
    /** Sent by sigqueue(3), with a value. */
    public static final int SI_QUEUE = -1;
    /** Sent by a timer of timer_create(2). */
    public static final int SI_TIMER = -2;
    /** Sent to one thread, by pthread_kill(3) or tgkill(2). */
    public static final int SI_TKILL = -6;

    private static final String[] NAMES = {
        null, "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP",
        "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",
        "SIGPWR", "SIGSYS",
    };

    private Signals() {
    }

    /**
     * Gives the name of a signal, such as {@code SIGUSR1} for 10.
     *
     * @param signal the number of a signal
     * @return the name, or the decimal number where there is none
     */
    public static String name(int signal) {
        return signal > 0 && signal < NAMES.length ? NAMES[signal] : Integer.toString(signal);
    }
}
