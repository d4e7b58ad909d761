package io.github.epoll4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollFlags;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.Inotify;
import io.github.epoll4j.fd.InotifyFlags;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.fd.PidFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.fd.SignalFd;
import io.github.epoll4j.fd.Signals;
import io.github.epoll4j.fd.Splice;
import io.github.epoll4j.fd.TimerFd;
import io.github.epoll4j.net.AnySocket;
import io.github.epoll4j.net.LinuxSocketOptions;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UdpSocket;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.net.UnixMessageListener;
import io.github.epoll4j.net.UnixMessageSocket;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import io.github.epoll4j.testing.ChildJvm;
import io.github.epoll4j.wait.Readiness;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Errors that a machine in good order does not give, injected by strace into a JVM of its own: an exception names the
 * call and the errno, and the process goes on.
 */
class InjectedErrnoTest {
    private static final String OPENING = "epoll_create1 eventfd2 inotify_init1 pidfd_open pipe2 signalfd4"
            + " timerfd_create socket socketpair";
    private static final String OPENED = "AnySocket EpollInstance EventFd Inotify PidFd SignalFd SocketPair TcpListener"
            + " TcpStream TimerFd UdpSocket UnixListener UnixMessageSocket UnixStream";

    /** Each row injects an errno into some calls, another into others, and expects them of some actions. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        OPENING + "=EMFILE; " + OPENED + " Pipe Readiness=EMFILE",
        OPENING + "=ENFILE; " + OPENED + " Pipe Readiness=ENFILE",
        OPENING + "=ENOMEM; " + OPENED + " Readiness=ENOMEM",
        "eventfd2 pidfd_open signalfd4 timerfd_create=ENODEV, socket=ENOBUFS,"
                + "?poll ?ppoll ?select pselect6 splice=ENOMEM;"
                + "EventFd PidFd SignalFd TimerFd=ENODEV,"
                + "AnySocket TcpListener TcpStream UdpSocket UnixListener UnixStream=ENOBUFS,"
                + "Poll Select Splice=ENOMEM",
        "epoll_ctl inotify_add_watch=ENOSPC, bind connect=EACCES, sendto=ENOBUFS, recvfrom=ENOMEM,"
                + "accept4=ENFILE, sendfile=EIO, sendmsg=ETOOMANYREFS;"
                + "EpollInstance Inotify.add Readiness=ENOSPC,"
                + "TcpListener TcpStream.bindTo UnixListener UnixStream=EACCES,"
                + "UnixMessageSocket.bindTo=EACCES, StreamSocket.write UnixMessageSocket.write=ENOBUFS,"
                + "StreamSocket.read=ENOMEM, UnixListener.accept=ENFILE, StreamSocket.sendFile=EIO,"
                + "UnixMessageSocket.send UnixStream.send=ETOOMANYREFS",
        "inotify_add_watch bind=ELOOP, connect recvfrom=ETIMEDOUT, sendto accept4=ENOMEM, setsockopt=EPERM,"
                + "sendfile=EOVERFLOW; Inotify.add UnixListener=ELOOP, StreamSocket.read TcpStream=ETIMEDOUT,"
                + "StreamSocket.write UnixListener.accept UnixMessageSocket.write=ENOMEM, SocketFd.set=EPERM,"
                + "StreamSocket.sendFile=EOVERFLOW",
        "inotify_add_watch=EACCES, bind=ENOTDIR, connect=EHOSTUNREACH, sendto=ENOTCONN, recvfrom=ECONNREFUSED,"
                + "setsockopt=EISCONN; Inotify.add=EACCES, UnixListener=ENOTDIR, TcpStream=EHOSTUNREACH,"
                + "StreamSocket.write=ENOTCONN, StreamSocket.read=ECONNREFUSED, SocketFd.set=EISCONN",
        "bind=EROFS, connect=ENETUNREACH, sendto=EPERM, recvfrom=ENOTCONN, setsockopt=ENOPROTOOPT;"
                + "UnixListener UnixMessageSocket.bindTo UnixStream.bindTo=EROFS, TcpStream=ENETUNREACH,"
                + "UdpSocket.send=EPERM, StreamSocket.read=ENOTCONN, SocketFd.set=ENOPROTOOPT",
        "bind connect=EADDRNOTAVAIL, sendto=EHOSTUNREACH, recvfrom=ECONNRESET, setsockopt=EOPNOTSUPP;"
                + "UdpSocket.bind TcpStream=EADDRNOTAVAIL, UdpSocket.send=EHOSTUNREACH,"
                + "UnixMessageSocket.read=ECONNRESET, SocketFd.set=EOPNOTSUPP",
        "connect=EPROTOTYPE, sendto=ENETUNREACH, accept4=EPERM, getsockname=ENOBUFS, setsockopt=ENODEV;"
                + "UnixStream=EPROTOTYPE, UdpSocket.send=ENETUNREACH, UnixListener.accept=EPERM, UdpSocket.join=ENODEV,"
                + "UnixMessageListener.localAddress=ENOBUFS",
        "accept4 recvfrom=ENOBUFS, bind=EPERM; AnySocket.read TcpListener.accept UnixListener.accept=ENOBUFS,"
                + "UnixStream.bindTo=EPERM",
        "socket=EPERM; AnySocket=EPERM",
        "socket=EAFNOSUPPORT; TcpListener TcpStream UdpSocket=EAFNOSUPPORT"})
    @DisplayName("an errno that strace injects is thrown by name")
    void shouldThrowTheErrnoWhenItIsInjected(String injections, String expectations) throws Exception {
        Map<String, String> calls = errnos(injections);
        Map<String, String> expected = errnos(expectations);
        List<String> options = new ArrayList<>(List.of("-e", "trace=" + String.join(",", calls.keySet())));
        calls.forEach((call, errno) -> options.addAll(List.of("-e", "inject=" + call + ":error=" + errno)));

        ChildJvm.Result result = ChildJvm.of(Child.class)
                .underStrace(options.toArray(String[]::new))
                .run(expected.keySet().toArray(String[]::new));

        assertThat(result.lines()).as(result.err()).containsExactlyElementsOf(
                expected.entrySet().stream().map(entry -> entry.getKey() + " " + entry.getValue()).toList());
    }

    /** Reads "a b=ERRNO, c=ERRNO". */
    private static Map<String, String> errnos(String groups) {
        Map<String, String> errnos = new LinkedHashMap<>();
        for (String group : groups.split(",")) {
            String[] namesAndErrno = group.strip().split("=");
            for (String name : namesAndErrno[0].split(" ")) {
                errnos.put(name, namesAndErrno[1]);
            }
        }
        return errnos;
    }

