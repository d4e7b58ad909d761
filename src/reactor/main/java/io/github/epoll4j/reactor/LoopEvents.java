package io.github.epoll4j.reactor;

import java.time.Duration;
import java.util.Objects;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Timespan;

/**
 * What a loop tells Java Flight Recorder: nothing unless a recording enables the events, and nothing in a runtime
 * without it, where no class is loaded that it belongs to.
 */
final class LoopEvents {
    private static final boolean IS_PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private LoopEvents() {
    }

    /**
     * True once there has been a recording. Before, no event is touched: the first one of a process costs a tenth of a
     * second or more.
     */
    private static boolean isRecorded() {
        return IS_PRESENT && FlightRecorder.isInitialized();
    }

    /** The beginning of a turn after its wait; null if nobody wants to know. */
    static Object turnBegins() {
        return isRecorded() ? Turn.begins() : null;
    }

    /** Returns what an exception says of itself; the name of its class if that throws. */
    private static String text(Throwable cause) {
        try {
            return Objects.toString(cause, null);
        } catch (Throwable e) {
            return cause.getClass().getName();
        }
    }

    /** The end of a turn that had a beginning. */
    static void turnEnds(Object turn, int ready) {
        ((Turn) turn).ends(ready);
    }

    /** A listener accepts nothing for a while. */
    static void acceptPaused(Object address, Exception cause, Duration pause) {
        if (isRecorded() && Probes.ACCEPT_PAUSE.isEnabled()) {
            AcceptPause event = new AcceptPause();
            event.address = String.valueOf(address);
            event.cause = Objects.toString(cause, "as many connections as it may have");
            event.pause = pause.toNanos();
            event.commit();
        }
    }

    static void connectionOpened(Connection connection) {
        if (isRecorded() && Probes.CONNECTION_OPEN.isEnabled()) {
            ConnectionOpen event = new ConnectionOpen();
            event.remoteAddress = Objects.toString(connection.remoteAddress(), null);
            event.commit();
        }
    }

    /** Before the socket is closed. */
    static void connectionClosed(Connection connection, Throwable cause) {
        if (isRecorded() && Probes.CONNECTION_END.isEnabled()) {
            ConnectionEnd event = new ConnectionEnd();
            event.remoteAddress = Objects.toString(connection.remoteAddress(), null);
            event.cause = text(cause);
            event.pendingBytes = connection.pendingBytes();
            event.commit();
        }
    }

    /**
     * Tell whether an event is enabled. All together, so that the first turn of a recording loads what a pause needs:
     * that may come when no class can be loaded.
     */
    private static final class Probes {
        private static final Turn TURN = new Turn();
        private static final AcceptPause ACCEPT_PAUSE = new AcceptPause();
        private static final ConnectionOpen CONNECTION_OPEN = new ConnectionOpen();
        private static final ConnectionEnd CONNECTION_END = new ConnectionEnd();
    }

    @Name("io.github.epoll4j.LoopTurn")
    @Label("Loop Turn")
    @Description("A turn of an event loop without its wait: handlers, timers and tasks")
    @Category({"epoll4j"})
    @Enabled(false)
    @Threshold("10 ms")
    @StackTrace(false)
    private static final class Turn extends Event {
        @Label("Events")
        @Description("How many events the wait reported")
        private int events;

        private static Turn begins() {
            if (!Probes.TURN.isEnabled()) {
                return null;
            }
            Turn turn = new Turn();
            turn.begin();
            return turn;
        }

        private void ends(int ready) {
            events = ready;
            commit();
        }
    }

    @Name("io.github.epoll4j.AcceptPause")
    @Label("Accept Pause")
    @Description("A listener accepts nothing for a while")
    @Category({"epoll4j"})
    @Enabled(false)
    @StackTrace(false)
    private static final class AcceptPause extends Event {
        @Label("Address")
        private String address;

        @Label("Cause")
        private String cause;

        @Label("Pause")
        @Timespan
        private long pause;
    }

    @Name("io.github.epoll4j.ConnectionOpen")
    @Label("Connection Open")
    @Category({"epoll4j"})
    @Enabled(false)
    @StackTrace(false)
    private static final class ConnectionOpen extends Event {
        @Label("Remote Address")
        private String remoteAddress;
    }

    @Name("io.github.epoll4j.ConnectionClose")
    @Label("Connection Close")
    @Category({"epoll4j"})
    @Enabled(false)
    @StackTrace(false)
    private static final class ConnectionEnd extends Event {
        @Label("Remote Address")
        private String remoteAddress;

        @Label("Cause")
        @Description("What ended the connection; none if it was closed in good order")
        private String cause;

        @Label("Pending Bytes")
        @Description("What was written and never sent")
        @DataAmount
        private long pendingBytes;
    }
}
