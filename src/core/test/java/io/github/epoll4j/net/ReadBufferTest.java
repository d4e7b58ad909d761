package io.github.epoll4j.net;

import static io.github.epoll4j.net.Sockets.text;
import static io.github.epoll4j.net.Sockets.write;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReadBufferTest {
    private final ReadBuffer input = ReadBuffer.allocate(8);
    private SocketPair<UnixStream> pair;

    @BeforeEach
    void open() throws IOException {
        pair = SocketPair.open();
    }

    @AfterEach
    void close() {
        pair.close();
    }

    @Test
    void shouldHaveTheBytesWhenAStreamIsRead() throws IOException {
        assertThat(input.buffer().hasRemaining()).isFalse();
        assertThat(pair.second().read(input)).isZero();
        write(pair.first(), "abc");
        assertThat(pair.second().read(input)).isEqualTo(3);
        assertThat(text(input.buffer())).isEqualTo("abc");
        input.buffer().position(3);
        write(pair.first(), "defghijk");
        assertThat(pair.second().read(input)).as("begins at the beginning").isEqualTo(8);
        assertThat(text(input.buffer())).isEqualTo("defghijk");
        pair.first().close();
        assertThat(pair.second().read(input.clear())).isEqualTo(-1);
        assertThat(input.buffer().hasRemaining()).isFalse();
    }

    @Test
    @DisplayName("only the position may be moved, forward: the other bytes are those of earlier reads")
    void shouldRefuseWhenTheLimitWasChangedOrThePositionMovedBack() throws IOException {
        write(pair.first(), "abcd");
        assertThat(pair.second().read(input)).isEqualTo(4);
        input.buffer().clear();
        assertThatIllegalStateException().isThrownBy(() -> pair.second().read(input))
                .withMessage("position 0 and limit 4 were changed to 0 and 8; only the position may be moved, forward");
        assertThat(pair.second().read(input.clear())).as("none").isZero();

        write(pair.first(), "efgh");
        pair.second().read(input);
        input.buffer().position(2);
        write(pair.first(), "i");
        assertThat(pair.second().read(input)).isOne();
        input.buffer().position(1);
        assertThatIllegalStateException().isThrownBy(() -> pair.second().read(input));
    }

    @Test
    void shouldKeepTheBytesInFrontWhenTheyAreUnread() throws IOException {
        write(pair.first(), "abcde");
        pair.second().read(input);
        input.buffer().position(3);
        write(pair.first(), "fghij");

        assertThat(pair.second().read(input)).as("what fits behind").isEqualTo(3);
        assertThat(text(input.buffer())).isEqualTo("defgh");
        assertThat(pair.second().read(input)).as("after the bytes were moved").isEqualTo(2);
        assertThat(text(input.buffer())).isEqualTo("defghij");
        write(pair.first(), "kl");
        assertThat(pair.second().read(input)).isOne();
        assertThat(pair.second().read(input)).as("full").isZero();
        assertThat(text(input.buffer())).isEqualTo("defghijk");
    }

    @Test
    void shouldKeepTheUnreadInFrontWhenBytesArePut() throws IOException {
        for (ByteBuffer data : List.of(ByteBuffer.allocate(9), ByteBuffer.allocateDirect(9))) {
            data.put("-abcde".getBytes(US_ASCII)).flip().position(1);
            assertThat(input.clear().put(data)).isSameAs(input);
            assertThat(data.hasRemaining()).isFalse();
            assertThat(text(input.buffer())).isEqualTo("abcde");
            input.buffer().position(4);
            input.put(ascii("fg")); // behind them
            assertThat(input.buffer().position()).isEqualTo(4);
            input.put(ascii("hijk")); // in front only
            assertThat(input.buffer().position()).isZero();
            assertThat(text(input.buffer())).isEqualTo("efghijk");
            write(pair.first(), "lm");
            assertThat(pair.second().read(input)).as("a read goes on behind them").isOne();
            assertThat(text(input.buffer())).isEqualTo("efghijkl");
            input.buffer().position(8);
            input.put(ascii("12345678")).put(ascii(""));
            assertThat(text(input.buffer())).as("from the beginning").isEqualTo("12345678");
            assertThat(pair.second().read(input)).as("full").isZero();
            assertThat(pair.second().read(input.clear())).isOne();
        }
    }

    @Test
    void shouldChangeNothingWhenThePutBytesDoNotFit() {
        input.put(ascii("abcdef")).buffer().position(2);
        ByteBuffer data = ascii("12345");

        assertThatExceptionOfType(BufferOverflowException.class).isThrownBy(() -> input.put(data));
        assertThat(data.remaining()).isEqualTo(5);
        assertThat(text(input.buffer())).isEqualTo("cdef");
        assertThatIllegalArgumentException().isThrownBy(() -> input.put(input.buffer()));
        input.buffer().position(1);
        input.put(ascii("")); // not moved back behind where the last bytes began
        input.buffer().position(0);
        assertThatIllegalStateException().isThrownBy(() -> input.put(data));
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }

    @Test
    void shouldRefuseWhenTheSizeIsNotPositive() {
        assertThatIllegalArgumentException().isThrownBy(() -> ReadBuffer.allocate(0));
    }
}
