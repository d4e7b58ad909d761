package io.github.epoll4j.reactor.codec;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameCodecTest {
    private final FrameEncoder encoder = FrameEncoder.of(new FrameFormat(4, LITTLE_ENDIAN, true, 3));

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 3, 5, 16})
    void shouldRefuseAWidthThatIsNone(int width) {
        assertThatIllegalArgumentException().isThrownBy(() -> new FrameFormat(width, BIG_ENDIAN, false, 1))
                .withMessageContaining("lengthBytes");
        assertThatNullPointerException().isThrownBy(() -> new FrameFormat(4, null, false, 1));
    }

    @ParameterizedTest
    @CsvSource({"1, false, 255", "1, true, 254", "2, false, 65535", "2, true, 65533", "4, false, 2147483635",
        "4, true, 2147483635", "8, false, 2147483631", "8, true, 2147483631"})
    void shouldAcceptTheGreatestMaximumThatALengthCanTell(int width, boolean isIncluded, int most) {
        assertThat(new FrameFormat(width, BIG_ENDIAN, isIncluded, most).maxBodyBytes()).isEqualTo(most);
        assertThat(new FrameFormat(width, BIG_ENDIAN, isIncluded, 0).maxBodyBytes()).isZero();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FrameFormat(width, BIG_ENDIAN, isIncluded, most + 1))
                .withMessageContaining("between 0 and " + most);
        assertThatIllegalArgumentException().isThrownBy(() -> new FrameFormat(width, BIG_ENDIAN, isIncluded, -1));
    }

    @ParameterizedTest
    @CsvSource({"1, false, 255", "1, true, 254", "2, false, 65535", "2, true, 65533"})
    void shouldCarryTheLongestBodyThatALengthCanTell(int width, boolean isIncluded, int most) throws Exception {
        FrameFormat format = new FrameFormat(width, LITTLE_ENDIAN, isIncluded, most);
        int[] received = {-1};
        FrameDecoder.of(format).decode(FrameEncoder.of(format).encode(ByteBuffer.allocate(most)),
                body -> received[0] = body.remaining());
        assertThat(received[0]).isEqualTo(most);
    }

    @Test
    void shouldMakeAFrameOfWhatIsBetweenPositionAndLimit() {
        ByteBuffer body = ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}, 1, 3);
        ByteBuffer frame = encoder.encode(body);
        assertThat(frame).isEqualTo(ByteBuffer.wrap(new byte[] {7, 0, 0, 0, 2, 3, 4}));
        assertThat(body.remaining()).isZero();
        assertThat(encoder.encode(ByteBuffer.allocate(0))).isEqualTo(encoder.header(0));
        assertThat(encoder.header(3)).isEqualTo(ByteBuffer.wrap(new byte[] {7, 0, 0, 0}));
    }

    @Test
    void shouldPutNothingWhenThereIsNotRoomForTheWholeFrame() {
        ByteBuffer body = ByteBuffer.allocate(3);
        ByteBuffer target = ByteBuffer.allocate(6);
        assertThatExceptionOfType(BufferOverflowException.class).isThrownBy(() -> encoder.encode(body, target));
        assertThat(target.position()).isZero();
        assertThat(body.remaining()).isEqualTo(3);
        ByteBuffer room = ByteBuffer.allocate(7);
        encoder.encode(body, room);
        assertThat(room.hasRemaining()).isFalse();
    }

    @Test
    void shouldRefuseABodyThatIsTooLong() {
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.encode(ByteBuffer.allocate(4)))
                .withMessage("a body is not between 0 and 3 bytes: 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoder.encode(ByteBuffer.allocate(4), ByteBuffer.allocate(99)));
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.header(4));
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.header(-1));
    }
}
