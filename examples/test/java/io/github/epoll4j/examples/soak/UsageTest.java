package io.github.epoll4j.examples.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class UsageTest {
    private static final Usage BEFORE = new Usage(10, 4 << 20, 0, 3);

    @Test
    @DisplayName("S11-6: a soak fails for one descriptor, one thread, or memory that are left behind, and names them")
    void shouldNameWhatIsMoreThanBefore() {
        assertThat(new Usage(11, 4 << 20, 0, 3).growth(BEFORE)).containsExactly("descriptors");
        assertThat(new Usage(10, 6 << 20, 0, 3).growth(BEFORE)).containsExactly("heap");
        assertThat(new Usage(10, 4 << 20, 2 << 20, 3).growth(BEFORE)).containsExactly("direct buffers");
        assertThat(new Usage(10, 4 << 20, 0, 4).growth(BEFORE)).containsExactly("threads");
        assertThat(new Usage(9, (4 << 20) + 1000, 0, 2).growth(BEFORE)).isEmpty();
    }
}
