package io.github.epoll4j.bench.startup;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.gen.inotify.inotify_h;
import io.github.epoll4j.internal.gen.socket.msghdr;
import io.github.epoll4j.internal.gen.socket.socket_h;
import io.github.epoll4j.internal.gen.unistd.unistd_h;
import io.github.epoll4j.internal.sys.ByteTransfer;
import io.github.epoll4j.internal.sys.CallState;
import io.github.epoll4j.internal.sys.EpollCalls;
import io.github.epoll4j.internal.sys.FdCalls;
import io.github.epoll4j.internal.sys.InotifyCalls;
import io.github.epoll4j.internal.sys.PipeCalls;
import io.github.epoll4j.internal.sys.Platform;
import io.github.epoll4j.internal.sys.PollCalls;
import io.github.epoll4j.internal.sys.SelectCalls;
import io.github.epoll4j.internal.sys.SignalCalls;
import io.github.epoll4j.internal.sys.SocketAddresses;
import io.github.epoll4j.internal.sys.SocketCalls;
import io.github.epoll4j.internal.sys.TimerCalls;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What each raw call costs when it is the first of its kind in a process. The library links twice: when it first calls
 * anything, and when it is first given memory to hold during a call.
 */
public final class FirstCalls {
    /** What a call may answer here and be none the worse for it. */
    private static final List<Integer> HARMLESS = List.of(Errno.EINVAL, Errno.EAGAIN, Errno.EINPROGRESS,
            Errno.ENOTCONN, Errno.ENOSYS, Errno.EPERM);

    private final CallState state;
    private final MemorySegment scratch;
    private final List<Integer> opened = new ArrayList<>();
    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private long last = System.nanoTime();

    private FirstCalls() {
        Platform.require();
        state = CallState.ofThread();
        scratch = state.scratch();
        lap("platform", 0);
    }

    /**
     * Prints a line {@code NAME NANOSECONDS} for each.
     *
     * @param args none
     */
    public static void main(String[] args) throws ErrnoException {
        FirstCalls calls = new FirstCalls();
        calls.waitWithEpoll();
        calls.waitWithoutEpoll();
        calls.openDescriptors();
        calls.useSockets();
        calls.sendMessages();
        calls.opened.forEach(FdCalls::close);
        calls.nanos.forEach((name, time) -> System.out.println(name + " " + time));
    }

    /** What the first event of a process takes comes first. */
    private void waitWithEpoll() {
        int epfd = lapFd("epoll_create1", EpollCalls.create1(state, epoll_h.EPOLL_CLOEXEC()));
        int fd = lapFd("eventfd", FdCalls.eventfd(state, 1, 0));
        lap("epoll_ctl", EpollCalls.ctl(state, epfd, epoll_h.EPOLL_CTL_ADD(), fd, epoll_h.EPOLLIN(), 1));
        lap("write", FdCalls.write(state, fd, scratch, Long.BYTES));
        lap("epoll_wait", EpollCalls.wait(state, epfd, scratch, 1, 0));
        lap("read", FdCalls.read(state, fd, scratch, Long.BYTES));
        opened.remove((Integer) fd);
        FdCalls.close(fd);
        lap("close", 0);
        lap("epoll_ctl again", EpollCalls.ctl(state, epfd, epoll_h.EPOLL_CTL_DEL(), epfd, 0, 1));
        lap("epoll_pwait2", EpollCalls.wait(state, epfd, scratch.asSlice(32), 1, 1L));
        lap("ioctl", EpollCalls.ioctl(state, epfd, epoll_h.EPIOCGPARAMS(), scratch));
        lapFd("epoll_create", EpollCalls.create(state, 1));
    }

    private void waitWithoutEpoll() {
        MemorySegment none = MemorySegment.NULL;
        lap("select", SelectCalls.select(state, 0, none, none, none, 0));
        lap("pselect", SelectCalls.select(state, 0, none, none, none, 1));
        lap("poll", PollCalls.poll(state, none, 0, 0L));
        lap("ppoll", PollCalls.poll(state, none, 0, 1L));
    }

