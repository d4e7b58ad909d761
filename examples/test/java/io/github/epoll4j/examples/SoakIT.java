package io.github.epoll4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SoakIT {
    @Test
    @DisplayName("S11-6: a soak of a few seconds: clients of all kinds on all mechanisms, and nothing is left behind")
    void shouldLeaveNothingBehindWhenClientsOfAllKindsComeAndGo() throws Exception {
        Programs.Result result = Programs.run("soak", "--minutes", "0.03");

        assertThat(result.out()).contains("at the begin: ", " s left: epoll, edge, 2 loops",
                        " s left: poll, level, 2 loops, 3 workers", "at the end: ")
                .endsWith("good: every byte was right, and nothing was left behind\n")
                .doesNotContain("FAILED");
        assertThat(result.err()).isEmpty();
        assertThat(result.status()).isZero();
    }
}
