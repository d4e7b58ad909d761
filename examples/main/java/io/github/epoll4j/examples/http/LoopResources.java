package io.github.epoll4j.examples.http;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.reactor.loop.EventLoop;
import java.nio.ByteBuffer;
import java.time.Duration;

/** The pages, the buffers, the date and the log that the connections of one loop share. For the loop's thread. */
final class LoopResources {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int OUT_SIZE = 32 << 10;

    final Site site;
    final AccessLog log;
    /** The memory that heads of requests are parsed in. */
    final byte[] scratch = new byte[RequestParser.SCRATCH_BYTES];
    /** The buffer that answers are put together in. */
    final ByteBuffer out = ByteBuffer.allocateDirect(OUT_SIZE);
    private byte[] dateField;
    private byte[] logTime;

    LoopResources(Site site, FileFd log) {
        this.site = site;
        this.log = new AccessLog(log);
        renewDate();
    }

    /** Starts the clock, on the loop. */
    void start(EventLoop loop) {
        loop.scheduleAtFixedRate(TICK, TICK, this::tick);
        loop.addStopListener(cause -> log.flush());
    }

    private void tick() {
        renewDate();
        site.tick();
        log.flush();
    }

    private void renewDate() {
        long seconds = System.currentTimeMillis() / 1000;
        dateField = ("Date: " + HttpDate.field(seconds) + "\r\n").getBytes(US_ASCII);
        logTime = HttpDate.log(seconds).getBytes(US_ASCII);
    }

    /** Returns the field Date, with CR LF. */
    byte[] dateField() {
        return dateField;
    }

    byte[] logTime() {
        return logTime;
    }
}
