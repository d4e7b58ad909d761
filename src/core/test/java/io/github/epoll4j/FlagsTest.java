package io.github.epoll4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.epoll.EpollEvent;
import io.github.epoll4j.epoll.EpollFlags;
import io.github.epoll4j.internal.gen.epoll.epoll_h;
import io.github.epoll4j.internal.gen.poll.poll_h;
import io.github.epoll4j.poll.PollFd;
import io.github.epoll4j.poll.PollFlags;
import java.lang.reflect.Field;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FlagsTest {
    static Stream<Arguments> classes() {
        return Stream.of(
                Arguments.of(EpollFlags.class, epoll_h.class, (IntFunction<String>) EpollFlags::toString, 15),
                Arguments.of(PollFlags.class, poll_h.class, (IntFunction<String>) PollFlags::toString, 12));
    }

    @ParameterizedTest
    @MethodSource("classes")
    @DisplayName("every public flag has the header's value, and its own name when it is spelled")
    void shouldHaveTheHeadersValue(Class<?> flags, Class<?> header, IntFunction<String> spelling, int count)
            throws ReflectiveOperationException {
        assertThat(flags.getFields()).hasSize(count);
        for (Field flag : flags.getFields()) {
            assertThat(flag.getInt(null)).as(flag.getName())
                    .isEqualTo(header.getField(flag.getName()).getInt(null));
            assertThat(spelling.apply(flag.getInt(null))).isEqualTo(flag.getName());
        }
    }

    @Test
    void shouldSpellEveryBitWhenAMaskHasSeveral() {
        assertThat(EpollFlags.toString(0x80002001)).isEqualTo("EPOLLIN|EPOLLRDHUP|EPOLLET");
        assertThat(EpollFlags.toString(0x21)).isEqualTo("EPOLLIN|0x20");
        assertThat(EpollFlags.toString(0)).isEqualTo("0");
        assertThat(PollFlags.toString(0x10020)).isEqualTo("POLLNVAL|0x10000");
    }

    @Test
    void shouldAnswerFromTheBitsThatAreDocumentedWhenAsked() {
        assertThat(answers(0x001)).isEqualTo("readable");
        assertThat(answers(0x002)).isEqualTo("urgent");
        assertThat(answers(0x004)).isEqualTo("writable");
        assertThat(answers(0x008)).isEqualTo("error");
        assertThat(answers(0x010)).isEqualTo("peerClosed hangup");
        assertThat(answers(0x2000)).isEqualTo("peerClosed");
        assertThat(answers(0x7C0)).isEmpty();
        assertThat(new PollFd(0, 3, 0, 0x20, 0).isInvalid()).isTrue();
        assertThat(new PollFd(0, 3, 0, 0x1F, 0).isInvalid()).isFalse();
        assertThat(new EpollEvent(0x2001, 7)).hasToString("EpollEvent[EPOLLIN|EPOLLRDHUP, data=7]");
        assertThat(new PollFd(0, 3, 5, 1, 0)).hasToString("PollFd[fd=3, POLLIN of POLLIN|POLLOUT]");
    }

    /** The questions that an epoll event answers with yes; a poll entry must say the same. */
    private static String answers(int mask) {
        EpollEvent event = new EpollEvent(mask, 0);
        PollFd entry = new PollFd(0, 0, 0, mask, 0);
        String ofEvent = spell(event.isReadable(), event.isUrgent(), event.isWritable(), event.isError(),
                event.isPeerClosed(), event.isHangup());
        String ofEntry = spell(entry.isReadable(), entry.isUrgent(), entry.isWritable(), entry.isError(),
                entry.isPeerClosed(), entry.isHangup());
        assertThat(ofEntry).isEqualTo(ofEvent);
        return ofEvent;
    }

    private static String spell(boolean readable, boolean urgent, boolean writable, boolean error, boolean peerClosed,
            boolean hangup) {
        return String.join("", readable ? "readable" : "", urgent ? "urgent" : "", writable ? "writable" : "",
                error ? "error" : "", peerClosed ? "peerClosed" : "", hangup ? " hangup" : "");
    }
}
