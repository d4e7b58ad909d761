package io.github.epoll4j.internal.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.epoll4j.internal.ffi.CallState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeoutsTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "999999, 1", "1000000, 1", "1000001, 2", "-1, -1",
        "2147483647000000, 2147483647", "2147483647000001, 2147483647", "9223372036854775807, 2147483647"})
    void shouldRoundUpAndSaturateWhenTurnedIntoMillis(long nanos, int millis) {
        assertThat(Timeouts.ceilMillis(nanos)).isEqualTo(millis);
    }

    @Test
    void shouldSaturateWhenADurationIsVeryLong() {
        assertThat(Timeouts.nanos(Duration.ofSeconds(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
        assertThat(Timeouts.ofMillis(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThatIllegalArgumentException().isThrownBy(() -> Timeouts.ofMillis(-5));
        assertThatIllegalArgumentException().isThrownBy(() -> Timeouts.nanos(Duration.ofNanos(-1)));
    }

    @Test
    @DisplayName("C16: 5 s + 5000 us is 5.005 s, as timeval and as timespec")
    void shouldSplitWhenWrittenAsTime() {
        CallState state = new CallState();
        long nanos = Duration.ofSeconds(5).plusNanos(5_000_000).toNanos();

        assertThat(longs(Timeouts.timeval(state, nanos))).containsExactly(5, 5000);
        assertThat(longs(Timeouts.timespec(state, nanos))).containsExactly(5, 5_000_000);
        assertThat(longs(Timeouts.timespec(state, 0))).containsExactly(0, 0);
        assertThat(Timeouts.timespec(state, Timeouts.NO_LIMIT)).isEqualTo(MemorySegment.NULL);
        assertThat(Timeouts.timeval(state, Timeouts.NO_LIMIT)).isEqualTo(MemorySegment.NULL);
    }

    @Test
    void shouldCountDownWhenALimitRuns() {
        long start = System.nanoTime() - 1_000_000;

        assertThat(Timeouts.left(10_000_000_000L, start)).isBetween(0L, 9_999_000_000L);
        assertThat(Timeouts.left(1, start)).isZero();
        assertThat(Timeouts.left(0, 0)).isZero();
        assertThat(Timeouts.left(Timeouts.NO_LIMIT, 0)).isEqualTo(Timeouts.NO_LIMIT);
    }

    private static long[] longs(MemorySegment time) {
        return time.asSlice(0, 16).toArray(ValueLayout.JAVA_LONG);
    }
}
