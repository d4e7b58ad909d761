package io.github.epoll4j.net;

import io.github.epoll4j.internal.gen.socket.linger;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How the value of a socket option lies in memory. */
interface OptionCodec<T> {
    /** An {@code int}. */
    OptionCodec<Integer> INTEGER = new OptionCodec<>() {
        @Override
        public int write(ByteBuffer to, Integer value) {
            to.putInt(0, value);
            return Integer.BYTES;
        }

        @Override
        public Integer read(ByteBuffer from) {
            return from.getInt(0);
        }
    };

    /** An {@code int} that is 0 or not. */
    OptionCodec<Boolean> BOOLEAN = new OptionCodec<>() {
        @Override
        public int write(ByteBuffer to, Boolean value) {
            to.putInt(0, value ? 1 : 0);
            return Integer.BYTES;
        }

        @Override
        public Boolean read(ByteBuffer from) {
            return from.getInt(0) != 0;
        }
    };

    /** A {@code struct linger} in seconds; null is off. */
    OptionCodec<Duration> LINGER = new OptionCodec<>() {
        @Override
        public int write(ByteBuffer to, Duration value) {
            to.putInt(linger.l_onoff$OFFSET, value == null ? 0 : 1);
            to.putInt(linger.l_linger$OFFSET, value == null ? 0 : count(value, TimeUnit.SECONDS));
            return linger.SIZEOF;
        }

        @Override
        public Duration read(ByteBuffer from) {
            return from.getInt(linger.l_onoff$OFFSET) == 0
                    ? null
                    : Duration.ofSeconds(from.getInt(linger.l_linger$OFFSET));
        }
    };

    /** An {@code int} that counts a unit of time. */
    static OptionCodec<Duration> time(TimeUnit unit) {
        return new OptionCodec<>() {
            @Override
            public int write(ByteBuffer to, Duration value) {
                to.putInt(0, count(value, unit));
                return Integer.BYTES;
            }

            @Override
            public Duration read(ByteBuffer from) {
                return Duration.of(from.getInt(0), unit.toChronoUnit());
            }
        };
    }

    /** Writes a value and answers how many bytes it takes. */
    int write(ByteBuffer to, T value);

    T read(ByteBuffer from);

    /** Rounds up, and saturates. */
    private static int count(Duration time, TimeUnit unit) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("negative time: " + time);
        }
        long count = Math.min(unit.convert(time), Integer.MAX_VALUE);
        boolean isShort = Duration.of(count, unit.toChronoUnit()).compareTo(time) < 0;
        return isShort && count < Integer.MAX_VALUE ? (int) count + 1 : (int) count;
    }
}
