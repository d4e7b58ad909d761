package io.github.epoll4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.epoll4j.Errno;
import io.github.epoll4j.internal.ffi.CallState;
import io.github.epoll4j.internal.ffi.EpollEventLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class EpollCallsTest {
    @Test
    void shouldRefuseWhenTheMemoryHasNoSpaceForSoManyEvents() {
        MemorySegment memory = Arena.ofAuto().allocate(2L * EpollEventLayout.SIZE, Long.BYTES);
        CallState state = new CallState();
        assertThat(EpollCalls.wait(state, -1, memory, 2, 0)).isEqualTo(-Errno.EBADF);
        for (int maxEvents : new int[] {3, Integer.MAX_VALUE, -1}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> EpollCalls.wait(state, -1, memory, maxEvents, 0));
        }
    }
}
