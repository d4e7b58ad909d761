package io.github.epoll4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.internal.gen.errno.errno_h;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ErrnoTest {
    /** Second names of numbers that have another. */
    private static final Set<String> ALIASES = Set.of("EWOULDBLOCK", "ENOTSUP");

    @Test
    void shouldNameEveryNumberWhenTheHeaderDefinesIt() throws ReflectiveOperationException {
        List<Field> numbers = Arrays.stream(errno_h.class.getDeclaredFields())
                .filter(field -> field.getName().matches("E[A-Z0-9]+") && !ALIASES.contains(field.getName()))
                .toList();

        assertThat(numbers).hasSizeGreaterThan(120);
        for (Field number : numbers) {
            assertThat(Errno.name(number.getInt(null))).isEqualTo(number.getName());
        }
    }

    @Test
    void shouldHaveTheHeadersValueWhenAConstantIsPublic() throws ReflectiveOperationException {
        for (Field constant : Errno.class.getFields()) {
            assertThat(Modifier.isStatic(constant.getModifiers())).isTrue();
            assertThat(constant.getInt(null)).as(constant.getName())
                    .isEqualTo(errno_h.class.getField(constant.getName()).getInt(null));
        }
    }

    @Test
    void shouldStayRepresentableWhenTheNumberIsUnknown() {
        assertThat(Errno.describe(4242)).isEqualTo("4242 (Unknown error)");
    }

    @Test
    void shouldNameCallArgumentsAndErrorWhenItIsThrown() {
        assertThat(new ErrnoException("epoll_ctl", "ADD, fd=7", Errno.EEXIST))
                .hasMessage("epoll_ctl(ADD, fd=7): EEXIST (File exists)")
                .returns(Errno.EEXIST, ErrnoException::errno)
                .returns("epoll_ctl", ErrnoException::syscall);
    }

    @Test
    void shouldThrowOnlyWhenTheResultIsNegative() throws ErrnoException {
        assertThat(ErrnoException.check(3, "socket", "")).isEqualTo(3);
        assertThatThrownBy(() -> ErrnoException.check(-Errno.EMFILE, "socket", ""))
                .hasMessage("socket(): EMFILE (Too many open files)");
    }
}
