package io.github.epoll4j.examples.lab;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Where a scenario is played: it makes the calls, compares, and takes everything down. */
final class Lab {
    private static final int LOWER_NUMBERS = 16;
    private static final String BETWEEN = "what comes next";

    private final List<String> signalNames = new ArrayList<>();
    private final List<LongSupplier> signals = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private final Deque<Runnable> atEnd = new ArrayDeque<>();
    private String doing = BETWEEN;

    private Lab() {
    }

    /** Plays a scenario, if the kernel has what it needs, and closes what it opened. */
    static Play play(Scenario scenario, Kernel kernel) {
        if (scenario.needs() != null && !kernel.has(scenario.needs())) {
            return new Play(scenario, kernel, List.of(), List.of(), kernel.lacks(scenario.needs()));
        }
        Lab lab = new Lab();
        String skipped = null;
        try {
            scenario.story().play(lab);
        } catch (Skip e) {
            skipped = e.getMessage();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOSYS) {
                skipped = kernel.refuses(e.syscall());
            } else {
                lab.breakOff(e);
            }
        } catch (IOException e) {
            lab.breakOff(e);
        } finally {
            lab.end();
        }
        return new Play(scenario, kernel, List.copyOf(lab.signalNames), List.copyOf(lab.steps), skipped);
    }

    /** Has a descriptor closed at the end. */
    <T extends OwnedFd> T own(T descriptor) {
        atEnd.push(descriptor::close);
        return descriptor;
    }

    /** Opens a pipe, until the end. */
    Pipe pipe() throws IOException {
        Pipe pipe = Pipe.open();
        atEnd.push(pipe::close);
        return pipe;
    }

    /** Opens two connected sockets, until the end. */
    SocketPair<UnixStream> pair() throws IOException {
        SocketPair<UnixStream> pair = SocketPair.open();
        atEnd.push(pair::close);
        return pair;
    }

    /**
     * Opens something whose numbers nobody gets after their close, while the scenario lasts: the JVM's other threads
     * get the lower ones that are free then.
     */
    <T> T highUp(Opening<T> opening) throws IOException {
        List<EventFd> lower = new ArrayList<>();
        try {
            for (int i = 0; i < LOWER_NUMBERS; i++) {
                lower.add(EventFd.open());
            }
            return opening.open();
        } finally {
            lower.forEach(EventFd::close);
        }
    }

    /** Allocates room for what a wait reports, until the end. */
    EpollEventArray events(int capacity) {
        EpollEventArray events = EpollEventArray.allocate(capacity);
        atEnd.push(events::close);
        return events;
    }

    /** Has something done at the end; the last comes first. */
    void atEnd(Runnable cleanUp) {
        atEnd.push(cleanUp);
    }

    /** Draws the bytes that a stream holds. */
    Flow bytes(String name, Flow flow) {
        signal(name, flow::held);
        return flow;
    }

    /** Draws a value, which is looked at after each step. Signals are named before the first step. */
    void signal(String name, LongSupplier value) {
        signalNames.add(name);
        signals.add(value);
    }

    /** Watches a descriptor by an epoll instance of its own. */
    Watch.ByEpoll watch(String name, int fd, int mask) throws IOException {
        Watch.ByEpoll watch = new Watch.ByEpoll(name, fd, mask);
        atEnd.push(watch::close);
        return watch;
    }

    /** Does something that is expected to succeed. */
    void act(String what, Action action) throws IOException {
        doing = what;
        action.run();
        take(what, true, List.of());
    }

    /** Does something that is expected to answer this. */
    void act(String what, Object expected, Reading.Question action) throws IOException {
        doing = what;
        take(what, true, List.of(Check.of("", expected, action.ask())));
    }

    /** Does something, and asks at once: a step that is one line. */
    void act(String what, Action action, Reading... readings) throws IOException {
        doing = what;
        action.run();
        take(what, true, ask(readings));
    }

    /** Does something that the kernel is expected to refuse. */
    void refused(String what, int errno, Action action) throws IOException {
        Object happened = "done";
        try {
            action.run();
        } catch (ErrnoException e) {
            happened = Errno.name(e.errno());
        }
        take(what, true, List.of(Check.of("", Errno.name(errno), happened)));
    }

    /** Asks each, in this order. */
    void expect(Reading... readings) throws IOException {
        expect("", readings);
    }

    /** Asks each, and says why, or how. */
    void expect(String note, Reading... readings) throws IOException {
        for (Reading reading : readings) {
            doing = reading.who() + (note.isEmpty() ? "" : ": " + note);
            take(note, false, List.of(reading.take()));
        }
    }

    /** Asks for a time, of which nothing but the lower bound is certain. */
    void expectAtLeast(String what, String who, long nanos, Action wait) throws IOException {
        doing = what;
        long start = System.nanoTime();
        wait.run();
        long taken = System.nanoTime() - start;
        take(what, true, List.of(new Check(who, "at least " + millis(nanos), millis(taken), taken >= nanos)));
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
    }

    /** Ends a scenario that this system cannot play, with the reason. */
    static Skip skip(String reason) {
        return new Skip(reason);
    }

    private static List<Check> ask(Reading[] readings) throws IOException {
        List<Check> checks = new ArrayList<>();
        for (Reading reading : readings) {
            checks.add(reading.take());
        }
        return checks;
    }

    private void take(String what, boolean action, List<Check> checks) {
        List<Long> values = signals.stream().map(LongSupplier::getAsLong).toList();
        steps.add(new Step(what, action, List.copyOf(checks), values));
        doing = BETWEEN;
    }

    private void breakOff(IOException e) {
        String happened = e instanceof ErrnoException ? e.getMessage() : e.toString();
        take(doing, true, List.of(new Check("", "no error", happened, false)));
    }

    private void end() {
        while (!atEnd.isEmpty()) {
            atEnd.pop().run();
        }
    }

    /** Opens descriptors. */
    @FunctionalInterface
    interface Opening<T> {
        /**
         * Opens them.
         *
         * @return their owner
         * @throws IOException if the kernel refuses
         */
        T open() throws IOException;
    }

    /** What a scenario does. */
    @FunctionalInterface
    interface Action {
        /**
         * Does it.
         *
         * @throws IOException if the kernel refuses
         */
        void run() throws IOException;
    }

    /** Why a scenario cannot be played here. */
    static final class Skip extends RuntimeException {
        private static final long serialVersionUID = 1;

        Skip(String reason) {
            super(reason, null, false, false);
        }
    }
}
