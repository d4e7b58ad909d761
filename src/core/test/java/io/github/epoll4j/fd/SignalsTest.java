package io.github.epoll4j.fd;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.epoll4j.internal.gen.signalfd.signalfd_h;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SignalsTest {
    static Stream<Field> constants() {
        return Arrays.stream(Signals.class.getFields()).filter(field -> Modifier.isStatic(field.getModifiers()));
    }

    @ParameterizedTest
    @MethodSource("constants")
    void shouldBeTheHeadersNumberWhenNamedLikeIt(Field constant) throws ReflectiveOperationException {
        assertThat(constant.getInt(null)).isEqualTo(signalfd_h.class.getField(constant.getName()).getInt(null));
    }

    @Test
    void shouldNameEachSignalAsItsConstant() throws ReflectiveOperationException {
        for (Field constant : (Iterable<Field>) constants()::iterator) {
            if (!constant.getName().startsWith("SI_")) {
                assertThat(Signals.name(constant.getInt(null))).isEqualTo(constant.getName());
            }
        }
        assertThat(Signals.name(0)).isEqualTo("0");
        assertThat(Signals.name(-1)).isEqualTo("-1");
        assertThat(Signals.name(64)).isEqualTo("64");
    }

    @Test
    void shouldSpellASignalThatWasFetched() {
        assertThat(new SignalInfo(Signals.SIGUSR1, Signals.SI_QUEUE, 4711, -2, 0, 5))
                .hasToString("SignalInfo[SIGUSR1, code=-1, pid=4711, uid=4294967294, status=0, value=5]");
    }
}
