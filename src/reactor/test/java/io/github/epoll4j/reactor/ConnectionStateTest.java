package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.Errno;
import io.github.epoll4j.ErrnoException;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The corners of a connection's state machine. */
class ConnectionStateTest extends ConnectionFixture {
    @Test
    @DisplayName("onOpen throws the failure of a system call: it is reported, and what was written before is flushed")
    void shouldReportAndFlushWhenOnOpenThrowsAnErrno() throws Exception {
        ErrnoException failure = new ErrnoException("setsockopt", "a test", Errno.EPERM);
        try (Socket client = connect(connection -> new Noting() {
            @Override
            public void onOpen(Connection opened) throws IOException {
                opened.write(ByteBuffer.wrap(new byte[3]));
                throw failure;
            }
        })) {
            assertThat(client.getInputStream().readAllBytes()).hasSize(3);
            assertThat(nextCall()).isSameAs(failure);
            assertThat(failures).containsExactly(failure);
            failures.clear();
        }
    }
}
