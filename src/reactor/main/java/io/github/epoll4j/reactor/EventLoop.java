package io.github.epoll4j.reactor;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/**
 * One thread that waits for descriptors, and runs handlers, tasks and timers.
 *
 * <p>A turn: wait, call the handlers of what is ready, run the timers that are due, run tasks. {@link #run()} turns
 * until {@link #stop()}; {@link #turn(Duration)} turns once, for a program that has its own loop.
 *
 * <p>Threads: {@link #execute}, {@link #stop()} and {@link #close()} are for any thread. All else is for the loop's
 * thread, which is the one that turns it. Before the first turn it is for the one thread that prepares the loop. It
 * should be a platform thread: a wait holds a virtual thread's carrier.
 *
 * <p>Nothing on the loop's thread may wait for something that the loop itself does later: for a task given to
 * {@link #execute}, for a worker that waits for the loop, as {@link WorkerPool#close()} can, or for another loop that
 * waits for this one. Such a wait never ends. Where it can be seen it is refused: a nested turn, and {@code join} and
 * {@code get} of the futures of {@link Connection#writeAsync} and {@link Reactor#connect}.
 *
 * <p>Events of one batch are handled in the order of the kernel's report. An event of a registration that was cancelled
 * earlier in the batch reaches nobody, also if its descriptor's number belongs to another file by then: each
 * registration has a generation of its own, and what does not match is dropped and counted.
 *
 * <p>Whatever a handler throws, also an undeclared checked exception, a StackOverflowError or an OutOfMemoryError,
 * cancels its registration; whatever a task or timer throws ends that run. Each is reported once to the
 * {@link FailureHandler}, and the loop continues. Only an {@link InternalError} or {@link UnknownError} ends the loop,
 * as the JVM itself is broken then: it is reported as well, and thrown by {@link #run()} or {@link #turn(Duration)}.
 */
public final class EventLoop implements Executor, AutoCloseable {
    private final Mechanism mechanism;
    private final Backend backend;
    private final FailureHandler failures;
    private final TimerQueue timers = new TimerQueue();
    final TaskQueue tasks = new TaskQueue();
    private final LoopMetrics metrics = new LoopMetrics(tasks);
    private final RegistrationTable table = new RegistrationTable();
    private final BiConsumer<Object, Throwable> report = this::report;
    private final LoopOwner owner = new LoopOwner();
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private volatile boolean stopRequested;
    /** True inside {@link #run()} and {@link #turn(Duration)}. For the loop's thread. */
    private boolean isRunning;
    /** The reported error that ends the loop. For the loop's thread. */
    private Error fatal;

    private EventLoop(Mechanism mechanism, FailureHandler failures) throws ErrnoException {
        this.mechanism = mechanism;
        this.failures = failures;
        this.backend = Backend.open(mechanism);
    }

    /**
     * Opens a loop on epoll that logs failures.
     *
     * @return the loop, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     */
    public static EventLoop open() throws ErrnoException {
        return open(Mechanism.EPOLL);
    }

    /**
     * Opens a loop that logs failures.
     *
     * @param mechanism what it waits with
     * @return the loop, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     */
    public static EventLoop open(Mechanism mechanism) throws ErrnoException {
        return open(mechanism, FailureHandler.LOGGING);
    }

    /**
     * Opens a loop.
     *
     * @param mechanism what it waits with
     * @param failures  receives what handlers, tasks and timers throw
     * @return the loop, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     */
    public static EventLoop open(Mechanism mechanism, FailureHandler failures) throws ErrnoException {
        return new EventLoop(Objects.requireNonNull(mechanism), Objects.requireNonNull(failures));
    }

    /**
     * Tells what the loop waits with.
     *
     * @return the mechanism that it was opened with
     */
    public Mechanism mechanism() {
        return mechanism;
    }

    /**
     * Tells what the loop has done so far.
     *
     * @return counters, readable from any thread while the loop runs
     */
    public LoopMetrics metrics() {
        return metrics;
    }

