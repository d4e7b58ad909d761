package io.github.epoll4j.internal.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class EpollEventLayoutTest {
    @Test
    void shouldBePackedWhenTheArchitectureIsX86() {
        assertThat(EpollEventLayout.of("x86_64")).isEqualTo(new EpollEventLayout(
                io.github.epoll4j.internal.gen.x86_64.epoll_event.sizeof(),
                io.github.epoll4j.internal.gen.x86_64.epoll_event.events$offset(),
                io.github.epoll4j.internal.gen.x86_64.epoll_event.data$offset()));
        assertThat(EpollEventLayout.of("x86_64").byteSize()).isEqualTo(12);
    }

    @Test
    void shouldBeNaturalWhenTheArchitectureIsArm() {
        assertThat(EpollEventLayout.of("aarch64")).isEqualTo(new EpollEventLayout(
                io.github.epoll4j.internal.gen.aarch64.epoll_event.sizeof(),
                io.github.epoll4j.internal.gen.aarch64.epoll_event.events$offset(),
                io.github.epoll4j.internal.gen.aarch64.epoll_event.data$offset()));
        assertThat(EpollEventLayout.of("aarch64").byteSize()).isEqualTo(16);
    }

    @Test
    void shouldRefuseWhenTheArchitectureWasNotProved() {
        assertThatIllegalArgumentException().isThrownBy(() -> EpollEventLayout.of("riscv64"));
    }
}
