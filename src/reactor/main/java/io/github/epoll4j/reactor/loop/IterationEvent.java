package io.github.epoll4j.reactor.loop;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/**
 * Java Flight Recorder's event for an iteration. Without a recording no class of the recorder is loaded: the first
 * event of a process costs a tenth of a second or more.
 */
final class IterationEvent {
    private static final boolean IS_PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private IterationEvent() {
    }

    /** Begins an event after the wait; returns null if it is not recorded. */
    static Object begin() {
        return IS_PRESENT && FlightRecorder.isInitialized() ? Iteration.begun() : null;
    }

    /** Ends an event that was begun. */
    static void end(Object event, int ready) {
        ((Iteration) event).end(ready);
    }

    @Name("io.github.epoll4j.LoopIteration")
    @Label("Loop Iteration")
    @Description("An iteration of an event loop without its wait: handlers, timers and tasks")
    @Category({"epoll4j"})
    @Enabled(false)
    @Threshold("10 ms")
    @StackTrace(false)
    private static final class Iteration extends Event {
        private static final Iteration PROBE = new Iteration();

        @Label("Events")
        @Description("The number of events that the wait reported")
        private int events;

        private static Iteration begun() {
            if (!PROBE.isEnabled()) {
                return null;
            }
            Iteration iteration = new Iteration();
            iteration.begin();
            return iteration;
        }

        private void end(int ready) {
            events = ready;
            commit();
        }
    }
}