    /**
     * Returns whether the calling thread is the loop's.
     *
     * @return true inside handlers, tasks and timers, and anywhere on the thread that turns the loop; false on every
     *     thread before the first turn, so that what is thread-safe acts in a task until then
     */
    public boolean inLoop() {
        return owner.isCurrent();
    }

    /** Makes a thread the loop's before it turns it. */
    void give(Thread thread) {
        owner.inherit(thread);
    }

    /**
     * Watches a descriptor.
     *
     * @param fd       any descriptor that the mechanism can watch, borrowed; cancel the registration before it is
     *     closed
     * @param interest what to watch for, in epoll's bits, see {@link io.github.epoll4j.epoll.EpollFlags}; EPOLLONESHOT
     *     with every mechanism, EPOLLET and EPOLLEXCLUSIVE with {@link Mechanism#EPOLL} alone
     * @param handler  what to call when it is ready
     * @return the registration
     * @throws ErrnoException EEXIST if this number is registered already, also if its descriptor was closed without
     *     {@link Registration#cancel()} and the number belongs to another one now; EBADF if it is not open; EPERM,
     *     ENOSPC and others of epoll_ctl(2)
     * @throws UnsupportedOperationException if the mechanism does not know the interest
     * @throws IllegalStateException if this is not the loop's thread, or the loop is closed, also in the last tasks
     *     that {@link #close()} runs
     */
    public Registration register(int fd, int interest, ReadyHandler handler) throws ErrnoException {
        requireOpen();
        if (table.contains(fd)) { // epoll would take it if the number belongs to another file by now
            throw new ErrnoException("register", "fd=" + fd, Errno.EEXIST);
        }
        Registration registration =
                new Registration(this, fd, interest, Objects.requireNonNull(handler), table.nextCookie());
        backend.add(fd, interest, registration.cookie);
        try {
            table.add(registration);
        } catch (Throwable e) {
            backend.remove(fd);
            throw e;
        }
        return registration;
    }

    /**
     * Tells how many descriptors are watched.
     *
     * @return the number of valid registrations
     * @throws IllegalStateException if this is not the loop's thread
     */
    public int registrations() {
        requireLoop();
        return table.size();
    }

    /**
     * Compares what this loop believes that it watches with what is so: with {@link Mechanism#EPOLL}
     * {@code /proc/self/fdinfo} tells what the kernel watches; with the others only whether each descriptor is open.
     * For the search of mistakes, as it reads files: a descriptor that was closed before its registration was
     * cancelled, and the duplicate that keeps it in the kernel's list.
     *
     * @return the registrations and the differences
     * @throws IOException if the kernel does not tell, for want of /proc or of descriptors
     * @throws IllegalStateException if this is not the loop's thread, or the loop is closed
     * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
     */
    public LoopDump dump() throws IOException {
        requireOpen();
        return KernelTable.compare(mechanism, table.list(), mechanism == Mechanism.EPOLL ? backend.fd() : -1);
    }

    void change(Registration registration, int interest) throws ErrnoException {
        requireOpen();
        if (!registration.valid) {
            throw new IllegalStateException("the registration is cancelled");
        }
        if (interest != registration.interest || (interest & EPOLLONESHOT) != 0) {
            backend.modify(registration.fd, interest, registration.cookie);
            registration.interest = interest;
        }
    }

    void cancel(Registration registration) {
        requireLoop();
        if (registration.valid) {
            if (!isClosed.get()) {
                backend.remove(registration.fd);
            }
            registration.valid = false; // only now: if the removal throws, such as for want of stack, it is done again
            table.remove(registration);
        }
    }

    /**
     * Runs a task on the loop's thread, after those that were given before; wakes the loop if it sleeps. A task that is
     * given while the loop turns for the last time still runs, or the call throws.
     *
     * @param task what to run
     * @throws RejectedExecutionException if the loop has stopped
     */
    @Override
    public void execute(Runnable task) {
        if (tasks.add(Objects.requireNonNull(task))) {
            metrics.wakeup();
            backend.wakeup();
        }
    }

    /** On the loop's thread: adds a task while the last ones run; false before and after. */
    boolean executeLast(Runnable task) {
        return tasks.addLast(task);
    }

