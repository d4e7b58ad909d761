package io.github.epoll4j.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectionConfigTest {
    private static final Duration NEGATIVE = Duration.ofNanos(-1);

    private static Duration seconds(int count) {
        return Duration.ofSeconds(count);
    }

    @Test
    void shouldHaveEachLimitWhenItWasChanged() {
        assertThat(ConnectionConfig.DEFAULT.withBudget(1).withWaterMarks(2, 3).withQueueLimit(4)
                .withTrigger(Trigger.ONESHOT).withReadIdleTimeout(seconds(5)).withWriteIdleTimeout(seconds(6))
                .withIdleTimeout(seconds(7)).withMessageTimeout(seconds(8)).withCloseTimeout(seconds(9))
                .withAutoPause(false))
                .isEqualTo(new ConnectionConfig(1, 2, 3, 4, false, Trigger.ONESHOT,
                        seconds(5), seconds(6), seconds(7), seconds(8), seconds(9)));
    }

    @Test
    void shouldRefuseWhenTheMarksAreNotInOrder() {
        ConnectionConfig config = ConnectionConfig.DEFAULT;
        assertThatIllegalArgumentException().isThrownBy(() -> config.withWaterMarks(2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withWaterMarks(-1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withQueueLimit(config.highWaterMark() - 1));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withBudget(0));
    }

    @Test
    void shouldRefuseWhenATimeoutIsNegativeOrSomethingIsMissing() {
        ConnectionConfig config = ConnectionConfig.DEFAULT;
        assertThatIllegalArgumentException().isThrownBy(() -> config.withReadIdleTimeout(NEGATIVE));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withWriteIdleTimeout(NEGATIVE));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withIdleTimeout(NEGATIVE));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withMessageTimeout(NEGATIVE));
        assertThatIllegalArgumentException().isThrownBy(() -> config.withCloseTimeout(NEGATIVE));
        assertThatNullPointerException().isThrownBy(() -> config.withTrigger(null));
    }
}
