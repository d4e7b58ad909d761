package io.github.epoll4j.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each way of waiting says of each kind of descriptor in each condition, as {@code readiness.txt} has it in one
 * table; a C program is asked about the same descriptors.
 */
@Timeout(60)
class ReadinessContractTest {
    private static final String TABLE = "readiness.txt";

    private final Conditions conditions = new Conditions();

    @AfterEach
    void close() throws Exception {
        conditions.close();
    }

    /** A line of the table. */
    record Row(String kind, String condition, Answers expected, String remark) {
        static Row parse(String line) {
            String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
            String poll = cells[3];
            Answers expected = new Answers(cells[2], poll, or(cells[4], poll), or(cells[5], poll), or(cells[6], poll));
            return new Row(cells[0], cells[1], expected, cells[7]);
        }

        private static String or(String cell, String poll) {
            return cell.equals("=") ? poll : cell;
        }

        @Override
        public String toString() {
            return kind + ", " + condition;
        }
    }

    static List<Row> rows() {
        try (var table = ReadinessContractTest.class.getResourceAsStream(TABLE)) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8).lines()
                    .filter(line -> !line.startsWith("#") && !line.isBlank())
                    .map(Row::parse)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("readiness of every kind of descriptor in every condition: select, poll, epoll level, edge, one-shot")
    @MethodSource("rows")
    void shouldAnswerAsTheTableSaysWhenAsked(Row row) throws Exception {
        int fd = conditions.make(row.kind(), row.condition());

        assertThat(Answers.ofJava(fd)).isEqualTo(row.expected());
    }

    @Test
    @DisplayName("where epoll differs from poll the table says why")
    void shouldExplainWhenMechanismsDiffer() {
        assertThat(rows()).hasSizeGreaterThan(80)
                .filteredOn(row -> !row.expected().level().equals(row.expected().poll()))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.remark()).isNotEmpty());
    }
}
