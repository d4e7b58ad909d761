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
import jdk.jfr.Timespan;

/**
 * Java Flight Recorder's events for connections and listeners. Without a recording no class of the recorder is loaded.
 */
final class ConnectionEvents {
    private static final boolean IS_PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

    private ConnectionEvents() {
    }

    private static boolean isRecorded() {
        return IS_PRESENT && FlightRecorder.isInitialized();
    }

    /** Returns an exception's description; the name of its class if that throws. */
    private static String text(Throwable cause) {
        try {
            return Objects.toString(cause, null);
        } catch (Throwable e) {
            return cause.getClass().getName();
        }
    }

    /** Records a pause of a listener; without a cause it has as many connections as it may have. */
    static void acceptPaused(Object address, Exception cause, Duration pause) {
        if (isRecorded() && Probes.ACCEPT_PAUSE.isEnabled()) {
            AcceptPause event = new AcceptPause();
            event.address = String.valueOf(address);
            event.cause = Objects.toString(cause, "as many connections as it may have");
            event.pause = pause.toNanos();
            event.commit();
        }
    }

    static void opened(Connection connection) {
        if (isRecorded() && Probes.CONNECTION_OPEN.isEnabled()) {
            ConnectionOpen event = new ConnectionOpen();
            event.remoteAddress = Objects.toString(connection.remoteAddress(), null);
            event.commit();
        }
    }

    /** Records the end of a connection, before its pending bytes are dropped. */
    static void closed(Connection connection, Throwable cause) {
        if (isRecorded() && Probes.CONNECTION_CLOSE.isEnabled()) {
            ConnectionClose event = new ConnectionClose();
            event.remoteAddress = Objects.toString(connection.remoteAddress(), null);
            event.cause = text(cause);
            event.pendingBytes = connection.pendingBytes();
            event.commit();
        }
    }

    /** Show whether an event is enabled. All together: a pause may come when no class can be loaded. */
    private static final class Probes {
        private static final AcceptPause ACCEPT_PAUSE = new AcceptPause();
        private static final ConnectionOpen CONNECTION_OPEN = new ConnectionOpen();
        private static final ConnectionClose CONNECTION_CLOSE = new ConnectionClose();
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
    private static final class ConnectionClose extends Event {
        @Label("Remote Address")
        private String remoteAddress;

        @Label("Cause")
        @Description("The failure that ended the connection; none if it was closed in good order")
        private String cause;

        @Label("Pending Bytes")
        @Description("The bytes that were written and never sent")
        @DataAmount
        private long pendingBytes;
    }
}
