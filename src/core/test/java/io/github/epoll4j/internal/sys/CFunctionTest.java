package io.github.epoll4j.internal.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.jextract.Bindings;
import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CFunctionTest {
    private static final Path CALLS = Path.of("main/java/io/github/epoll4j/internal/sys");
    private static final int REGISTERS = 6;

    @Test
    void shouldFitTheOneWayOfCallingWhenJextractFoundThePrototype() throws IOException, ReflectiveOperationException {
        Map<String, FunctionDescriptor> prototypes = Bindings.all().stream()
                .flatMap(header -> header.functions().stream())
                .collect(Collectors.toMap(Bindings.Function::name, Bindings.Function::descriptor, (one, same) -> one));
        List<Field> called = called();

        assertThat(called).hasSizeGreaterThan(40);
        for (Field field : called) {
            String name = field.getName().toLowerCase(Locale.ROOT);
            assertThat(prototypes).as("what jextract bound").containsKey(name);
            assertThat(prototypes.get(name)).as(name).satisfies(CFunctionTest::fits);
            field.setAccessible(true);
            assertThat(field.get(null)).as(name + " is what its constant is named for")
                    .isEqualTo(CFunction.ofOptional(name));
        }
    }

    @Test
    void shouldBeFoundOutWhenAPrototypeDoesNotFit() {
        ValueLayout.OfInt number = ValueLayout.JAVA_INT;
        MemoryLayout[] seven = {number, number, number, number, number, number, number};

        assertThatThrownBy(() -> fits(FunctionDescriptor.of(number, seven))).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> fits(FunctionDescriptor.of(number, ValueLayout.JAVA_DOUBLE)))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> fits(FunctionDescriptor.of(number, MemoryLayout.structLayout(number))))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> fits(FunctionDescriptor.of(ValueLayout.JAVA_DOUBLE, number)))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void shouldNotBePresentWhenTheCLibraryLacksIt() {
        assertThat(CFunction.ofOptional("epoll_wait").isPresent()).isTrue();
        assertThat(CFunction.ofOptional("epoll_nonsense").isPresent()).isFalse();
        assertThatThrownBy(() -> CFunction.of("epoll_nonsense")).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void shouldPassEachArgumentInItsPlaceWhenSixAreGiven() {
        CallState state = new CallState();
        MemorySegment text = state.scratch();
        MemorySegment format = Arena.ofAuto().allocateFrom("%d %ld %d");
        long length = CFunction.of("snprintf").call(state, text.address(), 100, format.address(), -1, Long.MIN_VALUE,
                Integer.MAX_VALUE);

        assertThat((int) length).isEqualTo(text.getString(0).length());
        assertThat(text.getString(0)).isEqualTo("-1 " + Long.MIN_VALUE + " " + Integer.MAX_VALUE);
    }

    @Test
    void shouldRefuseToHoldMemoryWhenItsArenaIsClosed() {
        MemorySegment memory;
        try (Arena arena = Arena.ofConfined()) {
            memory = arena.allocate(Long.BYTES);
        }
        CFunction read = CFunction.of("read");

        assertThatIllegalStateException()
                .isThrownBy(() -> read.transferHolding(new CallState(), -1, memory, 0, Long.BYTES, 0, 0, 0));
    }

    private static void fits(FunctionDescriptor prototype) {
        assertThat(prototype.argumentLayouts()).hasSizeLessThanOrEqualTo(REGISTERS).allSatisfy(argument ->
                assertThat(argument).isInstanceOfAny(
                        ValueLayout.OfInt.class, ValueLayout.OfLong.class, AddressLayout.class));
        assertThat(prototype.returnLayout().orElseThrow()).isInstanceOfAny(
                ValueLayout.OfInt.class, ValueLayout.OfLong.class);
    }

    /** The constants that name a function. */
    private static List<Field> called() throws IOException {
        try (Stream<Path> files = Files.list(CALLS)) {
            return files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .filter(name -> name.endsWith("Calls"))
                    .map(CFunctionTest::load)
                    .flatMap(calls -> Arrays.stream(calls.getDeclaredFields()))
                    .filter(field -> field.getType() == CFunction.class)
                    .toList();
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(CFunction.class.getPackageName() + "." + name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
