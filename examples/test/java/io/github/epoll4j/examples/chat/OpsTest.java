package io.github.epoll4j.examples.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpsTest {
    static Stream<Op> operations() {
        return Stream.of(new Op.Enter("n-1", "", 3, "lobby", true),
                new Op.Line("n-1", "\"quoted\" \u00fc", 5_000_000_000L),
                new Op.End("n-2"), new Op.Leave("n-3", " (did not read)"), new Op.Gone("n"));
    }

    @ParameterizedTest
    @MethodSource("operations")
    @DisplayName("an operation is the same after it was sent")
    void shouldBeTheSameWhenItIsRead(Op op) throws IOException {
        assertThat(Ops.op(Ops.text(op))).isEqualTo(op);
    }

    @Test
    @DisplayName("a snapshot is the same after it was sent")
    void shouldBeTheSameWhenASnapshotIsRead() throws IOException {
        Snapshot snapshot = new Snapshot(List.of(new Snapshot.Presence("n-1", "ann", "lobby")),
                List.of(new Snapshot.Past("lobby", List.of(new Event.Said("ann", "hi", false, 7)))));

        assertThat(Ops.snapshot(Ops.text(snapshot))).isEqualTo(snapshot);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "[]", "{}", "{\"op\":\"fly\"}", "{\"op\":\"end\"}",
        "{\"op\":\"end\",\"id\":\"none\"}",
        "{\"op\":\"line\",\"id\":\"n-1\",\"millis\":1}", "{\"op\":\"line\",\"id\":\"n-1\",\"text\":7,\"millis\":1}"})
    @DisplayName("text that is no operation is refused")
    void shouldBeRefusedWhenItIsNone(String text) {
        assertThatIOException().isThrownBy(() -> Ops.op(text));
    }
}
