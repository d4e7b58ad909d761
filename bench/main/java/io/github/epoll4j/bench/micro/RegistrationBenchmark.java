package io.github.epoll4j.bench.micro;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Changes of an interest list, and wake-ups. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RegistrationBenchmark {
    private EpollInstance epoll;
    private EpollEventArray events;
    private EventFd counter;
    private EventFd other;
    private int fd;

    /** Watches an eventfd. */
    @Setup
    public void open() throws IOException {
        epoll = EpollInstance.open();
        events = EpollEventArray.allocate(1);
        counter = EventFd.open();
        other = EventFd.open();
        fd = counter.fd();
        epoll.add(fd, EPOLLIN, 0);
    }

    /** Closes all. */
    @TearDown
    public void close() {
        epoll.close();
        events.close();
        other.close();
        counter.close();
    }

    /** {@code epoll_ctl(EPOLL_CTL_MOD)} with the same mask. */
    @Benchmark
    public void modify() throws IOException {
        epoll.modify(fd, EPOLLIN, 0);
    }

    /** {@code epoll_ctl(EPOLL_CTL_ADD)} and {@code epoll_ctl(EPOLL_CTL_DEL)}. */
    @Benchmark
    public void addAndDelete() throws IOException {
        epoll.add(other.fd(), EPOLLIN, 1);
        epoll.delete(other.fd());
    }

    /** A wake-up, and the wait that it ends. */
    @Benchmark
    public int wakeup() throws IOException {
        epoll.wakeup();
        return epoll.await(events);
    }
}