    private void openDescriptors() throws ErrnoException {
        lap("pipe2", PipeCalls.pipe2(state, scratch));
        int in = scratch.get(JAVA_INT, 0);
        int out = scratch.get(JAVA_INT, Integer.BYTES);
        opened.addAll(List.of(in, out));
        lap("write holding", ByteTransfer.FILE.write(out, scratch, 0, Long.BYTES));
        lap("read holding", ByteTransfer.FILE.read(in, scratch, 0, Long.BYTES));
        lap("fcntl", FdCalls.fcntl(state, in, unistd_h.F_GETFD(), 0));
        int timer = lapFd("timerfd_create", TimerCalls.create(state, 1, 0));
        lap("timerfd_settime", TimerCalls.settime(state, timer, 0, 1, 0, 0));
        lap("timerfd_gettime", TimerCalls.remainingNanos(state, timer));
        lap("clock_gettime", TimerCalls.nowNanos(state, 1));
        int inotify = lapFd("inotify_init1", InotifyCalls.init1(state, 0));
        scratch.set(JAVA_INT, 0, '/');
        int watch = (int) lap("inotify_add_watch",
                InotifyCalls.addWatch(state, inotify, scratch, inotify_h.IN_DELETE_SELF()));
        lap("inotify_rm_watch", InotifyCalls.rmWatch(state, inotify, watch));
        lap("sigemptyset", SignalCalls.emptySet(state));
        lapFd("signalfd", SignalCalls.signalfd(state, -1, scratch, 0));
        lapFd("pidfd_open", FdCalls.pidfdOpen(state, (int) ProcessHandle.current().pid(), 0));
    }

    private void useSockets() {
        int family = socket_h.AF_INET();
        InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        lap("addresses", SocketAddresses.family(free));
        int listener = lapFd("socket", SocketCalls.socket(state, family, socket_h.SOCK_STREAM()));
        int length = SocketAddresses.write(state, family, free);
        lap("bind", SocketCalls.bind(state, listener, scratch, length));
        lap("listen", SocketCalls.listen(state, listener, 1));
        MemorySegment room = SocketAddresses.room(state);
        lap("getsockname", SocketCalls.getsockname(state, listener, scratch, room));
        int client = SocketCalls.socket(state, family, socket_h.SOCK_STREAM());
        opened.add(client);
        SocketCalls.getsockname(state, listener, scratch, room);
        restart();
        lap("connect", SocketCalls.connect(state, client, scratch, length));
        lapFd("accept4", SocketCalls.accept(state, listener));
        lap("getpeername", SocketCalls.getpeername(state, client, scratch, SocketAddresses.room(state)));
        lap("getsockopt", SocketCalls.getsockopt(
                state, client, socket_h.SOL_SOCKET(), socket_h.SO_ERROR(), Integer.BYTES));
        scratch.set(JAVA_INT, 0, 1);
        lap("setsockopt", SocketCalls.setsockopt(state, client, socket_h.SOL_SOCKET(), socket_h.SO_KEEPALIVE(), scratch,
                Integer.BYTES));
        lap("shutdown", SocketCalls.shutdown(state, client, socket_h.SHUT_WR()));
    }

    private void sendMessages() throws ErrnoException {
        lap("socketpair", SocketCalls.socketpair(state, socket_h.SOCK_STREAM(), scratch));
        int one = scratch.get(JAVA_INT, 0);
        int other = scratch.get(JAVA_INT, Integer.BYTES);
        opened.addAll(List.of(one, other));
        lap("send", SocketCalls.send(state, one, scratch.address(), 1, 0));
        lap("recv", SocketCalls.recv(state, other, scratch.address(), 1, 0));
        lap("send holding", ByteTransfer.SOCKET.write(one, scratch, 0, 1));
        lap("recv holding", ByteTransfer.SOCKET.read(other, scratch, 0, 1));
        lap("sendto", SocketCalls.sendto(state, one, scratch, 0, 1, MemorySegment.NULL, 0));
        lap("recvfrom", SocketCalls.recvfrom(state, other, scratch, 0, 1, MemorySegment.NULL, 0));
        lap("sendmsg", SocketCalls.sendmsg(state, one, scratch.asSlice(0, msghdr.sizeof()).fill((byte) 0)));
    }

    private int lapFd(String name, int fd) {
        lap(name, fd);
        if (fd >= 0) {
            opened.add(fd);
        }
        restart();
        return fd;
    }

    /** Keeps the time since the last call, and begins anew. */
    private long lap(String name, long result) {
        nanos.put(name, System.nanoTime() - last);
        if (result < 0 && !HARMLESS.contains((int) -result)) {
            throw new IllegalStateException(name + ": " + Errno.describe((int) -result));
        }
        restart();
        return result;
    }

    private void restart() {
        last = System.nanoTime();
    }
}
