package io.github.epoll4j.epoll;

import static io.github.epoll4j.epoll.EpollFlags.EPOLLERR;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLET;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLIN;
import static io.github.epoll4j.epoll.EpollFlags.EPOLLOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.net.SocketPair;
import io.github.epoll4j.net.TcpListener;
import io.github.epoll4j.net.TcpStream;
import io.github.epoll4j.net.UnixStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EpollIdleTest {
    private static final InetSocketAddress ANY = new InetSocketAddress("127.0.0.1", 0);

    @Test
    @DisplayName("S15-3, C38: watching an idle socket for OUT under level spins; IN alone, or edge, does not")
    void shouldReportAnIdleSocketForEverOnlyWhenLevelAndOut() throws IOException {
        assertThat(waitsThatReport(EPOLLIN | EPOLLOUT | EPOLLERR)).isEqualTo(5);
        assertThat(waitsThatReport(EPOLLIN)).isZero();
        assertThat(waitsThatReport(EPOLLIN | EPOLLOUT | EPOLLET)).isOne();
    }

    private static int waitsThatReport(int mask) throws IOException {
        try (EpollInstance epoll = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(1);
                SocketPair<UnixStream> pair = SocketPair.open()) {
            epoll.add(pair.first().fd(), mask);
            int count = 0;
            for (int i = 0; i < 5; i++) {
                count += epoll.awaitMillis(events, 0);
            }
            return count;
        }
    }

    @Test
    @DisplayName("S03-5: an outer instance reports the inner one when either of two listeners has a client")
    void shouldReportTheInnerInstanceWhenAListenerIsReady() throws IOException {
        try (EpollInstance outer = EpollInstance.open();
                EpollInstance inner = EpollInstance.open();
                EpollEventArray events = EpollEventArray.allocate(4);
                TcpListener first = TcpListener.bind(ANY);
                TcpListener second = TcpListener.bind(ANY)) {
            inner.add(first.fd(), EPOLLIN, 1);
            inner.add(second.fd(), EPOLLIN, 2);
            outer.add(inner.fd(), EPOLLIN, 10);
            assertThat(outer.awaitMillis(events, 0)).isZero();
            for (TcpListener listener : List.of(second, first)) {
                try (TcpStream client = TcpStream.connect(listener.localAddress())) {
                    assertThat(outer.awaitMillis(events, 10_000)).isOne();
                    assertThat(events.data(0)).isEqualTo(10);
                    assertThat(inner.awaitMillis(events, 0)).isOne();
                    assertThat(events.data(0)).isEqualTo(listener == first ? 1 : 2);
                    listener.accept().close();
                    assertThat(client.isOpen()).isTrue();
                }
                assertThat(outer.awaitMillis(events, 0)).isZero();
            }
        }
    }
}
