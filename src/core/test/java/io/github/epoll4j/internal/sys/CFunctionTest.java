package io.github.epoll4j.internal.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.epoll4j.jextract.Bindings;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    private static final Path CLASSES = Path.of("target/classes/io/github/epoll4j/internal/sys");
    private static final int REGISTERS = 6;

    @Test
    void shouldFitTheOneWayOfCallingWhenJextractFoundThePrototype() throws IOException, ReflectiveOperationException {
        Map<String, FunctionDescriptor> prototypes = prototypes();
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
    void shouldBeCalledWithAsManyArgumentsAsThePrototypeHas() throws IOException, ReflectiveOperationException {
        Map<String, Integer> counts = prototypes().entrySet().stream().collect(Collectors.toMap(
                Map.Entry::getKey, prototype -> prototype.getValue().argumentLayouts().size()));
        List<CalledWith> calls = new ArrayList<>();
        for (String name : callers()) {
            calls.addAll(calls(name));
        }

        assertThat(calls).extracting(CalledWith::function).contains("epoll_wait", "accept4", "recvfrom", "ioctl");
        for (CalledWith call : calls) {
            if (call.method().equals("call")) {
                assertThat(call.arguments()).as(call.function()).isEqualTo(counts.get(call.function()));
            } else { // the way has more places than the function has parameters
                assertThat(call.arguments()).as(call.function()).isGreaterThanOrEqualTo(counts.get(call.function()));
            }
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
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(100);
            MemorySegment format = arena.allocateFrom("%d %ld %d");
            long length = CFunction.of("snprintf").call(new CallState(), text.address(), text.byteSize(),
                    format.address(), -1, Long.MIN_VALUE, Integer.MAX_VALUE);

            assertThat((int) length).isEqualTo(text.getString(0).length());
            assertThat(text.getString(0)).isEqualTo("-1 " + Long.MIN_VALUE + " " + Integer.MAX_VALUE);
        }
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

    private static Map<String, FunctionDescriptor> prototypes() throws IOException, ReflectiveOperationException {
        return Bindings.all().stream()
                .flatMap(header -> header.functions().stream())
                .collect(Collectors.toMap(Bindings.Function::name, Bindings.Function::descriptor, (one, same) -> one));
    }

    /** The constants that name a function. */
    private static List<Field> called() throws IOException {
        return callers().stream()
                .map(CFunctionTest::load)
                .flatMap(calls -> Arrays.stream(calls.getDeclaredFields()))
                .filter(field -> field.getType() == CFunction.class)
                .toList();
    }

    /** The classes that have such constants. */
    private static List<String> callers() throws IOException {
        try (Stream<Path> files = Files.list(CALLS)) {
            return files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .filter(name -> name.endsWith("Calls"))
                    .toList();
        }
    }

    /** What a class calls: of each call the constant that was taken last, and how many integers the way takes. */
    private static List<CalledWith> calls(String caller) throws IOException {
        List<CalledWith> calls = new ArrayList<>();
        String[] function = {null};
        ClassModel model = ClassFile.of().parse(CLASSES.resolve(caller + ".class"));
        model.methods().stream().flatMap(method -> method.code().stream()).flatMap(CodeModel::elementStream)
                .forEach(element -> {
                    if (element instanceof FieldInstruction field && field.opcode() == Opcode.GETSTATIC
                            && field.type().stringValue().equals(CFunction.class.descriptorString())) {
                        function[0] = field.name().stringValue().toLowerCase(Locale.ROOT);
                    }
                    if (element instanceof InvokeInstruction call && call.opcode() == Opcode.INVOKEVIRTUAL
                            && call.owner().asSymbol().descriptorString().equals(CFunction.class.descriptorString())
                            && call.typeSymbol().parameterCount() > 0) {
                        int integers = call.typeSymbol().parameterCount() - 1; // behind the state
                        calls.add(new CalledWith(function[0], call.name().stringValue(), integers));
                    }
                });
        return calls;
    }

    private record CalledWith(String function, String method, int arguments) {
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(CFunction.class.getPackageName() + "." + name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
