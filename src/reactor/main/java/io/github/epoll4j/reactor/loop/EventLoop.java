package io.github.epoll4j.reactor.loop;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.ReadBuffer;
import io.github.epoll4j.reactor.loop.poller.Poller;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One thread that waits for descriptors and runs handlers, tasks and timers.
 *
 * <p>An iteration waits, calls the handlers of the descriptors that are ready, runs the timers that are due, and runs
 * tasks. {@link #run()} iterates until {@link #stop()}, in the calling thread; {@link #start} does so in a thread of
 * its own; {@link #runOnce(Duration)} is one iteration, for a program that has its own loop.
 *
 * <p>Threads: {@link #execute}, {@link #stop()} and {@link #close()} are for any thread. The rest is for the loop's
 * thread, which is the one that iterates. Before the first iteration it is for the one thread that prepares the loop.
 * It should be a platform thread: a wait holds a virtual thread's carrier.
 *
 * <p>Code on the loop's thread must not wait for something that the loop itself does later: for a task given to
 * {@link #execute}, for a worker that waits for the loop, or for another loop that waits for this one. Such a wait
 * never ends. Where it can be detected it is refused: a nested iteration, and {@code join} and {@code get} of the
 * futures of a connection or a reactor.
 *
 * <p>Events of one wait are handled in the order of the kernel's report. An event of a registration that was cancelled
 * earlier in the same iteration is dropped and counted, also if its descriptor's number belongs to another file by
 * then: each registration has a generation of its own.
 *
 * <p>Whatever a handler throws, also an undeclared checked exception, a StackOverflowError or an OutOfMemoryError,
 * cancels its registration; whatever a task or timer throws ends that run. Each is reported once to the
 * {@link FailureHandler}, and the loop continues. Only an {@link InternalError} or {@link UnknownError} ends the loop,
 * as the JVM itself is broken then: it is reported as well, and thrown by {@link #run()} or {@link #runOnce(Duration)}.
 */
public final class EventLoop implements Executor, AutoCloseable {
    private static final int READ_BUFFER_SIZE = 64 << 10;

    private final Mechanism mechanism;
    private final Poller poller;
    private final FailureHandler failureHandler;
    private final LongSupplier clock;
    private final TimerQueue timers;
    private final TaskQueue tasks = new TaskQueue();
    private final RegistrationTable table = new RegistrationTable();
    private final List<Runnable> afterStep = new ArrayList<>();
    private final Set<Consumer<? super Throwable>> stopListeners = new LinkedHashSet<>();
    /** Null before its first use. */
    private ReadBuffer readBuffer;

    private final AtomicReference<Thread> thread = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicBoolean isClosed = new AtomicBoolean();
    private volatile boolean stopRequested;
    /** The failure that ends the loop, or the cause that {@link #stop(Throwable)} was given; null for good order. */
    private volatile Throwable stopCause;
    /** True inside {@link #run()} and {@link #runOnce(Duration)}. For the loop's thread. */
    private boolean isRunning;
    /** True while a handler, timers or tasks run. For the loop's thread. */
    private boolean isInStep;
    /** True if the loop is closed by the thread that {@link #start} has started. For the loop's thread. */
    private boolean isStarted;
    /** The reported error that ends the loop. For the loop's thread. */
    private Error fatal;

    // written by the loop's thread alone, so that no counter needs an atomic addition
    private final AtomicLong iterations = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong emptyWaits = new AtomicLong();
    private final AtomicLong staleEvents = new AtomicLong();
    private final AtomicLong taskRuns = new AtomicLong();
    private final AtomicLong timerRuns = new AtomicLong();
    private final AtomicLong latestTimerNanos = new AtomicLong();
    private final LongAdder wakeups = new LongAdder();
    private final long openedNanos = System.nanoTime();

    private EventLoop(Mechanism mechanism, FailureHandler failureHandler, LongSupplier clock) throws ErrnoException {
        this.mechanism = mechanism;
        this.failureHandler = failureHandler;
        this.clock = clock;
        this.timers = new TimerQueue(clock);
        this.poller = mechanism.openPoller();
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
     * @param mechanism the call that it waits with
     * @return the loop, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     */
    public static EventLoop open(Mechanism mechanism) throws ErrnoException {
        return open(mechanism, FailureHandler.LOGGING);
    }

    /**
     * Opens a loop.
     *
     * @param mechanism      the call that it waits with
     * @param failureHandler receives the failures of handlers, tasks and timers
     * @return the loop, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     */
    public static EventLoop open(Mechanism mechanism, FailureHandler failureHandler) throws ErrnoException {
        return open(mechanism, failureHandler, System::nanoTime);
    }

    /**
     * Opens a loop whose timers follow a clock of the caller's, such as one that a test moves.
     *
     * @param mechanism      the call that it waits with
     * @param failureHandler receives the failures of handlers, tasks and timers
     * @param clock          returns the time in nanoseconds, as {@link System#nanoTime()} does; the waits themselves
     *     pass in real time
     * @return the loop, to be closed by the caller
     * @throws ErrnoException EMFILE, ENFILE or ENOMEM
     */
    public static EventLoop open(Mechanism mechanism, FailureHandler failureHandler, LongSupplier clock)
            throws ErrnoException {
        return new EventLoop(Objects.requireNonNull(mechanism), Objects.requireNonNull(failureHandler),
                Objects.requireNonNull(clock));
    }

    /**
     * Returns the call that the loop waits with.
     *
     * @return the mechanism that it was opened with
     */
    public Mechanism mechanism() {
        return mechanism;
    }

    /**
     * Returns the loop's counters at this moment. For any thread.
     *
     * @return the counters; each is right by itself, two of them may belong to slightly different moments
     */
    public LoopMetrics metrics() {
        return new LoopMetrics(Duration.ofNanos(System.nanoTime() - openedNanos), iterations.getOpaque(),
                events.getOpaque(), emptyWaits.getOpaque(), staleEvents.getOpaque(), wakeups.sum(),
                taskRuns.getOpaque(), tasks.size(), timerRuns.getOpaque(),
                Duration.ofNanos(latestTimerNanos.getOpaque()));
    }

    private static void add(AtomicLong counter, long amount) {
        counter.setOpaque(counter.getPlain() + amount);
    }

    /**
     * Returns whether the calling thread is the loop's.
     *
     * @return true inside handlers, tasks and timers, and anywhere on the thread that iterates; false on every thread
     *     before the first iteration, so that a thread-safe method acts in a task until then
     */
    public boolean inLoop() {
        return thread.get() == Thread.currentThread();
    }

    /**
     * Returns the loop's thread.
     *
     * @return the thread; null before the first iteration
     */
    public Thread thread() {
        return thread.get();
    }

    /**
     * Returns the time of the clock that the timers follow. For any thread.
     *
     * @return the time in nanoseconds, to be compared as {@link System#nanoTime()} is
     */
    public long nanoTime() {
        return clock.getAsLong();
    }

    /**
     * Returns the buffer that handlers on this loop read into: 64 KB, allocated at the first call. Its bytes are valid
     * until the next read on this loop.
     *
     * @return the same buffer each time
     * @throws IllegalStateException if this is not the loop's thread
     */
    public ReadBuffer readBuffer() {
        if (readBuffer == null) {
            requireLoop();
            readBuffer = ReadBuffer.allocate(READ_BUFFER_SIZE);
        }
        return readBuffer;
    }

    /**
     * Registers a descriptor.
     *
     * @param fd       any descriptor that the mechanism can watch, borrowed; cancel the registration before it is
     *     closed
     * @param interest the events to watch for, see {@link io.github.epoll4j.epoll.EpollFlags}; EPOLLONESHOT with every
     *     mechanism, EPOLLET and EPOLLEXCLUSIVE with {@link Mechanism#EPOLL} alone
     * @param handler  called when the descriptor is ready
     * @return the registration
     * @throws ErrnoException EEXIST if this number is registered already, also if its descriptor was closed without
     *     {@link Registration#cancel()} and the number belongs to another one now; EBADF if it is not open; EPERM,
     *     ENOSPC and others of epoll_ctl(2)
     * @throws UnsupportedOperationException if the mechanism does not support the interest
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
        poller.add(fd, interest, registration.cookie);
        try {
            table.add(registration);
        } catch (Throwable e) {
            poller.remove(fd);
            throw e;
        }
        return registration;
    }

    /**
     * Returns the number of registrations.
     *
     * @return the number of those that are not cancelled
     * @throws IllegalStateException if this is not the loop's thread
     */
    public int registrations() {
        requireLoop();
        return table.size();
    }

    /**
     * Compares this loop's registrations with the kernel's view of them. With {@link Mechanism#EPOLL}
     * {@code /proc/self/fdinfo} shows what the kernel watches; with the others only whether each descriptor is open is
     * compared. It reads files, so it is for the search of mistakes: a descriptor that was closed before its
     * registration was cancelled, or a duplicate that keeps it in the kernel's list.
     *
     * @return the registrations and the differences
     * @throws IOException if /proc is not there, or no descriptor is left to read it with
     * @throws IllegalStateException if this is not the loop's thread, or the loop is closed
     * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
     */
    public LoopDump dump() throws IOException {
        requireOpen();
        return LoopDump.compare(mechanism, table.list(), mechanism == Mechanism.EPOLL ? poller.fd() : -1);
    }

    void change(Registration registration, int interest) throws ErrnoException {
        requireOpen();
        if (!registration.valid) {
            throw new IllegalStateException("the registration is cancelled");
        }
        poller.modify(registration.fd, interest, registration.cookie);
        registration.interest = interest;
    }

    void cancel(Registration registration) {
        requireLoop();
        if (registration.valid) {
            if (!isClosed.get()) {
                poller.remove(registration.fd);
            }
            registration.valid = false; // only now: if the removal throws, such as for want of stack, it is done again
            table.remove(registration);
        }
    }

    /**
     * Runs a task on the loop's thread, after those that were given before; wakes the loop if it sleeps. A task that
     * this method accepts is run. On the loop's own thread tasks are accepted until the last of them has run.
     *
     * @param task the task
     * @throws RejectedExecutionException if the loop has stopped
     */
    @Override
    public void execute(Runnable task) {
        if (tasks.add(Objects.requireNonNull(task), inLoop())) {
            wakeups.increment();
            poller.wakeup();
        }
    }

    /**
     * Runs an action at once if this is the loop's thread, and otherwise as a task.
     *
     * @param action the action; what it throws at once is thrown here
     * @return false if it was dropped, as this is another thread and the loop has stopped
     */
    public boolean runInLoop(Runnable action) {
        if (inLoop()) {
            action.run();
            return true;
        }
        try {
            execute(action);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /**
     * Runs an action once at the end of the current step. A step is one call of a handler, or all timers that are due,
     * or the tasks of one iteration. Outside a step the action runs at once. Connections flush in this way.
     *
     * @param action the action; a failure is reported
     * @throws IllegalStateException if this is not the loop's thread
     */
    public void afterStep(Runnable action) {
        requireLoop();
        if (isInStep) {
            afterStep.add(action);
        } else {
            action.run();
        }
    }

    /**
     * Adds a listener that is called once when the loop stops. It is called on the loop's thread before the last tasks
     * run, and may add to them. If the loop has stopped already, as it has in the last tasks, this method calls it.
     *
     * @param listener receives the failure that ended the loop, or the cause given to {@link #stop(Throwable)}; null
     *     if it was stopped in good order
     * @throws IllegalStateException if this is not the loop's thread
     */
    public void addStopListener(Consumer<? super Throwable> listener) {
        requireLoop();
        Objects.requireNonNull(listener);
        if (tasks.isStopped()) {
            listener.accept(stopCause);
        } else {
            stopListeners.add(listener);
        }
    }

    /**
     * Removes a listener.
     *
     * @param listener the listener; nothing happens if it is not there
     * @throws IllegalStateException if this is not the loop's thread
     */
    public void removeStopListener(Consumer<? super Throwable> listener) {
        requireLoop();
        stopListeners.remove(listener);
    }

    /**
     * Runs a task once after a delay.
     *
     * @param delay the time from now, zero or more
     * @param task  the task
     * @return the timer, with which it can be cancelled or restarted
     * @throws IllegalArgumentException if the delay is negative
     * @throws IllegalStateException if this is not the loop's thread
     */
    public LoopTimer schedule(Duration delay, Runnable task) {
        requireLoop();
        return timers.schedule(this, delay, LoopTimer.ONCE, task);
    }

    /**
     * Runs a task periodically, at times that do not drift. The n-th run is due n periods after the first one, however
     * late the others were. Periods that were missed altogether are left out.
     *
     * @param first  the time from now until the first run, zero or more
     * @param period the time between two runs, above zero
     * @param task   the task
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

    void restart(LoopTimer timer, Duration delay) {
        requireLoop();
        timers.restart(timer, delay);
    }

    /**
     * Returns the time until the next timer is due, for a program that waits for {@link #fd()} in a loop of its own.
     *
     * @return the time from now in nanoseconds; 0 if one is due or a task waits, -1 if there is none
     * @throws IllegalStateException if this is not the loop's thread
     */
    public long nanosToNextDeadline() {
        requireLoop();
        return tasks.isEmpty() ? timers.nanosToFirst() : 0;
    }

    /**
     * Returns a descriptor that is readable while an iteration would find an event or a task; with
     * {@link Mechanism#EPOLL} alone.
     *
     * @return the epoll descriptor, borrowed
     * @throws UnsupportedOperationException if the mechanism has no descriptor
     */
    public int fd() {
        return poller.fd();
    }

    /**
     * Starts a thread that runs the loop, and closes it when it has stopped. A failure that ends it is reported.
     *
     * @param factory creates the thread, which should be a platform thread
     * @return the thread
     * @throws IllegalStateException if the loop has a thread already, or is closed
     */
    public Thread start(ThreadFactory factory) {
        Thread created = Objects.requireNonNull(factory.newThread(this::runAndClose), "the factory created no thread");
        if (isClosed.get() || !thread.compareAndSet(null, created)) {
            throw new IllegalStateException(isClosed.get() ? "the loop is closed" : "the loop has a thread already");
        }
        try {
            created.start();
        } catch (Throwable e) { // no memory for a thread
            thread.set(null);
            throw e;
        }
        return created;
    }

    private void runAndClose() {
        isStarted = true;
        try {
            run();
        } catch (Throwable e) {
            if (e != fatal) {
                reportFailure(this, e);
            }
        }
    }

    /**
     * Iterates in the calling thread until {@link #stop()} is called, and then runs the remaining tasks. It ends also
     * if the wait itself fails, or the JVM: these tasks run all the same. A loop runs once.
     *
     * @throws ErrnoException if the wait itself fails
     * @throws InternalError if something has thrown it; likewise UnknownError
     * @throws IllegalStateException if the loop runs in another thread, or this is a call from inside it, or the loop
     *     has run already or is closed
     */
    public void run() throws ErrnoException {
        enter();
        Throwable cause = null;
        try {
            while (!stopRequested) {
                iterate(Poller.NO_LIMIT);
            }
        } catch (Throwable e) {
            cause = e;
            throw e;
        } finally {
            end(cause);
        }
        throwFatal();
    }

    /**
     * Runs one iteration without a time limit: waits for a descriptor, a task or a timer, and handles what there is.
     *
     * @return the number of events
     * @throws ErrnoException as {@link #runOnce(Duration)}
     * @throws IllegalStateException as {@link #runOnce(Duration)}
     */
    public int runOnce() throws ErrnoException {
        return runOnce(Poller.NO_LIMIT);
    }

    /**
     * Runs one iteration: waits for a descriptor, a task, a timer or a time, and handles what there is.
     *
     * @param timeout the longest time to wait, which a timer's deadline can only shorten; zero polls and returns
     * @return the number of events
     * @throws ErrnoException if the wait itself fails
     * @throws InternalError if something has thrown it; likewise UnknownError
     * @throws IllegalArgumentException if the timeout is negative
     * @throws IllegalStateException if the loop runs in another thread, or this is a call from inside it, such as from
     *     a handler, or {@link #run()} has ended or the loop is closed
     */
    public int runOnce(Duration timeout) throws ErrnoException {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("negative timeout: " + timeout);
        }
        return runOnce(TimeUnit.NANOSECONDS.convert(timeout));
    }

    private int runOnce(long limitNanos) throws ErrnoException {
        enter();
        try {
            return iterate(limitNanos);
        } finally { // until the next iteration a task makes the descriptor readable, and so does one that remains
            isRunning = false;
            if (isClosed.get()) {
                end(fatal);
                release();
            } else {
                tasks.sleep();
                if (!tasks.isEmpty()) {
                    poller.wakeup();
                }
            }
        }
    }

    private int iterate(long limitNanos) throws ErrnoException {
        tasks.sleep();
        // a task that came before wakes no thread: it is here, and makes the wait short
        long timeout = stopRequested ? 0 : soonest(limitNanos, nanosToNextDeadline());
        int ready = poller.await(timeout);
        tasks.awake();
        add(iterations, 1);
        add(ready == 0 ? emptyWaits : events, ready == 0 ? 1 : ready);
        Object record = IterationEvent.begin();
        isInStep = true;
        for (int i = 0; i < ready && fatal == null && !isClosed.get(); i++) {
            dispatch(poller.cookie(i), poller.events(i));
        }
        if (fatal == null && !timers.isEmpty()) {
            timers.runDue(this);
            runAfterStep();
        }
        if (fatal == null && !tasks.isEmpty()) {
            tasks.run(this);
            runAfterStep();
        }
        isInStep = false;
        if (record != null) {
            IterationEvent.end(record, ready);
        }
        throwFatal();
        return ready;
    }

    private void throwFatal() {
        if (fatal != null) {
            throw fatal;
        }
    }

    private static long soonest(long limit, long deadline) {
        return limit < 0 || deadline < 0 ? Math.max(limit, deadline) : Math.min(limit, deadline);
    }

    private void dispatch(long cookie, int mask) {
        Registration registration = table.find(cookie);
        if (registration == null) {
            add(staleEvents, 1);
            return;
        }
        try {
            registration.handler.ready(registration, mask);
        } catch (Throwable e) {
            try {
                registration.cancel();
            } finally {
                reportFailure(registration.handler, e);
            }
        }
        if (!afterStep.isEmpty()) {
            runAfterStep();
        }
    }

    private void runAfterStep() {
        for (int i = 0; i < afterStep.size(); i++) { // an action may add others
            runReporting(afterStep.get(i));
        }
        afterStep.clear();
    }

    void runTask(Runnable task) {
        add(taskRuns, 1);
        runReporting(task);
    }

    void runTimer(Runnable task, long lateNanos) {
        add(timerRuns, 1);
        if (lateNanos > latestTimerNanos.getPlain()) {
            latestTimerNanos.setOpaque(lateNanos);
        }
        runReporting(task);
    }

    private void runReporting(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            reportFailure(action, e);
        }
    }

    /**
     * Reports a failure to the {@link FailureHandler}. It never throws. An {@link InternalError} or UnknownError ends
     * the loop after the current step, if this is its thread.
     *
     * @param source  the object whose code has failed, such as a handler or a connection
     * @param failure the failure
     */
    public void reportFailure(Object source, Throwable failure) {
        noteFatal(failure);
        try {
            failureHandler.failed(this, source, failure);
        } catch (Throwable second) {
            noteFatal(second);
            logFailureOfHandler(second, failure);
        }
    }

    private void logFailureOfHandler(Throwable second, Throwable first) {
        try {
            if (second != first) {
                second.addSuppressed(first);
            }
            FailureHandler.LOGGING.failed(this, failureHandler, second);
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

    /** Stops the loop: {@link #run()} returns after the current iteration. For any thread. */
    public void stop() {
        stop(null);
    }

    /**
     * Stops the loop as {@link #stop()}, with a cause for the stop listeners, such as the failure of another loop. The
     * cause is not thrown. For any thread.
     *
     * @param cause the cause; null for none. A failure of this loop's own comes before it
     */
    public void stop(Throwable cause) {
        if (cause != null) {
            stopCause = cause;
        }
        stopRequested = true;
        poller.wakeup();
    }

    /** Returns the state of the loop as its tasks have it, see {@link TaskQueue#isAwake()}. For any thread. */
    boolean isAwake() {
        return tasks.isAwake();
    }

    /** Returns whether the loop has run its last task. For any thread. */
    boolean isFinished() {
        return tasks.isFinished();
    }

    /**
     * Ends the loop and closes the descriptors that it waits with. The descriptors that it watched stay open; their
     * registrations have no effect any more. If another thread runs the loop it is stopped first, and waited for; a
     * thread that iterates by {@link #runOnce(Duration)} is waited for until it ends, as it may iterate again. Tasks
     * that were given before and have not run yet run now. Closing again does nothing. In a handler, a task or a timer
     * this ends the iteration, and {@link #run()}, before the loop is closed.
     */
    @Override
    public void close() {
        stopRequested = true;
        thread.compareAndSet(null, Thread.currentThread());
        if (!inLoop()) {
            join();
        }
        if (isClosed.compareAndSet(false, true)) {
            thread.set(Thread.currentThread());
            timers.clear();
            if (!isRunning) {
                end(fatal);
                release();
            }
        }
    }

    /** Wakes the loop's thread, and waits until its run is over, or the thread has ended. */
    private void join() {
        if (ended.getCount() > 0) {
            poller.wakeup();
        }
        boolean isInterrupted = false;
        boolean isOver = false;
        while (!isOver && mayRun(thread.get())) {
            try {
                isOver = ended.await(1, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean mayRun(Thread owner) {
        return owner != null && (owner.isAlive() || owner.getState() == Thread.State.NEW);
    }

    /** Runs the stop listeners and the last tasks, once. */
    private void end(Throwable failure) {
        stopRequested = true;
        if (tasks.stop()) {
            Throwable cause = failure != null ? failure : stopCause;
            stopCause = cause;
            isInStep = true;
            List.copyOf(stopListeners).reversed().forEach(listener -> runReporting(() -> listener.accept(cause)));
            stopListeners.clear();
            do {
                tasks.runAll(this);
                runAfterStep();
            } while (!tasks.isEmpty());
            tasks.finish();
            isInStep = false;
        }
        boolean isClosing = isRunning && (isStarted || isClosed.get()); // by a handler of this run
        isRunning = false;
        if (isClosing) {
            isClosed.set(true);
            release();
        }
        ended.countDown();
    }

    private void release() {
        timers.clear();
        poller.close();
    }

    /** Begins to run: a nested iteration would overwrite the events of the one around it. */
    private void enter() {
        thread.compareAndSet(null, Thread.currentThread());
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
        Thread owner = thread.get();
        if (owner != null && owner != Thread.currentThread()) {
            throw new IllegalStateException(
                    isClosed.get() ? "the loop is closed" : "not on the loop's thread, which is " + owner);
        }
    }

    /**
     * Describes the loop for a log.
     *
     * @return such as {@code EventLoop[EPOLL, reactor-loop-0]}
     */
    @Override
    public String toString() {
        Thread owner = thread.get();
        return "EventLoop[" + mechanism + (owner == null ? "" : ", " + owner.getName())
                + (isClosed.get() ? ", closed" : "") + "]";
    }
}
