package io.github.epoll4j.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatTest {
    @Test
    void shouldTakeTheMiddleOneWhenTheCountIsOdd() {
        assertThat(Stat.of(List.of(9.0, 1.0, 2.0))).isEqualTo(new Stat(1, 1.5, 2, 5.5, 9));
    }

    @Test
    void shouldTakeTheMeanOfTheMiddleTwoWhenTheCountIsEven() {
        assertThat(Stat.of(List.of(9.0, 1.0, 2.0, 4.0))).isEqualTo(new Stat(1, 1.75, 3, 5.25, 9));
    }

    @Test
    void shouldBeTheOnlyOneWhenThereIsOne() {
        assertThat(Stat.of(List.of(4.0))).isEqualTo(new Stat(4, 4, 4, 4, 4));
    }

    @Test
    void shouldRefuseWhenNothingWasMeasured() {
        assertThatIllegalArgumentException().isThrownBy(() -> Stat.of(List.of()));
    }
}
