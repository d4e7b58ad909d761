package io.github.epoll4j.internal.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class EpollEventLayoutTest {
    @Test
    void shouldBePackedWhenTheArchitectureIsX86() {
        assertThat(EpollEventLayout.of("x86_64")).isEqualTo(new EpollEventLayout(12, 0, 4));
    }

    @Test
    void shouldBeNaturalWhenTheArchitectureIsArm() {
        assertThat(EpollEventLayout.of("aarch64")).isEqualTo(new EpollEventLayout(16, 0, 8));
    }

    @Test
    void shouldRefuseWhenTheArchitectureWasNotProved() {
        assertThatIllegalArgumentException().isThrownBy(() -> EpollEventLayout.of("riscv64"));
    }
}