    /**
     * Runs a task once, when a time has passed.
     *
     * @param delay how long from now, zero or more
     * @param task  what to run
     * @return the timer, with which it can be cancelled
     * @throws IllegalArgumentException if the delay is negative
     * @throws IllegalStateException if this is not the loop's thread
     */
    public LoopTimer schedule(Duration delay, Runnable task) {
        requireLoop();
        return timers.schedule(this, delay, LoopTimer.ONCE, task);
    }

    /**
     * Runs a task again and again, at times that do not drift: the n-th is due at the first one's time and n periods,
     * however late the others ran. Periods that were missed altogether are left out.
     *
     * @param first  how long from now until the first run, zero or more
     * @param period the time between two runs, above zero
     * @param task   what to run
     * @return the timer, with which it can be cancelled, also by the task itself
     * @throws IllegalArgumentException if the first time is negative, or the period is not above zero
     * @throws IllegalStateException if this is not the loop's thread
     */
    public LoopTimer scheduleAtFixedRate(Duration first, Duration period, Runnable task) {
        if (!period.isPositive()) {
            throw new IllegalArgumentException("a period must be above zero: " + period);
        }
        requireLoop();
        return timers.schedule(this, first, TimeUnit.NANOSECONDS.convert(period), task);
    }

    boolean cancel(LoopTimer timer) {
        requireLoop();
        return timers.cancel(timer);
    }

    /**
     * Tells when the next timer is due, for a program that waits for {@link #fd()} in a loop of its own.
     *
     * @return the time from now in nanoseconds; 0 if one is due or a task waits, -1 if there is none
     * @throws IllegalStateException if this is not the loop's thread
     */
    public long nanosToNextDeadline() {
        requireLoop();
        return tasks.isEmpty() ? timers.nanosToFirst() : 0;
    }

    /**
     * Gives a descriptor that is readable while a turn would find an event or a task; with {@link Mechanism#EPOLL}
     * alone.
     *
     * @return the epoll descriptor, borrowed
     * @throws UnsupportedOperationException if the mechanism has no descriptor
     */
    public int fd() {
        return backend.fd();
    }

    /**
     * Turns until {@link #stop()} is called, in the calling thread, and then runs the tasks that are left. It ends also
     * if the wait itself fails, or the JVM: these tasks run all the same. A loop runs once.
     *
     * @throws ErrnoException if the wait itself fails
     * @throws InternalError if something has thrown it; likewise UnknownError
     * @throws IllegalStateException if the loop runs in another thread, or this is a call from inside it, or the loop
     *     has run already or is closed
     */
    public void run() throws ErrnoException {
        enter();
        try {
            while (!stopRequested) {
                turn(Backend.NO_LIMIT);
            }
        } finally {
            stopRequested = true;
            tasks.stopAndRun(metrics, report);
            isRunning = false;
            owner.end();
        }
        throwFatal();
    }

