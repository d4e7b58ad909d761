package io.github.epoll4j.internal.sys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.internal.gen.socket.sockaddr_in;
import io.github.epoll4j.internal.gen.socket.sockaddr_in6;
import io.github.epoll4j.internal.gen.socket.sockaddr_storage;
import io.github.epoll4j.internal.gen.socket.sockaddr_un;
import org.junit.jupiter.api.Test;

/** That the fields lie where jextract found them in the C headers. */
class SocketAddressesTest {
    @Test
    void shouldLayOutInetAddressesAsTheHeadersDo() {
        assertThat(sockaddr_in.sin_family$offset()).isEqualTo(SocketAddresses.FAMILY);
        assertThat(sockaddr_in.sin_port$offset()).isEqualTo(SocketAddresses.PORT);
        assertThat(sockaddr_in.sin_addr$offset()).isEqualTo(SocketAddresses.INET_ADDRESS);
        assertThat(sockaddr_in.sin_zero$offset()).isEqualTo(SocketAddresses.INET_ZERO);
        assertThat(sockaddr_in.sin_zero$layout().byteSize()).isEqualTo(Long.BYTES);
        assertThat(sockaddr_in.sizeof()).isEqualTo(SocketAddresses.INET_SIZE);
    }

    @Test
    void shouldLayOutInet6AddressesAsTheHeadersDo() {
        assertThat(sockaddr_in6.sin6_family$offset()).isEqualTo(SocketAddresses.FAMILY);
        assertThat(sockaddr_in6.sin6_port$offset()).isEqualTo(SocketAddresses.PORT);
        assertThat(sockaddr_in6.sin6_addr$offset()).isEqualTo(SocketAddresses.INET6_ADDRESS);
        assertThat(sockaddr_in6.sin6_scope_id$offset()).isEqualTo(SocketAddresses.INET6_SCOPE);
        assertThat(sockaddr_in6.sizeof()).isEqualTo(SocketAddresses.INET6_SIZE);
    }

    @Test
    void shouldLayOutUnixAddressesAsTheHeadersDo() {
        assertThat(sockaddr_un.sun_family$offset()).isEqualTo(SocketAddresses.FAMILY);
        assertThat(sockaddr_un.sun_path$offset()).isEqualTo(SocketAddresses.UNIX_PATH);
        assertThat(sockaddr_un.sun_path$layout().byteSize()).isEqualTo(SocketAddresses.UNIX_MAX_NAME + 1);
        assertThat(sockaddr_un.sizeof()).isLessThanOrEqualTo(SocketAddresses.LENGTH);
    }

    @Test
    void shouldHaveRoomForAnyAddressBeforeItsLength() {
        assertThat(sockaddr_storage.sizeof()).isEqualTo(SocketAddresses.LENGTH);
        assertThat(new CallState().scratch().byteSize()).isGreaterThanOrEqualTo(SocketAddresses.LENGTH + Integer.BYTES);
    }
}