    /** Attempts actions and prints the errno of each. */
    static final class Child {
        private static final InetSocketAddress LOOPBACK = new InetSocketAddress("127.0.0.1", 0);
        private static final String NAME = "epoll4j-" + ProcessHandle.current().pid();
        private static final int NETLINK = 16;
        private static final int RAW = 3;
        private static final Map<String, Action> ACTIONS = new TreeMap<>();

        private interface Action {
            void run() throws IOException;
        }

        static {
            ACTIONS.put("AnySocket", () -> AnySocket.open(NETLINK, RAW, 0).close());
            ACTIONS.put("AnySocket.read", Child::readNetlink);
            ACTIONS.put("EpollInstance", () -> EpollInstance.open().close());
            ACTIONS.put("EventFd", () -> EventFd.open().close());
            ACTIONS.put("Inotify", () -> Inotify.open().close());
            ACTIONS.put("Inotify.add", Child::addWatch);
            ACTIONS.put("PidFd", () -> PidFd.open(1).close());
            ACTIONS.put("Pipe", () -> Pipe.open().close());
            ACTIONS.put("Poll", Child::poll);
            ACTIONS.put("Select", () -> Select.selectMillis(FdSet.allocate(), null, null, 0));
            ACTIONS.put("Readiness", Child::await);
            ACTIONS.put("SignalFd", () -> SignalFd.open(Signals.SIGUSR1).close());
            ACTIONS.put("SocketFd.set", Child::setOption);
            ACTIONS.put("SocketPair", () -> SocketPair.open().close());
            ACTIONS.put("StreamSocket.read", Child::readStream);
            ACTIONS.put("Splice", Child::splice);
            ACTIONS.put("StreamSocket.sendFile", Child::sendFile);
            ACTIONS.put("StreamSocket.write", Child::writeStream);
            ACTIONS.put("TcpListener", () -> TcpListener.bind(LOOPBACK).close());
            ACTIONS.put("TcpListener.accept", Child::acceptTcp);
            ACTIONS.put("TcpStream", () -> TcpStream.connect(new InetSocketAddress("127.0.0.1", 9)).close());
            ACTIONS.put("TcpStream.bindTo", Child::bindStream);
            ACTIONS.put("TimerFd", () -> TimerFd.open().close());
            ACTIONS.put("UdpSocket", () -> UdpSocket.open(StandardProtocolFamily.INET).close());
            ACTIONS.put("UdpSocket.bind", () -> UdpSocket.bind(LOOPBACK).close());
            ACTIONS.put("UdpSocket.join", Child::join);
            ACTIONS.put("UdpSocket.send", Child::sendDatagram);
            ACTIONS.put("UnixListener", () -> UnixListener.bind(UnixAddress.abstractName(NAME)).close());
            ACTIONS.put("UnixListener.accept", Child::acceptUnix);
            ACTIONS.put("UnixMessageListener.localAddress", Child::askForTheAddress);
            ACTIONS.put("UnixMessageSocket", () -> UnixMessageSocket.openDatagram().close());
            ACTIONS.put("UnixMessageSocket.bindTo", Child::bindMessageSocket);
            ACTIONS.put("UnixMessageSocket.send", Child::passByMessage);
            ACTIONS.put("UnixMessageSocket.read", Child::readMessage);
            ACTIONS.put("UnixMessageSocket.write", Child::writeMessage);
            ACTIONS.put("UnixStream.bindTo", Child::bindUnixStream);
            ACTIONS.put("UnixStream.send", Child::passByStream);
            ACTIONS.put("UnixStream", () -> UnixStream.connect(UnixAddress.abstractName(NAME)).close());
        }

