package io.github.epoll4j.internal.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.internal.gen.x86_64.epoll_event;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class EpollEventLayoutTest {
    @Test
    void shouldBePackedWhenTheArchitectureIsX86() {
        assertThat(epoll_event.SIZEOF).isEqualTo(12);
        assertThat(epoll_event.data$OFFSET).isEqualTo(4);
        assertThat(io.github.epoll4j.internal.gen.aarch64.epoll_event.SIZEOF).isEqualTo(16);
        assertThat(io.github.epoll4j.internal.gen.aarch64.epoll_event.data$OFFSET).isEqualTo(8);
        assertThat(EpollEventLayout.SIZE).isEqualTo(Platform.isX86(System.getProperty("os.arch")) ? 12 : 16);
    }

    @Test
    void shouldReadWhatWasWritten() {
        ByteBuffer array = ByteBuffer.allocate(2 * EpollEventLayout.SIZE).order(ByteOrder.nativeOrder());
        EpollEventLayout.write(array.slice(EpollEventLayout.SIZE, EpollEventLayout.SIZE).order(ByteOrder.nativeOrder()),
                -2, Long.MIN_VALUE + 3);

        assertThat(EpollEventLayout.events(array, 1)).isEqualTo(-2);
        assertThat(EpollEventLayout.data(array, 1)).isEqualTo(Long.MIN_VALUE + 3);
        assertThat(EpollEventLayout.events(array, 0)).isZero();
    }
}
