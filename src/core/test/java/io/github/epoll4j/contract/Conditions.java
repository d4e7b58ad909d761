package io.github.epoll4j.contract;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLONESHOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.LibC;
import io.github.epoll4j.OwnedFd;
import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.Inotify;
import io.github.epoll4j.fd.InotifyFlags;
import io.github.epoll4j.fd.PidFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.fd.SignalFd;
import io.github.epoll4j.fd.Signalling;
import io.github.epoll4j.fd.TimerFd;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Descriptors of each kind, brought into each condition; all are closed together. */
final class Conditions {
    private static final int SIGUSR1 = 10;
    private static final int FAR_ABOVE = 900;
    private static final int PTS_NAME_LENGTH = 64;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final SocketConditions sockets = new SocketConditions(this);

    void close() throws Exception {
        while (!opened.isEmpty()) {
            opened.pop().close();
        }
    }

    <T extends AutoCloseable> T open(T resource) {
        opened.push(resource);
        return resource;
    }

    /** Makes a descriptor of a kind, in a condition. */
    int make(String kind, String condition) throws Exception {
        return switch (kind) {
            case "pipe reader" -> pipeReader(condition);
            case "pipe writer" -> pipeWriter(condition);
            case "eventfd" -> eventFd(condition).fd();
            case "timerfd" -> timer(condition);
            case "signalfd" -> signalFd(condition);
            case "pidfd" -> pidFd(condition);
            case "inotify" -> inotify(condition);
            case "epoll" -> epoll(condition);
            case "terminal" -> terminal(condition);
            case "file" -> file(condition);
            case "not a file" -> nothing(condition);
            default -> sockets.make(kind, condition);
        };
    }

    private int pipeReader(String condition) throws IOException {
        Pipe pipe = open(Pipe.open());
        if (condition.contains("data")) {
            pipe.write(ByteBuffer.allocate(1));
        }
        if (condition.endsWith("writer gone")) {
            pipe.closeWrite();
        }
        return pipe.readFd();
    }

    private int pipeWriter(String condition) throws IOException {
        Pipe pipe = open(Pipe.open());
        if (condition.startsWith("full")) {
            assertThat(pipe.write(ByteBuffer.allocate(pipe.capacity()))).isEqualTo(pipe.capacity());
        }
        if (condition.equals("full but for a page")) {
            assertThat(pipe.read(ByteBuffer.allocate(4096))).isEqualTo(4096);
        }
        if (condition.endsWith("reader gone")) {
            pipe.closeRead();
        }
        return pipe.writeFd();
    }

    private EventFd eventFd(String condition) throws IOException {
        EventFd counter = open(EventFd.open());
        if (!condition.equals("zero")) {
            counter.write(condition.equals("full") ? EventFd.MAX_VALUE : 1);
        }
        return counter;
    }

    private int timer(String condition) throws IOException {
        TimerFd timer = open(TimerFd.open());
        if (!condition.equals("disarmed")) {
            timer.after(condition.equals("armed") ? Duration.ofHours(1) : Duration.ofNanos(1));
        }
        if (condition.equals("expired")) {
            await(timer, EPOLLIN);
        }
        return timer.fd();
    }

    private int signalFd(String condition) throws IOException {
        SignalFd.block(SIGUSR1);
        open(() -> SignalFd.unblock(SIGUSR1));
        SignalFd signals = open(SignalFd.open(SIGUSR1));
        if (condition.equals("pending")) {
            Signalling.sendTo(Signalling.self(), SIGUSR1);
            open(() -> assertThat(signals.read()).isNotNull());
        }
        return signals.fd();
    }

    private int pidFd(String condition) throws Exception {
        if (condition.equals("ended")) {
            Child child = Child.shell("exit 0", 1);
            open(child::reap);
            PidFd zombie = open(PidFd.open(child.pid()));
            await(zombie, EPOLLIN);
            return zombie.fd();
        }
        Process process = new ProcessBuilder("cat").start();
        open(process::destroyForcibly);
        PidFd pidFd = open(PidFd.of(process));
        if (condition.equals("ended and reaped")) {
            Kernel.assumeAtLeast(6, 9);
            process.destroyForcibly().waitFor();
            await(pidFd, EPOLLIN);
        }
        return pidFd.fd();
    }