    /**
     * Turns once: waits for a descriptor, a task, a timer or a time, and handles what there is.
     *
     * @param timeout the longest time to wait, in which a timer's deadline can only be sooner; zero looks and returns
     * @return how many handlers were called
     * @throws ErrnoException if the wait itself fails
     * @throws InternalError if something has thrown it; likewise UnknownError
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if the loop runs in another thread, or this is a call from inside it, such as from
     *     a handler, or {@link #run()} has ended or the loop is closed
     */
    public int turn(Duration timeout) throws ErrnoException {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout: " + timeout);
        }
        enter();
        try {
            return turn(TimeUnit.NANOSECONDS.convert(timeout));
        } finally { // until the next turn a task makes the descriptor readable, and so does one that is left
            isRunning = false;
            tasks.sleep();
            if (!tasks.isEmpty()) {
                backend.wakeup();
            }
        }
    }

    private int turn(long limitNanos) throws ErrnoException {
        tasks.sleep();
        // a task that came before wakes nobody: it is here, and makes the wait short
        long timeout = stopRequested ? 0 : soonest(limitNanos, nanosToNextDeadline());
        int ready = backend.await(timeout);
        tasks.awake();
        metrics.turn(ready);
        Object event = LoopEvents.turnBegins();
        for (int i = 0; i < ready && fatal == null && !isClosed.get(); i++) {
            dispatch(backend.cookie(i), backend.events(i));
        }
        if (fatal == null) {
            timers.runDue(metrics, report);
            tasks.run(metrics, report);
        }
        if (event != null) {
            LoopEvents.turnEnds(event, ready);
        }
        throwFatal();
        return ready;
    }

    private void throwFatal() {
        if (fatal != null) {
            throw fatal;
        }
    }

    /** Returns the error that has ended the loop and was reported already; null if there is none. For its thread. */
    Error fatal() {
        return fatal;
    }

    private static long soonest(long limit, long deadline) {
        return limit < 0 || deadline < 0 ? Math.max(limit, deadline) : Math.min(limit, deadline);
    }

    private void dispatch(long cookie, int events) {
        Registration registration = table.find(cookie);
        if (registration == null) {
            metrics.staleEvent();
            return;
        }
        try {
            registration.handler.ready(registration, events);
        } catch (Throwable e) {
            try {
                registration.cancel();
            } finally {
                report(registration.handler, e);
            }
        }
    }

    /** Reports what a callback has thrown. It never throws; an error of the JVM itself ends the loop afterwards. */
    void report(Object source, Throwable failure) {
        noteFatal(failure);
        try {
            failures.failed(this, source, failure);
        } catch (Throwable second) {
            noteFatal(second);
            logFailureOf(failures, second, failure);
        }
    }

    private void logFailureOf(FailureHandler handler, Throwable second, Throwable first) {
        try {
            if (second != first) {
                second.addSuppressed(first);
            }
            FailureHandler.LOGGING.failed(this, handler, second);
        } catch (Throwable third) {
            noteFatal(third); // the log fails too: there is nothing else to report to
        }
    }

    private void noteFatal(Throwable thrown) {
        // by the exact class: the JDK's subclasses, such as ZipError, are one caller's
        boolean isFatal = thrown.getClass() == InternalError.class || thrown.getClass() == UnknownError.class;
        if (isFatal && fatal == null && inLoop()) {
            fatal = (Error) thrown;
        }
    }

    /** Makes {@link #run()} return after the turn that it is in, from any thread. */
    public void stop() {
        stopRequested = true;
        backend.wakeup();
    }

    /**
     * Ends the loop and closes what it waits with; the descriptors that it watched stay open, and their registrations
     * are worth nothing. If another thread runs the loop it is stopped first, and waited for; a thread that has turned
     * it by {@link #turn(Duration)} is waited for until it ends, as nobody can tell when it turns again. Tasks that
     * were given before and have not run yet, because nobody turned the loop, run now. Closing again does nothing; in a
     * handler, a task or a timer it ends the turn, and {@link #run()}.
     */
    @Override
    public void close() {
        stopRequested = true;
        if (!owner.adopt()) {
            owner.join(backend::wakeup);
        }
        if (isClosed.compareAndSet(false, true)) {
            if (!tasks.isStopped()) {
                owner.inherit(Thread.currentThread());
                tasks.stopAndRun(metrics, report);
            }
            timers.clear();
            backend.close();
        }
    }

    /** Begins to run: a nested iteration would overwrite the events of the one around it. */
    private void enter() {
        owner.adopt();
        requireOpen();
        if (isRunning) {
            throw new IllegalStateException("the loop is running: this is a call from inside it");
        }
        if (tasks.isStopped()) {
            throw new IllegalStateException("the loop has run already");
        }
        isRunning = true;
    }

    private void requireOpen() {
        requireLoop();
        if (isClosed.get()) {
            throw new IllegalStateException("the loop is closed");
        }
    }

    private void requireLoop() {
        if (!owner.mayBeCurrent()) {
            throw new IllegalStateException(isClosed.get()
                    ? "the loop is closed" : "not on the loop's thread, which is " + owner);
        }
    }
}