        public static void main(String[] args) {
            for (String name : args) {
                System.out.println(name + " " + attempt(ACTIONS.get(name)));
            }
        }

        private static String attempt(Action action) {
            try {
                action.run();
                return "done";
            } catch (ErrnoException e) {
                return Errno.name(e.errno());
            } catch (IOException e) {
                return e.toString();
            }
        }

        private static void await() throws IOException {
            try {
                Readiness.await(0, EpollFlags.EPOLLIN);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        private static void addWatch() throws IOException {
            try (Inotify inotify = Inotify.open()) {
                inotify.add(Path.of("/"), InotifyFlags.IN_CREATE);
            }
        }

        private static void poll() throws IOException {
            try (PollFdArray fds = PollFdArray.allocate(1)) {
                Poll.pollMillis(fds, 0);
            }
        }

        private static void setOption() throws IOException {
            try (UdpSocket socket = UdpSocket.open(StandardProtocolFamily.INET)) {
                socket.set(LinuxSocketOptions.SO_REUSEADDR, true);
            }
        }

        private static void readStream() throws IOException {
            try (SocketPair<UnixStream> pair = SocketPair.open()) {
                pair.first().read(ByteBuffer.allocate(1));
            }
        }

        private static void writeStream() throws IOException {
            try (SocketPair<UnixStream> pair = SocketPair.open()) {
                pair.first().write(ByteBuffer.allocate(1));
            }
        }

        private static void readNetlink() throws IOException {
            try (AnySocket socket = AnySocket.open(NETLINK, RAW, 0)) {
                socket.read(ByteBuffer.allocate(1));
            }
        }

        private static void readMessage() throws IOException {
            try (SocketPair<UnixMessageSocket> pair = SocketPair.openDatagram()) {
                pair.first().read(ByteBuffer.allocate(1));
            }
        }

        private static void writeMessage() throws IOException {
            try (SocketPair<UnixMessageSocket> pair = SocketPair.openDatagram()) {
                pair.first().write(ByteBuffer.allocate(1));
            }
        }

        private static void sendDatagram() throws IOException {
            try (UdpSocket socket = UdpSocket.open(StandardProtocolFamily.INET)) {
                socket.send(ByteBuffer.allocate(1), new InetSocketAddress("127.0.0.1", 9));
            }
        }

        private static void acceptTcp() throws IOException {
            try (TcpListener listener = TcpListener.open(StandardProtocolFamily.INET)) {
                listener.accept();
            }
        }

        private static void acceptUnix() throws IOException {
            try (UnixListener listener = UnixListener.open()) {
                listener.accept();
            }
        }

        private static void splice() throws IOException {
            try (Pipe pipe = Pipe.open(); Pipe other = Pipe.open()) {
                Splice.splice(pipe.reader(), other.writer(), 1);
            }
        }

        private static void sendFile() throws IOException {
            try (SocketPair<UnixStream> pair = SocketPair.open();
                    FileFd file = FileFd.open(Path.of("/dev/zero"), OpenFlags.O_RDONLY)) {
                pair.first().sendFile(file, 0, 1);
            }
        }

        private static void passByStream() throws IOException {
            try (SocketPair<UnixStream> pair = SocketPair.open()) {
                pair.first().send(ByteBuffer.allocate(1), pair.second());
            }
        }

        private static void passByMessage() throws IOException {
            try (SocketPair<UnixMessageSocket> pair = SocketPair.openDatagram()) {
                pair.first().send(ByteBuffer.allocate(1), pair.second());
            }
        }

        private static void join() throws IOException {
            try (UdpSocket socket = UdpSocket.open(StandardProtocolFamily.INET)) {
                socket.join(InetAddress.getByAddress(new byte[] {(byte) 239, 77, 1, 4}), null);
            }
        }

        private static void bindStream() throws IOException {
            try (TcpStream stream = TcpStream.open(StandardProtocolFamily.INET)) {
                stream.bindTo(LOOPBACK);
            }
        }

        private static void bindUnixStream() throws IOException {
            try (UnixStream stream = UnixStream.open()) {
                stream.bindTo(UnixAddress.abstractName(NAME));
            }
        }

        private static void bindMessageSocket() throws IOException {
            try (UnixMessageSocket socket = UnixMessageSocket.openDatagram()) {
                socket.bindTo(UnixAddress.abstractName(NAME));
            }
        }

        private static void askForTheAddress() throws IOException {
            try (UnixMessageListener listener = UnixMessageListener.bind(UnixAddress.abstractName(NAME))) {
                listener.localAddress();
            }
        }
    }
}