    private int inotify(String condition) throws IOException {
        Path folder = Files.createTempDirectory("epoll4j");
        open(() -> Files.delete(folder));
        Inotify inotify = open(Inotify.open());
        inotify.add(folder, InotifyFlags.IN_CREATE);
        if (condition.equals("event")) {
            Path file = Files.createFile(folder.resolve("file"));
            open(() -> Files.delete(file));
        }
        return inotify.fd();
    }

    private int epoll(String condition) throws IOException {
        EpollInstance epoll = open(EpollInstance.open());
        int mask = EPOLLIN | (condition.startsWith("spent") ? EPOLLONESHOT : 0);
        epoll.add(eventFd(condition.equals("nothing ready") ? "zero" : "one").fd(), mask);
        if (condition.startsWith("spent")) {
            try (EpollEventArray events = EpollEventArray.allocate(1)) {
                assertThat(epoll.await(events, 0)).isOne();
            }
        }
        if (condition.startsWith("inner")) {
            EpollInstance outer = open(EpollInstance.open());
            outer.add(epoll.fd(), EPOLLIN);
            return outer.fd();
        }
        return epoll.fd();
    }

    private int terminal(String condition) throws IOException {
        OwnedFd master = open(FileFd.adopt(
                ErrnoException.check(LibC.call("posix_openpt", LibC.O_RDWR_QUIET), "posix_openpt", "")));
        OwnedFd slave = open(LibC.open(slaveName(master.fd()), LibC.O_RDWR_QUIET));
        switch (condition) {
            case "slave, a line" -> {
                write(master.fd(), "line\n");
                await(slave, EPOLLIN);
            }
            case "slave, half a line" -> write(master.fd(), "li");
            case "master, output" -> {
                write(slave.fd(), "text");
                await(master, EPOLLIN);
            }
            case "slave, master gone" -> master.close();
            case "master, slave gone" -> slave.close();
            case "master, output and slave gone" -> {
                write(slave.fd(), "text");
                await(master, EPOLLIN);
                slave.close();
            }
            default -> assertThat(condition).endsWith("idle");
        }
        return condition.startsWith("slave") ? slave.fd() : master.fd();
    }

    private static String slaveName(int master) throws ErrnoException {
        ErrnoException.check(LibC.call("grantpt", master), "grantpt", "");
        ErrnoException.check(LibC.call("unlockpt", master), "unlockpt", "");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(PTS_NAME_LENGTH);
            ErrnoException.check(LibC.call("ptsname_r", master, name, (long) PTS_NAME_LENGTH), "ptsname_r", "");
            return name.getString(0);
        }
    }

    private static void write(int fd, String text) throws ErrnoException {
        int written = LibC.call("write", fd, text, (long) text.length());
        assertThat(ErrnoException.check(written, "write", text)).isEqualTo(text.length());
    }

    private int file(String path) throws IOException {
        if (!path.equals("regular")) {
            return open(LibC.open(path)).fd();
        }
        Path file = Files.createTempFile("epoll4j", ".txt");
        open(() -> Files.delete(file));
        return open(LibC.open(file.toString())).fd();
    }

    private int nothing(String condition) throws IOException {
        if (condition.equals("O_PATH")) {
            return open(LibC.open("/dev/null", LibC.O_PATH)).fd();
        }
        // far above what other threads open meanwhile
        OwnedFd high = LibC.duplicateTo(eventFd("zero").fd(), FAR_ABOVE);
        int number = high.fd();
        high.close();
        return number;
    }

    static int await(OwnedFd descriptor, int events) throws IOException {
        return await(descriptor.fd(), events);
    }

    /** Waits until a descriptor has one of some events, for 20 seconds, and answers what it has. */
    static int await(int fd, int events) throws IOException {
        try (EpollInstance epoll = EpollInstance.open(); EpollEventArray ready = EpollEventArray.allocate(1)) {
            epoll.add(fd, events);
            assertThat(epoll.await(ready, 20_000)).as("ready within 20 s").isOne();
            return ready.flags(0);
        }
    }
}
