package io.github.epoll4j.fd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.internal.gen.inotify.inotify_h;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InotifyFlagsTest {
    static Stream<Field> constants() {
        return Arrays.stream(InotifyFlags.class.getFields()).filter(field -> Modifier.isStatic(field.getModifiers()));
    }

    @ParameterizedTest
    @MethodSource("constants")
    void shouldBeTheHeadersNumberWhenNamedLikeIt(Field constant) throws ReflectiveOperationException {
        assertThat(constant.getInt(null)).isEqualTo(inotify_h.class.getField(constant.getName()).getInt(null));
    }

    @ParameterizedTest
    @MethodSource("constants")
    void shouldBeSpelledAsItIsNamedWhenOneBit(Field constant) throws ReflectiveOperationException {
        int mask = constant.getInt(null);
        if (Integer.bitCount(mask) == 1) {
            assertThat(InotifyFlags.toString(mask)).isEqualTo(constant.getName());
        } else {
            assertThat(InotifyFlags.toString(mask).split("\\|")).hasSize(Integer.bitCount(mask));
        }
    }

    @Test
    void shouldSpellAMaskWhenItHasSeveralBitsOrNone() {
        int mask = InotifyFlags.IN_CREATE | InotifyFlags.IN_ISDIR;
        assertThat(InotifyFlags.toString(mask)).isEqualTo("IN_CREATE|IN_ISDIR");
        assertThat(InotifyFlags.toString(0)).isEqualTo("0");
        assertThat(InotifyFlags.toString(0x1000)).isEqualTo("0x1000");
    }

    @Test
    void shouldAnswerEachQuestionByItsBitsAlone() {
        assertAnswers(InotifyEvent::isAccessed, InotifyFlags.IN_ACCESS);
        assertAnswers(InotifyEvent::isModified, InotifyFlags.IN_MODIFY);
        assertAnswers(InotifyEvent::isAttributesChanged, InotifyFlags.IN_ATTRIB);
        assertAnswers(InotifyEvent::isOpened, InotifyFlags.IN_OPEN);
        assertAnswers(InotifyEvent::isClosed, InotifyFlags.IN_CLOSE);
        assertAnswers(InotifyEvent::isWrittenAndClosed, InotifyFlags.IN_CLOSE_WRITE);
        assertAnswers(InotifyEvent::isCreated, InotifyFlags.IN_CREATE);
        assertAnswers(InotifyEvent::isDeleted, InotifyFlags.IN_DELETE);
        assertAnswers(InotifyEvent::isMovedFrom, InotifyFlags.IN_MOVED_FROM);
        assertAnswers(InotifyEvent::isMovedTo, InotifyFlags.IN_MOVED_TO);
        assertAnswers(InotifyEvent::isSelfDeleted, InotifyFlags.IN_DELETE_SELF);
        assertAnswers(InotifyEvent::isSelfMoved, InotifyFlags.IN_MOVE_SELF);
        assertAnswers(InotifyEvent::isUnmounted, InotifyFlags.IN_UNMOUNT);
        assertAnswers(InotifyEvent::isIgnored, InotifyFlags.IN_IGNORED);
        assertAnswers(InotifyEvent::isOverflow, InotifyFlags.IN_Q_OVERFLOW);
        assertAnswers(InotifyEvent::isDirectory, InotifyFlags.IN_ISDIR);
    }

    private static void assertAnswers(Predicate<InotifyEvent> question, int bits) {
        for (int bit = 0; bit < Integer.SIZE; bit++) {
            assertThat(question.test(new InotifyEvent(1, 1 << bit, 0, ""))).as("bit %d", bit)
                    .isEqualTo((bits >>> bit & 1) != 0);
        }
    }

    @Test
    void shouldSpellAnEventWhenItHasACookieAndANameOrNot() {
        int mask = InotifyFlags.IN_MOVED_TO | InotifyFlags.IN_ISDIR;
        assertThat(List.of(new InotifyEvent(1, mask, -1, "new"), new InotifyEvent(2, InotifyFlags.IN_IGNORED, 0, "")))
                .hasToString("[InotifyEvent[watch=1, IN_MOVED_TO|IN_ISDIR, cookie=4294967295, name=new],"
                        + " InotifyEvent[watch=2, IN_IGNORED]]");
    }
}
