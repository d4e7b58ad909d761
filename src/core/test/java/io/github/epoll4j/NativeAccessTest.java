package io.github.epoll4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollEventArray;
import io.github.epoll4j.epoll.EpollInstance;
import io.github.epoll4j.fd.EventFd;
import io.github.epoll4j.fd.FileFd;
import io.github.epoll4j.fd.Inotify;
import io.github.epoll4j.fd.OpenFlags;
import io.github.epoll4j.fd.PidFd;
import io.github.epoll4j.fd.Pipe;
import io.github.epoll4j.fd.SignalFd;
import io.github.epoll4j.fd.Signals;
import io.github.epoll4j.fd.TimerFd;
import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UdpSocket;
import io.github.epoll4j.net.UnixListener;
import io.github.epoll4j.net.UnixStream;
import io.github.epoll4j.poll.PollFdArray;
import io.github.epoll4j.select.FdSet;
import io.github.epoll4j.select.Select;
import io.github.epoll4j.testing.ChildJvm;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JEP 472: what java says, and what it is told, about native access. */
class NativeAccessTest {
    private static final List<String> WAYS_IN = List.of("EpollInstance.open", "EpollInstance.create",
            "EpollEventArray.allocate", "EventFd.open", "EventFd.openSemaphore", "TimerFd.open", "PidFd.open",
            "Inotify.open", "SignalFd.open", "SignalFd.block", "SignalFd.unblock", "FileFd.borrow",
            "FileFd.open", "Pipe.open", "TcpListener.bind", "TcpStream.connect", "UdpSocket.open", "UdpSocket.bind",
            "UnixListener.bindAbstract", "UnixStream.connectAbstract", "SocketPair.open", "FdSet.allocate",
            "PollFdArray.allocate", "Select.select");

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("denied: whatever is called first names the exact option")
    void shouldNameTheOptionWhenNativeAccessIsDenied(boolean onClassPath) throws Exception {
        ChildJvm child = ChildJvm.of(Child.class).withoutNativeAccess().options("--illegal-native-access=deny");

        List<String> lines = (onClassPath ? child.onClassPath() : child).run().lines();

        String option = "--enable-native-access=" + (onClassPath ? "ALL-UNNAMED" : "io.github.epoll4j");
        assertThat(lines).hasSameSizeAs(WAYS_IN);
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).isEqualTo(WAYS_IN.get(i) + ": native access is denied to epoll4j; start java with "
                    + option);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @DisplayName("allowed: no warning")
    void shouldWarnOfNothingWhenNativeAccessIsAllowed(boolean onClassPath) throws Exception {
        ChildJvm child = ChildJvm.of(Child.class);

        ChildJvm.Result result = (onClassPath ? child.onClassPath() : child).run();

        assertThat(result.lines()).hasSameSizeAs(WAYS_IN).allMatch(line -> line.endsWith(": done"));
        assertThat(result.err()).isEmpty();
    }

    @Test
    @DisplayName("neither: so today java allows it, and warns")
    void shouldBeWarnedByJavaWhenNativeAccessIsNotMentioned() throws Exception {
        ChildJvm.Result result = ChildJvm.of(Child.class).withoutNativeAccess().run();

        assertThat(result.lines()).allMatch(line -> line.endsWith(": done"));
        assertThat(result.err()).contains("--enable-native-access=io.github.epoll4j");
    }

    /** Tries every way into the library. */
    static final class Child {
        private static final InetSocketAddress LOOPBACK = new InetSocketAddress("127.0.0.1", 0);
        private static final String NAME = "epoll4j-" + ProcessHandle.current().pid();

        private interface WayIn {
            void go() throws IOException;
        }

        public static void main(String[] args) throws IOException {
            attempt("EpollInstance.open", () -> EpollInstance.open().close());
            attempt("EpollInstance.create", () -> EpollInstance.create(1).close());
            attempt("EpollEventArray.allocate", () -> EpollEventArray.allocate(1).close());
            attempt("EventFd.open", () -> EventFd.open().close());
            attempt("EventFd.openSemaphore", () -> EventFd.openSemaphore(0).close());
            attempt("TimerFd.open", () -> TimerFd.open().close());
            attempt("PidFd.open", () -> PidFd.open(1).close());
            attempt("Inotify.open", () -> Inotify.open().close());
            attempt("SignalFd.open", () -> SignalFd.open(Signals.SIGUSR1).close());
            attempt("SignalFd.block", () -> SignalFd.block(Signals.SIGUSR1));
            attempt("SignalFd.unblock", () -> SignalFd.unblock(Signals.SIGUSR1));
            attempt("FileFd.borrow", () -> FileFd.borrow(0).duplicate().close());
            attempt("FileFd.open", () -> FileFd.open(Path.of("/dev/null"), OpenFlags.O_RDONLY).close());
            attempt("Pipe.open", () -> Pipe.open().close());
            attempt("TcpListener.bind", () -> TcpListener.bind(LOOPBACK).close());
            attempt("TcpStream.connect", () -> TcpStream.connect(LOOPBACK).close());
            attempt("UdpSocket.open", () -> UdpSocket.open(StandardProtocolFamily.INET).close());
            attempt("UdpSocket.bind", () -> UdpSocket.bind(LOOPBACK).close());
            attempt("UnixListener.bindAbstract", () -> UnixListener.bindAbstract(NAME).close());
            attempt("UnixStream.connectAbstract", Child::connectToNobody);
            attempt("SocketPair.open", () -> SocketPair.open().close());
            attempt("FdSet.allocate", () -> FdSet.allocate());
            attempt("PollFdArray.allocate", () -> PollFdArray.allocate(1).close());
            attempt("Select.select", () -> Select.select(null, null, null, 0));
        }

        private static void connectToNobody() throws ErrnoException {
            try {
                UnixStream.connectAbstract(NAME).close();
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ECONNREFUSED) {
                    throw e;
                }
            }
        }

        private static void attempt(String name, WayIn way) throws IOException {
            String outcome = "done";
            try {
                way.go();
            } catch (UnsupportedOperationException e) {
                outcome = e.getMessage();
            }
            System.out.println(name + ": " + outcome);
        }
    }
}
