package io.github.epoll4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.Inotify;
import io.github.epoll4j.fd.InotifyFlags;
import io.github.epoll4j.fd.PidFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.fd.SignalFd;
import io.github.epoll4j.fd.Signals;
import io.github.epoll4j.fd.TimerFd;
import io.github.epoll4j.net.LinuxSocketOptions;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UdpSocket;
import io.github.epoll4j.net.UnixAddress;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.net.UnixMessageSocket;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.poll.Poll;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import io.github.epoll4j.testing.ChildJvm;
import java.io.IOException;
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
    private static final String OPENED = "EpollInstance EventFd Inotify PidFd SignalFd SocketPair TcpListener"
            + " TcpStream TimerFd UdpSocket UnixListener UnixStream";

    /** Each row injects an errno into some calls, another into others, and expects them of some actions. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        OPENING + "=EMFILE; " + OPENED + " Pipe=EMFILE",
        OPENING + "=ENFILE; " + OPENED + " Pipe=ENFILE",
        OPENING + "=ENOMEM; " + OPENED + "=ENOMEM",
        "eventfd2 pidfd_open signalfd4 timerfd_create=ENODEV, socket=ENOBUFS, ?poll ?ppoll ?select pselect6=ENOMEM;"
                + "EventFd PidFd SignalFd TimerFd=ENODEV,"
                + "TcpListener TcpStream UdpSocket UnixListener UnixStream=ENOBUFS, Poll Select=ENOMEM",
        "epoll_ctl inotify_add_watch=ENOSPC, bind connect=EACCES, sendto=ENOBUFS, recvfrom=ENOMEM;"
                + "EpollInstance Inotify.add=ENOSPC, TcpListener UnixListener UnixStream=EACCES,"
                + "StreamSocket.write UnixMessageSocket.write=ENOBUFS, StreamSocket.read=ENOMEM",
        "inotify_add_watch bind=ELOOP, connect recvfrom=ETIMEDOUT, sendto=ENOMEM, setsockopt=EPERM;"
                + "Inotify.add UnixListener=ELOOP, StreamSocket.read TcpStream=ETIMEDOUT,"
                + "StreamSocket.write UnixMessageSocket.write=ENOMEM, SocketFd.set=EPERM",
        "inotify_add_watch=EACCES, bind=ENOTDIR, connect=EHOSTUNREACH, sendto=ENOTCONN, recvfrom=ECONNREFUSED,"
                + "setsockopt=EISCONN; Inotify.add=EACCES, UnixListener=ENOTDIR, TcpStream=EHOSTUNREACH,"
                + "StreamSocket.write=ENOTCONN, StreamSocket.read=ECONNREFUSED, SocketFd.set=EISCONN",
        "bind=EROFS, connect=ENETUNREACH, sendto=EPERM, recvfrom=ENOTCONN, setsockopt=ENOPROTOOPT, getsockopt=EBADF;"
                + "UnixListener=EROFS, TcpStream=ENETUNREACH, UdpSocket.send=EPERM, StreamSocket.read=ENOTCONN,"
                + "SocketFd.set=ENOPROTOOPT, TcpListener.adopt TcpStream.adopt UdpSocket.adopt=EBADF,"
                + "UnixListener.adopt UnixStream.adopt=EBADF",
        "bind connect=EADDRNOTAVAIL, sendto=EHOSTUNREACH, recvfrom=ECONNRESET, setsockopt=EOPNOTSUPP;"
                + "UdpSocket.bind TcpStream=EADDRNOTAVAIL, UdpSocket.send=EHOSTUNREACH,"
                + "UnixMessageSocket.read=ECONNRESET, SocketFd.set=EOPNOTSUPP",
        "connect=EPROTOTYPE, sendto=ENETUNREACH, accept4=EPERM;"
                + "UnixStream=EPROTOTYPE, UdpSocket.send=ENETUNREACH, TcpListener.accept UnixListener.accept=EPERM",
        "accept4=ENOBUFS; TcpListener.accept UnixListener.accept=ENOBUFS",
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
        private static final Map<String, Action> ACTIONS = new TreeMap<>();

        private interface Action {
            void run() throws IOException;
        }

        static {
            ACTIONS.put("EpollInstance", () -> EpollInstance.open().close());
            ACTIONS.put("EventFd", () -> EventFd.open().close());
            ACTIONS.put("Inotify", () -> Inotify.open().close());
            ACTIONS.put("Inotify.add", Child::addWatch);
            ACTIONS.put("PidFd", () -> PidFd.open(1).close());
            ACTIONS.put("Pipe", () -> Pipe.open().close());
            ACTIONS.put("Poll", Child::poll);
            ACTIONS.put("Select", () -> Select.selectMillis(FdSet.allocate(), null, null, 0));
            ACTIONS.put("SignalFd", () -> SignalFd.open(Signals.SIGUSR1).close());
            ACTIONS.put("SocketFd.set", Child::setOption);
            ACTIONS.put("SocketPair", () -> SocketPair.open().close());
            ACTIONS.put("StreamSocket.read", Child::readStream);
            ACTIONS.put("StreamSocket.write", Child::writeStream);
            ACTIONS.put("TcpListener.adopt", () -> TcpListener.adopt(EventFd.open().fd()).close());
            ACTIONS.put("TcpListener", () -> TcpListener.bind(LOOPBACK).close());
            ACTIONS.put("TcpListener.accept", Child::acceptTcp);
            ACTIONS.put("TcpStream.adopt", () -> TcpStream.adopt(EventFd.open().fd()).close());
            ACTIONS.put("TcpStream", () -> TcpStream.connect(new InetSocketAddress("127.0.0.1", 9)).close());
            ACTIONS.put("TimerFd", () -> TimerFd.open().close());
            ACTIONS.put("UdpSocket.adopt", () -> UdpSocket.adopt(EventFd.open().fd()).close());
            ACTIONS.put("UdpSocket", () -> UdpSocket.open(StandardProtocolFamily.INET).close());
            ACTIONS.put("UdpSocket.bind", () -> UdpSocket.bind(LOOPBACK).close());
            ACTIONS.put("UdpSocket.send", Child::sendDatagram);
            ACTIONS.put("UnixListener.adopt", () -> UnixListener.adopt(EventFd.open().fd()).close());
            ACTIONS.put("UnixListener", () -> UnixListener.bind(UnixAddress.abstractName(NAME)).close());
            ACTIONS.put("UnixListener.accept", Child::acceptUnix);
            ACTIONS.put("UnixMessageSocket.read", Child::readMessage);
            ACTIONS.put("UnixMessageSocket.write", Child::writeMessage);
            ACTIONS.put("UnixStream.adopt", () -> UnixStream.adopt(EventFd.open().fd()).close());
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
            try (TcpListener listener = TcpListener.bind(LOOPBACK)) {
                listener.accept();
            }
        }

        private static void acceptUnix() throws IOException {
            try (UnixListener listener = UnixListener.bind(UnixAddress.abstractName(NAME))) {
                listener.accept();
            }
        }
    }
}
