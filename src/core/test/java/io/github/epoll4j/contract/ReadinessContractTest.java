package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollFlags;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.fd.TimerFd;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.UdpSocket;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What each way of waiting says of each kind of descriptor. poll and epoll say the same, in the same bits, however it
 * is triggered; select folds HUP and ERR into R, ERR into W, and has no word for RDHUP.
 */
@Timeout(60)
class ReadinessContractTest {
    private static final int INTEREST = EpollFlags.EPOLLIN | EpollFlags.EPOLLOUT | EpollFlags.EPOLLPRI
            | EpollFlags.EPOLLRDHUP;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @AfterEach
    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    @ParameterizedTest(name = "{0}: select {1}, poll and epoll {2}")
    @DisplayName("kernel readiness: select, poll, epoll level, edge and one-shot")
    @CsvSource(delimiter = '|', textBlock = """
            pipe reader, empty        | -  | 0
            pipe reader, data         | R  | IN
            pipe reader, writer gone  | R  | HUP
            pipe reader, data and gone| R  | IN HUP
            pipe writer, empty        | W  | OUT
            pipe writer, full         | -  | 0
            pipe writer, reader gone  | RW | OUT ERR
            unix, idle                | W  | OUT
            unix, data                | RW | IN OUT
            unix, peer half-closed    | RW | IN OUT RDHUP
            unix, peer closed         | RW | IN OUT RDHUP HUP
            unix, reset               | RW | IN OUT RDHUP HUP ERR
            udp, empty                | W  | OUT
            udp, datagram             | RW | IN OUT
            eventfd, zero             | W  | OUT
            eventfd, above zero       | RW | IN OUT
            eventfd, full             | R  | IN
            timerfd, armed            | -  | 0
            timerfd, expired          | R  | IN
            epoll, nothing            | -  | 0
            epoll, something          | R  | IN
            """)
    void shouldReportTheSameWhenAskedInDifferentWays(String condition, String select, String events)
            throws Exception {
        int fd = make(condition);

        assertThat(select(fd)).as("select").isEqualTo(select);
        assertThat(poll(fd)).as("poll").isEqualTo(mask(events));
        assertThat(epoll(fd, 0)).as("level, and again").containsExactly(mask(events), mask(events));
        assertThat(epoll(fd, EPOLLET)).as("edge, once").containsExactly(mask(events), 0);
        assertThat(epoll(fd, EPOLLONESHOT)).as("one-shot, once").containsExactly(mask(events), 0);
    }

    private int make(String condition) throws Exception {
        String[] parts = condition.split(", ");
        return switch (parts[0]) {
            case "pipe reader", "pipe writer" -> pipe(parts[0], parts[1]);
            case "unix" -> unix(parts[1]);
            case "udp" -> udp(parts[1]);
            case "eventfd" -> eventFd(parts[1]).fd();
            case "timerfd" -> timer(parts[1]);
            case "epoll" -> epoll(parts[1]);
            default -> throw new AssertionError(condition);
        };
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.push(resource);
        return resource;
    }

    private int pipe(String end, String state) throws IOException {
        Pipe pipe = open(Pipe.open());
        if (state.contains("data")) {
            pipe.write(ByteBuffer.allocate(1));
        }
        if (state.equals("full")) {
            pipe.write(ByteBuffer.allocate(pipe.capacity()));
        }
        if (state.endsWith("gone")) {
            if (end.endsWith("reader")) {
                pipe.closeWrite();
            } else {
                pipe.closeRead();
            }
        }
        return end.endsWith("reader") ? pipe.readFd() : pipe.writeFd();
    }

    private int unix(String state) throws IOException {
        SocketPair<UnixStream> pair = open(SocketPair.open());
        switch (state) {
            case "data" -> pair.second().write(ByteBuffer.allocate(1));
            case "peer half-closed" -> pair.second().shutdownOutput();
            case "peer closed" -> pair.second().close();
            case "reset" -> {
                pair.first().write(ByteBuffer.allocate(1));
                pair.second().close();
            }
            default -> assertThat(state).isEqualTo("idle");
        }
        return pair.first().fd();
    }

    private int udp(String state) throws IOException {
        UdpSocket socket = open(UdpSocket.bind(new InetSocketAddress("127.0.0.1", 0)));
        if (state.equals("datagram")) {
            socket.send(ByteBuffer.allocate(1), socket.localAddress());
            await(socket, EpollFlags.EPOLLIN);
        }
        return socket.fd();
    }

    private EventFd eventFd(String state) throws IOException {
        EventFd counter = open(EventFd.open());
        if (!state.equals("zero")) {
            counter.write(state.equals("full") ? EventFd.MAX_VALUE : 1);
        }
        return counter;
    }

    private int timer(String state) throws IOException {
        TimerFd timer = open(TimerFd.open());
        timer.after(state.equals("armed") ? Duration.ofHours(1) : Duration.ofNanos(1));
        if (state.equals("expired")) {
            await(timer, EpollFlags.EPOLLIN);
        }
        return timer.fd();
    }

    private int epoll(String state) throws IOException {
        EpollInstance epoll = open(EpollInstance.open());
        epoll.add(eventFd(state.equals("something") ? "above zero" : "zero").fd(), EpollFlags.EPOLLIN);
        return epoll.fd();
    }

    private static void await(OwnedFd descriptor, int events) throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray ready = EpollEventArray.allocate(1)) {
            epoll.add(descriptor.fd(), events);
            assertThat(epoll.await(ready, 20_000)).isOne();
        }
    }

    private static int mask(String events) throws ReflectiveOperationException {
        int mask = 0;
        for (String name : events.split(" ")) {
            mask |= name.equals("0") ? 0 : EpollFlags.class.getField("EPOLL" + name).getInt(null);
        }
        return mask;
    }

    private static String select(int fd) throws IOException {
        FdSet read = FdSet.allocate();
        read.set(fd);
        FdSet write = read.copy();
        FdSet except = read.copy();
        Select.select(read, write, except, 0);
        String ready = (read.isSet(fd) ? "R" : "") + (write.isSet(fd) ? "W" : "") + (except.isSet(fd) ? "X" : "");
        return ready.isEmpty() ? "-" : ready;
    }

    private static int poll(int fd) throws IOException {
        try (PollFdArray fds = PollFdArray.allocate(1)) {
            fds.add(fd, INTEREST);
            Poll.poll(fds, 0);
            return fds.revents(0);
        }
    }

    /** Two waits, one after the other. */
    private static int[] epoll(int fd, int trigger) throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray events = EpollEventArray.allocate(1)) {
            epoll.add(fd, INTEREST | trigger);
            int[] flags = new int[2];
            for (int i = 0; i < flags.length; i++) {
                flags[i] = epoll.await(events, 0) == 0 ? 0 : events.flags(0);
            }
            return flags;
        }
    }
}
