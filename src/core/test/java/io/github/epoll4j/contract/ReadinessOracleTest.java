package io.github.epoll4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract's table, asked in C and in Java about the same descriptors. */
@Timeout(60)
class ReadinessOracleTest {
    private static SymbolLookup oracle;

    private final Conditions conditions = new Conditions();

    @BeforeAll
    static void build(@TempDir Path folder) throws IOException, InterruptedException {
        oracle = Answers.oracle(folder);
    }

    @AfterEach
    void close() throws Exception {
        conditions.close();
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("a C program gets the same answers about the same descriptor")
    @MethodSource("io.github.epoll4j.contract.ReadinessContractTest#rows")
    void shouldAnswerTheSameWhenAskedInC(ReadinessContractTest.Row row) throws Exception {
        int fd = conditions.make(row.kind(), row.condition());

        assertThat(Answers.ofC(oracle, fd)).isEqualTo(row.expected());
        assertThat(Answers.ofJava(fd)).isEqualTo(Answers.ofC(oracle, fd));
    }
}
