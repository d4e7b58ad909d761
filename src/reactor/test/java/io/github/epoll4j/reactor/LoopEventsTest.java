package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.reactor.loop.EventLoop;
import io.github.epoll4j.reactor.loop.Mechanism;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Java Flight Recorder is told, when it wants to know and when it does not. */
@Timeout(120)
class LoopEventsTest {
    private static final String PREFIX = "io.github.epoll4j.";
    private static final long TURN_NANOS = 3_000_000;

    @TempDir
    private Path folder;

    private List<RecordedEvent> events(Recording recording) throws IOException {
        recording.stop();
        Path file = folder.resolve("recording.jfr");
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith(PREFIX))
                .toList();
    }

    private static void dawdle() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < TURN_NANOS) {
            LockSupport.parkNanos(TURN_NANOS);
        }
    }

    private static void iterateSlowly() throws IOException {
        try (EventLoop loop = EventLoop.open()) {
            loop.execute(LoopEventsTest::dawdle);
            loop.runOnce(Duration.ZERO);
        }
    }

    @Test
    void shouldRecordNothingWhenNobodyEnablesTheEvents() throws IOException {
        try (Recording recording = new Recording()) {
            recording.start();
            iterateSlowly();
            serveOne();
            assertThat(events(recording)).isEmpty();
        }
    }

    @Test
    void shouldRecordTurnsAboveTheThresholdWhenEnabled() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable(PREFIX + "LoopIteration").withThreshold(Duration.ofNanos(TURN_NANOS));
            recording.start();
            iterateSlowly();
            List<RecordedEvent> events = events(recording);

            assertThat(events).isNotEmpty().allSatisfy(event -> {
                assertThat(event.getEventType().getName()).isEqualTo(PREFIX + "LoopIteration");
                assertThat(event.getDuration()).isGreaterThanOrEqualTo(Duration.ofNanos(TURN_NANOS));
                assertThat(event.getInt("events")).isZero();
            });
        }
    }

    @Test
    void shouldRecordNoTurnWhenNoneIsAboveTheThreshold() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable(PREFIX + "LoopIteration").withThreshold(Duration.ofHours(1));
            recording.start();
            iterateSlowly();
            assertThat(events(recording)).isEmpty();
        }
    }

    /** A connection whose handler fails. */
    private static void serveOne() throws IOException {
        try (Reactor reactor = Reactor.open(ReactorConfig.DEFAULT.withLoops(1)
                .withFailureHandler((loop, source, exception) -> { }))) {
            Listener listener = reactor.listen(new InetSocketAddress("127.0.0.1", 0), connection -> new Failing());
            try (Socket socket = new Socket()) {
                socket.connect(listener.localAddress());
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(1);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    private static final class Failing implements ConnectionHandler {
        @Override
        public void onData(Connection connection, ByteBuffer data) throws IOException {
            throw new IOException("one is too much");
        }
    }

    @Test
    void shouldRecordTheOpeningAndTheCauseOfTheCloseWhenEnabled() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable(PREFIX + "ConnectionOpen");
            recording.enable(PREFIX + "ConnectionClose");
            recording.start();
            serveOne();
            List<RecordedEvent> events = events(recording);

            assertThat(events).extracting(event -> event.getEventType().getName())
                    .containsExactly(PREFIX + "ConnectionOpen", PREFIX + "ConnectionClose");
            assertThat(events.getLast().getString("cause")).isEqualTo("java.io.IOException: one is too much");
            assertThat(events.getLast().getLong("pendingBytes")).isZero();
            assertThat(events).extracting(event -> event.getString("remoteAddress")).doesNotContainNull()
                    .containsOnly(events.getFirst().getString("remoteAddress"));
        }
    }

    @Test
    void shouldRecordTheOpeningTooWhenTheFunctionThrows() throws IOException {
        try (Recording recording = new Recording(); SocketPair<UnixStream> pair = SocketPair.open();
                EventLoop loop = EventLoop.open(Mechanism.EPOLL, (failed, source, exception) -> { })) {
            recording.enable(PREFIX + "ConnectionOpen");
            recording.enable(PREFIX + "ConnectionClose");
            recording.start();
            LoopContext connections = new LoopContext(loop);
            connections.open(pair.first(), null, ConnectionConfig.DEFAULT, connection -> {
                throw new IllegalStateException("no handler");
            });
            assertThat(connections.metrics().opened()).isOne();
            assertThat(connections.metrics().open()).isZero();
            List<RecordedEvent> events = events(recording);

            assertThat(events).extracting(event -> event.getEventType().getName())
                    .containsExactly(PREFIX + "ConnectionOpen", PREFIX + "ConnectionClose");
            assertThat(events.getLast().getString("cause")).isEqualTo("java.lang.IllegalStateException: no handler");
        }
    }

    @Test
    void shouldRecordAnAcceptPauseWhenEnabled() throws IOException {
        try (Recording recording = new Recording()) {
            recording.enable(PREFIX + "AcceptPause");
            recording.start();
            ConnectionEvents.acceptPaused("/127.0.0.1:7000", new ErrnoException("accept4", "fd=7", Errno.EMFILE),
                    Duration.ofMillis(5));

            assertThat(events(recording)).singleElement().satisfies(event -> {
                assertThat(event.getString("address")).isEqualTo("/127.0.0.1:7000");
                assertThat(event.getString("cause")).contains("EMFILE");
                assertThat(event.getDuration("pause")).isEqualTo(Duration.ofMillis(5));
            });
        }
    }
}
